"""Prompts' own values, sweeps, prompts held against others: what becomes of them, what is refused."""

from __future__ import annotations

import pytest

from pytest_qwen.files.yaml_lines import SpecError
from pytest_qwen.model_io.reply import Reply
from pytest_qwen.model_io.sampling import Sampling
from pytest_qwen.spec.behavior import Parameter
from pytest_qwen.spec.cases import expand
from pytest_qwen.spec.loading import load

GOOD = """\
behavior: sums
prompts:
  - id: zh
    text: "{a}{sign}2等于几？"
    values: {a: 3, sum: 5}
  - id: en
    text: What is {a}{sign}2?
    values: {a: 4, sum: 6}
    same_as: zh
    more_than: {prompt: zh, measure: {distinct_n: 1}}
parameters: {sign: ["+", plus]}
sampling: {top_k: 5}
sweep: {temperature: [0, 0.7], top_p: [0.9]}
expect:
  base: [{final_answer: "{sum}"}]
stop_at: ["Q:", "\\n\\n"]
first_line: true
"""


def write(tmp_path, text):
    file = tmp_path / "b.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file, shown="b.yaml")


def test_a_prompt_has_values_of_its_own(tmp_path):
    """Each prompt fills its own values into itself and into the traits; ids do not have them."""
    cases = expand(write(tmp_path, GOOD)[0])
    assert [case.id for case in cases] == [
        f"base-{prompt}-{sign}-temperature{t}-top_p0.9"
        for prompt in ("zh", "en")
        for sign in ("sign0", "plus")
        for t in ("0", "0.7")
    ]
    assert [c.messages[0].content for c in cases[::4]] == ["3+2等于几？", "What is 4+2?"]
    assert [str(c.expectations[0]) for c in cases[::4]] == ["final_answer 5", "final_answer 6"]


def test_a_point_of_the_sweep_is_over_the_sampling(tmp_path):
    """Requests carry what the sweep and the behavior say."""
    first, second, *_ = expand(write(tmp_path, GOOD)[0])
    assert first.requests()[0].sampling == Sampling(temperature=0, top_p=0.9, top_k=5)
    assert second.requests(seed=9)[0].sampling == Sampling(temperature=0.7, top_p=0.9, top_k=5)
    assert second.requests(2, seed=9)[1].seed == 9


def test_a_case_is_held_against_its_counterpart(tmp_path):
    """The other prompt has the same parameters and the same point, and the line of the key."""
    (behavior,) = write(tmp_path, GOOD)
    cases = {case.id: case for case in expand(behavior)}
    case = cases["base-en-plus-temperature0.7-top_p0.9"]
    assert (case.same_as.case.id, case.same_as.line) == ("base-zh-plus-temperature0.7-top_p0.9", 9)
    assert (str(case.more_than.measure), case.more_than.line) == ("distinct_n 1", 10)
    assert case.more_than.case == case.same_as.case
    assert [r.messages[0].content for r in case.asks(1)] == [
        "What is 4plus2?",
        *2 * ["3plus2等于几？"],
    ]
    assert cases["base-zh-plus-temperature0.7-top_p0.9"].same_as is None


@pytest.mark.parametrize(
    ("answer", "judged"),
    [
        ("9.8", "9.8"),
        ("9.8 \nQ: 3?", "9.8"),
        ("9.8 Q: 3?", "9.8"),
        ("a\n\nb", "a"),
        ("a\r\nb", "a"),
        ("Q: 3?", ""),
        ("", ""),
    ],
)
def test_an_answer_is_cut(tmp_path, answer, judged):
    """The judged text is a beginning of the answer; thinking and text stay whole."""
    case = expand(write(tmp_path, GOOD)[0])[0]
    said = Reply(text=f"<think>\nQ:</think>{answer}", thinking="Q:\n\n1", answer=answer)
    (part,) = case.parts([said])
    assert part.text == judged
    assert answer.startswith(judged)
    assert part.select("thinking").text == "Q:\n\n1"
    assert part.select("text").text == said.text
    assert part.prompt == "3+2等于几？"


def test_nothing_is_cut_unless_it_is_said(tmp_path):
    """Without the keys the whole answer is judged."""
    text = GOOD.replace('stop_at: ["Q:", "\\n\\n"]\nfirst_line: true\n', "")
    assert write(tmp_path, text)[0].cut("a\n\nQ: b") == "a\n\nQ: b"


def test_every_number_of_the_sampling_can_be_swept():
    """A sampling parameter that is added is added to the sweep as well."""
    assert set(Parameter.__args__) <= set(Sampling.model_fields)
    numbers = {n for n, f in Sampling.model_fields.items() if "float" in str(f) or "int" in str(f)}
    assert numbers == set(Parameter.__args__)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{a: 3, sum: 5}", "{a: 3}", "b.yaml:15: expected a declared parameter, got {sum}: give sum in the `values` of every prompt"),
        ("{sum}", "{smu}", "b.yaml:15: expected a declared parameter, got {smu}: did you mean 'sum'?"),
        ("{a: 3, sum: 5}", "{a: 3, sum: 5, b: 1}", "b.yaml:5: parameter {b} is never used: write {b} in a prompt or a trait, or remove it"),
        ("{a: 3, sum: 5}", "{a: 3, sum: 5, sign: 1}", "b.yaml:5: expected a name of its own, got the parameter sign"),
        ("same_as: zh", "same_as: hz", "b.yaml:9: expected another prompt of the behavior, got 'hz': did you mean 'zh'?"),
        ("same_as: zh", "same_as: en", "b.yaml:9: expected another prompt of the behavior, got 'en': use one of zh"),
        ("{prompt: zh,", "{prompt: de,", "b.yaml:10: expected another prompt of the behavior, got 'de': use one of zh"),
        ("{distinct_n: 1}", "distnct_2", "b.yaml:10: expected a measure, got 'distnct_2': did you mean 'distinct_2'?"),
        ("{distinct_n: 1}", "{distinct_n: 0}", "b.yaml:10: expected distinct_n with n of 1 or more, got 0"),
        ("{distinct_n: 1}", "{distinct_n: 1, of: tail}", "b.yaml:10: expected answer or thinking or text, got 'tail'"),
        ("{distinct_n: 1}", "3", "b.yaml:10: expected one measure, got 3: such as `distinct_2`"),
        ("[0, 0.7]", "[0, -1]", "b.yaml:13: expected at least 0, got -1"),
        ("[0, 0.7]", "[0, 0]", "b.yaml:11: expected one id a case, got 'zh-sign0-temperature0-top_p0.9' twice: give the values other spellings"),
        ("{top_k: 5}", "{top_p: 0.5}", "b.yaml:13: expected `sampling` or `sweep`, got top_p in both: remove one"),
        ("temperature: [", "temprature: [", "b.yaml:13: expected one of temperature, top_k, top_p, min_p, repetition_penalty, presence_penalty, max_new_tokens, thinking_budget, got 'temprature': did you mean 'temperature'?"),
        ('"Q:",', '"",', "b.yaml:16: expected text of 1 or more characters, got ''"),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_line(tmp_path, old, new, message):
    """Each mistake is told where it is, with what was expected and what came."""
    assert old in GOOD
    with pytest.raises(SpecError) as error:
        [expand(behavior) for behavior in write(tmp_path, GOOD.replace(old, new, 1))]
    assert message in str(error.value).splitlines()
