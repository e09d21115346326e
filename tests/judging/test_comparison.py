"""The decision of a relation: pairs, units, the two kinds of steps, and what a person reads."""

from __future__ import annotations

import json

import pytest

from pytest_qwen.judging.comparison import asked_comparison, comparison_line, steps, steps_missed
from pytest_qwen.record.codec import to_data
from pytest_qwen.spec.library import Library
from pytest_qwen.spec.loading import load
from pytest_qwen.spec.relate import relate


@pytest.fixture
def relation(tmp_path):
    """Make a relation over so many prompts of each of some behaviors."""

    def make(order, prompts=6, behaviors=1, **fields):
        documents = [
            f"behavior: b{i}\n"
            f"prompts: [{', '.join(f'{{id: p{n}, text: a}}' for n in range(prompts))}]\n"
            "expect: {base: [asks_back]}\n"
            for i in range(behaviors)
        ]
        names = [f"b{i}" for i in range(behaviors)]
        rate = json.dumps({"behaviors": names, "trait": "asks_back"})
        extra = "".join(f", {key}: {value}" for key, value in fields.items())
        documents.append(f"behavior: x\ncompare:\n  - {{rate: {rate}, order: {order}{extra}}}\n")
        file = tmp_path / "x.yaml"
        file.write_text("---\n".join(documents), encoding="utf-8")
        *_, comparison = load(file, shown="x.yaml")
        return relate(comparison, Library([file], load))[0]

    return make


def test_a_rise_of_six_prompts_is_shown(relation):
    """Six that all rise have p = 1/64; one that falls as far leaves 7/64."""
    one = relation("base < instruct")
    low, high = [0.0] * 6, [0.5] * 6
    (step,) = steps(one, {"base": low, "instruct": high})
    assert (step.passed, step.p, step.n, step.estimate) == (True, 1 / 64, 6, 0.5)
    assert steps_missed(one, [step], {"base": low, "instruct": high}) == ""
    (step,) = steps(one, {"base": [*low[1:], 1.0], "instruct": high})
    assert (step.passed, step.p) == (False, 7 / 64)


def test_the_other_direction_is_no_rise(relation):
    """p is one-sided."""
    (step,) = steps(relation("instruct < base"), {"base": [0.0] * 6, "instruct": [1.0] * 6})
    assert (step.passed, step.p, step.means) == (False, 1.0, (1.0, 0.0))


def test_equal_roles_are_no_rise(relation):
    """Zero width proves nothing."""
    (step,) = steps(relation("base < instruct", 20), {"base": [1.0] * 20, "instruct": [1.0] * 20})
    assert (step.passed, step.p) == (False, 1.0)


def test_ten_prompts_without_a_drop_do_not_pass(relation):
    """`<=` needs as many prompts as its margin does: 32 for 0.1, 17 for 0.2."""
    for n, margin, passed in ((10, 0.1, False), (31, 0.1, False), (32, 0.1, True), (17, 0.2, True)):
        one = relation("instruct <= reasoning", n, margin=margin)
        (step,) = steps(one, {"instruct": [1.0] * n, "reasoning": [1.0] * n})
        assert step.passed is passed


def test_every_step_is_decided(relation):
    """A ladder holds where all of its steps do; each that does not is told."""
    one = relation("base < instruct < reasoning")
    scores = {"base": [0.0] * 6, "instruct": [0.5] * 6, "reasoning": [0.5] * 5 + [0.25]}
    first, second = found = steps(one, scores)
    assert (first.passed, second.passed) == (True, False)
    assert (second.lower, second.upper) == ("instruct", "reasoning")
    assert steps_missed(one, found, scores).count("expected") == 1


def test_the_units_of_many_behaviors_are_behaviors(relation):
    """A behavior with more prompts than the others counts once, by its mean."""
    one = relation("base < instruct", prompts=3, behaviors=5)
    scores = {"base": [0.0] * 15, "instruct": [1.0, 0.5, 0.0] * 5}
    (step,) = steps(one, scores)
    assert (step.n, step.estimate, step.p) == (5, 0.5, 1 / 32)


def test_the_message_says_expected_got_and_what_would_do(relation):
    """Line, claim, both means, how many prompts, p, and the prompts that go against it."""
    one = relation("base < instruct", 8)
    base = [0.75, 0.5, 0, 0, 1, 1, 1, 1]
    scores = {"base": base, "instruct": [0.25, 0.25, 1, 0, 0, 0.5, 0.75, 0.5]}
    assert steps_missed(one, steps(one, scores), scores).splitlines() == [
        (
            "x.yaml:7: expected rate of asks_back base < instruct, got base 0.656, instruct 0.406 over 8 "
            "prompts (p = 0.9): to be 95% sure, p must be at most 0.05"
        ),
        "    b0[p4]: base 1, instruct 0",
        "    b0[p0]: base 0.75, instruct 0.25",
        "    b0[p5]: base 1, instruct 0.5",
        "    b0[p7]: base 1, instruct 0.5",
        "    b0[p1]: base 0.5, instruct 0.25",
        "    … and 1 more that go against it",
    ]


def test_the_message_of_a_possible_drop(relation):
    """The bound, the margin, and how many prompts would decide; nothing goes against it."""
    one = relation("base <= instruct", prompts=2, behaviors=6)
    scores = {"base": [0.5] * 12, "instruct": [0.5] * 12}
    assert steps_missed(one, steps(one, scores), scores).splitlines() == [
        (
            "x.yaml:27: expected rate of asks_back base <= instruct, got base 0.5, instruct 0.5 over 6 "
            "behaviors with 12 prompts (a drop of 0.65 is possible): to be 95% sure, it must be at most "
            "0.1, as 32 without any difference would show"
        ),
        "    no prompt goes against it",
    ]


def test_the_record_has_steps_and_every_prompt(relation):
    """One line: what was claimed, each step with its numbers, each prompt's scores, as plain data."""
    one = relation("base < instruct")
    scores = {"base": [0.0] * 6, "instruct": [0.5] * 6}
    asked = asked_comparison("x.yaml::x[y]", one)
    line = to_data(comparison_line(asked, one, steps(one, scores), scores))
    assert json.loads(json.dumps(line, allow_nan=False))["kind"] == "comparison"
    assert (line["kind"], line["case"], line["behavior"], line["relation"]) == (
        "comparison",
        "x.yaml::x[y]",
        "x",
        "rate-asks_back",
    )
    assert (line["claim"], line["order"], line["confidence"], line["passed"], line["error"]) == (
        "rate of asks_back",
        "base < instruct",
        0.95,
        True,
        None,
    )
    (step,) = line["steps"]
    assert (step["lower"], step["upper"], step["means"]) == ("base", "instruct", (0.0, 0.5))
    assert line["prompts"][5] == {
        "behavior": "b0",
        "prompt_id": "p5",
        "scores": {"base": 0.0, "instruct": 0.5},
    }
