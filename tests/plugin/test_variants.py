"""Prompts held against each other, sweeps, values and cut answers, on the tiny family."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_qwen.engine.store import Store
from pytest_qwen.messages.reason import from_json, in_language
from pytest_qwen.model_io.reply import Finish, Reply
from tests.cli.test_main import typed
from tests.conftest import TINY
from tests.plugin.test_html import rows

VARIANTS = """\
behavior: decimals
prompts:
  - {id: zh, text: 8.15和8.9哪个更大？}
  - {id: en, text: "Which is larger, 8.15 or 8.9?", same_as: zh}
  - {id: other, text: 你好！, same_as: zh}
samples: 2
expect:
  reasoning:
    - {final_answer: 8.9, at_least: 0.5}
"""

LONGER = """\
behavior: lists
prompts:
  - {id: three, text: "List 3 tips for staying healthy, each on its own line starting with \\"- \\"."}
  - id: five
    text: "List 5 tips for staying healthy, each on its own line starting with \\"- \\"."
    more_than: {prompt: three, measure: n_lines}
  - id: two
    text: "List 2 tips for staying healthy, each on its own line starting with \\"- \\"."
    more_than: {prompt: three, measure: n_lines}
samples: 2
expect:
  instruct: [{finish: stop}]
"""

MEASURE = """\
from collections.abc import Sequence
from pytest_qwen import Part, measure

@measure
def n_lines(parts: Sequence[Part]) -> float:
    return sum(len(part.text.splitlines()) for part in parts) / len(parts)
"""


def test_another_wording_must_keep_the_verdict(project):
    """The prompt that loses it fails with both sides; the one that keeps it passes, alone too."""
    project.write("behaviors/decimals.yaml", VARIANTS)
    result = project.run()
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "behaviors/decimals.yaml:5: expected final_answer 8.9 as of the prompt zh, *2 of 2, got it in 0 of 2",
            "    zh: *8.9*",
            "    zh: *8.9*",
            "    other: *",
            "    other: *",
            "again: pytest 'behaviors/decimals.yaml::decimals[[]reasoning-other[]]'",
        ]
    )
    project.run("-k", "en").assert_outcomes(passed=1)


def test_what_both_prompts_miss_is_no_difference(project):
    """A variant is held to its original: what that misses, it may miss as well."""
    text = VARIANTS.replace("final_answer: 8.9", "one_of: [never said]")
    project.write("behaviors/decimals.yaml", text)
    result = project.run()
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["FAILED *decimals[[]reasoning-zh[]]*"])


@pytest.mark.parametrize(
    ("cut", "told"),
    [
        ("zh0 zh1 en0 en1", "{} 2 of 2 samples of zh: {}; {} 2 of 2 samples of en: {}"),
        ("zh0 zh1", "{} 2 of 2 samples of zh: {}"),
        ("en1", "{} 1 of 2 samples of en: {}"),
    ],
    ids=["both", "the other", "one of its own"],
)
def test_a_sample_without_a_verdict_is_never_the_same(project, cut, told):
    """Nobody knows what an answer that was cut off would have been: the message says whose it was."""
    project.write("behaviors/decimals.yaml", VARIANTS)
    project.run("-k", "zh or en")
    store = Store(project.path / "kept")
    for line in project.lines():
        if line["kind"] == "sample" and f"{line['prompt_id']}{line['reply']['sample']}" in cut:
            unfinished = {"answer": "", "thinking_state": "unclosed_truncated", "finish": "length"}
            store.put([Reply.from_json(line["reply"] | unfinished)])
    store.close()
    result = project.run("-k", "en", store="kept")
    result.assert_outcomes(failed=1, deselected=2)
    told = told.format(*("no verdict in", "truncated, raise max_new_tokens") * 2)
    place = "behaviors/decimals.yaml:4: expected final_answer 8.9 as of the prompt zh, got "
    result.stdout.fnmatch_lines([place + told, "    zh: *", "    zh: *", "    en: *", "    en: *"])
    line = wholes(project)["en"]
    assert (line["passed"], line["evidence"]["got"]) == (False, f"final_answer 8.9: {told}")
    message = in_language(from_json(line["message_code"]), "zh")
    assert "个无法判定：被截断，请调大 max_new_tokens" in message


def test_a_measure_of_only_cut_answers_is_a_miss(project):
    """There is no number of them, and none of the other prompt makes up for it."""
    project.write("conftest.py", MEASURE)
    text = LONGER.replace("instruct:", "reasoning:") + "sampling: {max_new_tokens: 3}\n"
    project.write("behaviors/lists.yaml", text)
    result = project.run("-k", "five")
    result.assert_outcomes(failed=1, deselected=2)
    why = "no number of three: no reply with an answer; no number of five: no reply with an answer"
    result.stdout.fnmatch_lines([f"*:6: expected n_lines more than of the prompt three, got {why}"])
    assert wholes(project)["five"]["evidence"]["got"] == why


def test_a_longer_demanded_list_gives_more(project):
    """The measure of one prompt's replies is above the other's, or the case fails with both."""
    project.write("conftest.py", MEASURE)
    project.write("behaviors/lists.yaml", LONGER)
    result = project.run()
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "behaviors/lists.yaml:9: expected n_lines more than of the prompt three, which has 3, got 2",
            "    three: '- *'",
            "    three: '- *'",
            "    two: '- *'",
            "    two: '- *'",
            "again: pytest 'behaviors/lists.yaml::lists[[]instruct-two[]]'",
        ]
    )


def wholes(project):
    """Return the lines of whole cases by prompt."""
    return {line["prompt_id"]: line for line in project.lines() if line["kind"] == "case"}


@pytest.mark.parametrize("workers", [["-p", "no:xdist"], ["-n", "2"]])
@pytest.mark.parametrize("only", [False, True])
def test_the_record_has_what_cases_are_held_to(project, workers, only):
    """A line each, with both cases, what there was and the message; recorded only, it is judged too."""
    project.write("conftest.py", MEASURE)
    project.write("behaviors/decimals.yaml", VARIANTS)
    project.write("behaviors/lists.yaml", LONGER)
    result = project.run(*workers, *["--qwen-record-only"] * only)
    result.assert_outcomes(passed=6 if only else 4, failed=0 if only else 2)
    found = wholes(project)
    verdicts = {name: (one["trait"], one["passed"]) for name, one in found.items()}
    assert verdicts == {
        "en": ("same_as", True),
        "other": ("same_as", False),
        "five": ("more_than", True),
        "two": ("more_than", False),
    }
    other, two = found["other"], found["two"]
    node = "behaviors/decimals.yaml::decimals[reasoning"
    assert (other["case"], other["other"]) == (f"{node}-other]", f"{node}-zh]")
    assert (other["args"], other["line"], other["error"]) == ("zh", 5, None)
    assert other["evidence"]["got"] == "final_answer 8.9 in 0 of 2, zh in 2 of 2"
    assert two["args"] == {"prompt": "three", "measure": "n_lines", "of": "answer"}
    assert two["evidence"].pop("reason")["code"] == "judging.numbers"
    assert two["evidence"] == {"got": "2, three 3", "number": 2.0, "other": 3.0}
    message = in_language(from_json(two["message_code"]), "zh")
    assert message.startswith(
        "behaviors/lists.yaml:9：n_lines 应大于提示 three 的值：three 为 3，这里是 2\n"
    )
    assert two["version"] == found["five"]["version"] is not None
    assert (two["role"], two["cluster"], found["five"]["message"]) == ("instruct", "lists", "")
    if only:
        result.stdout.fnmatch_lines(
            ["2 cases failed; failures do not fail a --qwen-record-only run: *"]
        )
    else:
        for one in (other, two):
            assert one["message"] in result.stdout.str()


def test_the_gate_sees_a_relation_that_breaks(project):
    """Every sample of a Base model passes here too, but five tips are no longer than three.

    By the samples alone nothing changed: the behavior is critical, and the candidate regressed.
    """
    project.write("conftest.py", MEASURE)
    same = "samples: 2\nsampling: {temperature: 0.7, top_k: 20, top_p: 0.8, max_new_tokens: 64}"
    longer = LONGER.replace("samples: 2", same).replace("finish: stop", "length: {at_least: 1}")
    project.write("behaviors/lists.yaml", longer)
    project.write("p.yaml", "critical: [lists]\n")
    base = f"--qwen-model=instruct={TINY / 'base'}"
    project.run("--qwen-record-only", "--qwen-record=a.jsonl", "-n", "2").assert_outcomes(passed=3)
    project.run("--qwen-record-only", "--qwen-record=b.jsonl", base).assert_outcomes(passed=3)
    status, out, err = typed(project.path, "pytest-qwen gate a.jsonl b.jsonl --policy p.yaml")
    assert (status, err) == (20, "")
    assert "  lists[instruct-five] is critical, met more_than before and does not any more\n" in out
    assert "  behaviors/lists.yaml:6: expected n_lines more than of the prompt three" in out
    assert "changed cases (" not in out
    assert typed(project.path, "pytest-qwen gate a.jsonl a.jsonl --policy p.yaml")[0] == 21
    options = f"--qwen-gate-against=a.jsonl --qwen-gate-policy=p.yaml {base}".split()
    assert project.run(*options).ret == 20


def test_a_relation_without_the_other_replies_has_no_verdict(project):
    """The other prompt's reply broke off: the line has its error, the samples keep their verdicts."""
    project.write("conftest.py", MEASURE)
    project.write("behaviors/lists.yaml", LONGER)
    project.run()
    store = Store(project.path / "kept")
    for line in project.lines():
        if line["kind"] == "sample":
            finish = Finish.NAN if line["prompt_id"] == "three" else Finish.STOP
            store.put([replace(Reply.from_json(line["reply"]), finish=finish)])
    store.close()
    result = project.run("--qwen-record-only", "-k", "five", store="kept")
    result.assert_outcomes(failed=1)  # this is no miss
    result.stdout.fnmatch_lines(["*got finish nan in 2 of 2 samples*"])
    lines = project.lines()[1:-1]
    errors = [(line["kind"], line["error"] and line["error"]["kind"]) for line in lines]
    assert errors == [("sample", None)] * 2 + [("case", "nan")] * 2
    assert typed(project.path, "pytest-qwen audit .qwen/record.jsonl")[0] == 0
    typed(project.path, "pytest-qwen report .qwen/record.jsonl -o page.html")
    page = (project.path / "page.html").read_text(encoding="utf-8")
    assert '<p class="seal"><b>1</b>failed</p>' in page


def test_the_page_and_the_audit_see_it(project):
    """A miss of a relation alone is a missed case, and a behavior that has failed."""
    project.write("conftest.py", MEASURE)
    project.write("behaviors/lists.yaml", LONGER)
    project.run("--qwen-report=page.html", "--html=r.html", "--self-contained-html")
    page = (project.path / "page.html").read_text(encoding="utf-8")
    assert '<p class="seal"><b>1</b>failed</p>' in page
    assert (
        '<li class="no">✗ 0/1 <b>more_than</b> {prompt: three, measure: n_lines, of: answer}: '
        '<span>2, three 3</span> <a href="#t=lists.instruct-three">the other prompt</a>'
    ) in page
    row = rows(project)[1]["behaviors/lists.yaml::lists[instruct-two]"]
    assert (
        "<b>more_than</b> {prompt: three, measure: n_lines, of: answer}: <span>2, three 3</span>"
        in row["log"]
    )
    out = typed(project.path, "pytest-qwen audit .qwen/record.jsonl")[1]
    assert "behaviors that never failed: none\n" in out
    assert "traits that never failed: 1\n  finish: passed 6 of 6\n" in out


def test_a_measure_without_a_number_fails(project):
    """Where the measure is not defined for the replies, its reason is told."""
    text = MEASURE.replace("return", "raise ValueError('no such thing')  #")
    project.write("conftest.py", text)
    project.write("behaviors/lists.yaml", LONGER)
    result = project.run("-k", "five")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*expected n_lines more than of the prompt three, got no number of three: no such thing; *"
        ]
    )
    line = wholes(project)["five"]
    why = "no number of three: no such thing; no number of five: no such thing"
    assert (line["passed"], line["evidence"]["got"]) == (False, why)


def test_a_sweep_is_a_grid_side_by_side(project):
    """Every point is a case with its own id and texts; the record says how each was drawn."""
    sweep = "{temperature: [0.0, 0.7], top_p: [0.5, 1.0]}"
    project.behavior("{base: [{length: {at_least: 1}}]}", sweep=sweep, sampling="{top_k: 9}")
    project.run().assert_outcomes(passed=4)
    asked = {line["case"]: line["sampling"] for line in project.lines() if line.get("reply")}
    drawn = {case: (s["temperature"], s["top_p"], s["top_k"]) for case, s in asked.items()}
    name = "behaviors/says.yaml::says[base-zh-temperature"
    assert drawn == {f"{name}{t}-top_p{p}]": (t, p, 9) for t in (0.0, 0.7) for p in (0.5, 1.0)}
    texts = {case: text for (case, _), text in project.texts().items()}
    assert texts[f"{name}0.0-top_p0.5]"] == texts[f"{name}0.0-top_p1.0]"]  # greedy
    assert texts[f"{name}0.0-top_p1.0]"] != texts[f"{name}0.7-top_p1.0]"]


def test_the_judged_answer_is_cut_the_recorded_one_is_whole(project):
    """`first_line` and `stop_at` are for the judge: spans are offsets in the recorded answer too."""
    project.behavior("{base: [{length: {at_least: 0}}]}")
    project.run()
    (whole,) = project.texts().values()
    answer = whole.strip()
    middle = answer[len(answer) // 3]
    cut = answer.partition(middle)[0].rstrip()
    assert len(answer) > 20
    assert len(cut) < len(answer)
    expect = "{base: [{length: {exactly: %d}}, {length: {exactly: %d}, of: text}]}"
    expect %= len(cut), len(answer)
    project.behavior(expect, stop_at=f"[{middle!r}]")
    project.run().assert_outcomes(passed=1)
    (line,) = [line for line in project.lines() if line["kind"] == "sample"]
    assert line["reply"]["answer"] == answer
    assert line["judged"] == len(cut)
    project.behavior(
        f"{{base: [{{one_of: ['{answer.splitlines()[0].rstrip()}']}}]}}", first_line="true"
    )
    project.run().assert_outcomes(passed=1)


def test_a_miss_quotes_the_judged_answer(project):
    """What traits did not see is not shown as if they had."""
    fields = {"sampling": "{max_new_tokens: 60}", "stop_at": "[，, 。, ！]"}
    project.behavior("{instruct: [{one_of: [never said]}]}", **fields)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["sample 0 (seed 0, *", "    | *", "    (cut here by stop_at or first_line)", "again: *"]
    )
    quoted = {line for line in result.outlines if line.startswith("    | ")}  # CI: twice
    assert len(quoted) == 1
    assert not {"，", "。", "！"} & set(quoted.pop())
