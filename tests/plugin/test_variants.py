"""Prompts held against each other, sweeps, values and cut answers, on the tiny family."""

from __future__ import annotations

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


def test_a_measure_without_a_number_fails(project):
    """Where the measure is not defined for the replies, its reason is told."""
    text = MEASURE.replace("return", "raise ValueError('no such thing')  #")
    project.write("conftest.py", text)
    project.write("behaviors/lists.yaml", LONGER)
    result = project.run("-k", "five")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*expected n_lines more than of the prompt three, got no number: no such thing"]
    )


def test_a_sweep_is_a_grid_side_by_side(project):
    """Every point is a case with its own id and texts; the record says how each was drawn."""
    sweep = "{temperature: [0.0, 0.7], top_p: [0.5, 1.0]}"
    project.behavior("{base: [{length: {at_least: 1}}]}", sweep=sweep, sampling="{top_k: 9}")
    project.run().assert_outcomes(passed=4)
    drawn = {line["case"]: line["sampling"] for line in project.lines() if line.get("reply")}
    name = "behaviors/says.yaml::says[base-zh-temperature"
    assert drawn == {
        f"{name}{t}-top_p{p}]": {"temperature": t, "top_p": p, "top_k": 9}
        for t in (0.0, 0.7)
        for p in (0.5, 1.0)
    }
    texts = {case: text for (case, _), text in project.texts().items()}
    assert texts[f"{name}0.0-top_p0.5]"] == texts[f"{name}0.0-top_p1.0]"]  # greedy
    assert texts[f"{name}0.0-top_p1.0]"] != texts[f"{name}0.7-top_p1.0]"]


def test_the_judged_answer_is_cut_the_recorded_one_is_whole(project):
    """`first_line` and `stop_at` are for the judge: spans are offsets in the recorded answer too."""
    project.behavior("{base: [{length: {at_least: 0}}]}")
    project.run("--qwen-whole")
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
    (quoted,) = [line for line in result.outlines if line.startswith("    | ")]
    assert not {"，", "。", "！"} & set(quoted)
