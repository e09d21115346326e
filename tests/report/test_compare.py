"""What changed between two runs, and what a reviewer sees first."""

import pytest

from pytest_qwen.report import compare
from pytest_qwen.report.contents import Contents
from pytest_qwen.report.groups import by_prompt
from pytest_qwen.report.run import read
from pytest_qwen.report.sections.cases import command
from pytest_qwen.report.texts.marked import opened, rows
from pytest_qwen.report.texts.marks import TextBudget
from pytest_qwen.report.words import Words
from tests.report.records import record, sample


def pairs(tmp_path, now, was=None):
    runs = [
        read(record(tmp_path / name, *lines))
        for name, lines in (("n", now), ("w", was or []))
        if lines
    ]
    return compare.compare_runs(runs[0], runs[1] if was else None)


def samples(*passed, **fields):
    return [sample(passed=p, number=i, at_least=0.5, **fields) for i, p in enumerate(passed)]


@pytest.mark.parametrize(
    ("was", "now", "change"),
    [
        ((1, 1), (0, 0), "regressed"),
        ((1, 1), (1, 0), "worse"),
        ((0, 0), (1, 1), "improved"),
        ((1, 0), (1, 1), "better"),
        ((1, 1), (1, 1), ""),
    ],
)
def test_changes(tmp_path, was, now, change):
    """Regressed: met before and not now; worse: fewer samples, but enough."""
    compared = pairs(tmp_path, samples(*map(bool, now)), samples(*map(bool, was)))
    assert [pair.change for pair in compared] == [change]


def test_cases_of_one_record_only(tmp_path):
    """A case that the candidate lost is first; a new one is named."""
    compared = pairs(tmp_path, samples(True, prompt="new"), samples(True, prompt="old"))
    assert {pair.case.names[2]: pair.change for pair in compared} == {"new": "new", "old": "gone"}
    assert [prompt.name for prompt in by_prompt(compared)] == ["old", "new"]


def test_the_order_of_prompts(tmp_path):
    """The greatest loss first, then improvements, then misses as before, then what is well."""
    shares = {"well": (2, 2), "missed": (0, 0), "up": (0, 2), "down": (2, 0), "half": (2, 1)}
    was, now = (
        [
            line
            for name, n in shares.items()
            for line in samples(*(i < n[at] for i in range(2)), prompt=name)
        ]
        for at in (0, 1)
    )
    compared = by_prompt(pairs(tmp_path, now, was))
    assert [prompt.name for prompt in compared] == ["down", "half", "up", "missed", "well"]


def test_without_a_baseline_misses_come_first(tmp_path):
    """Then what is mixed; nothing is said to have changed."""
    now = [
        *samples(True, prompt="a"),
        *samples(True, False, prompt="b"),
        *samples(False, prompt="c"),
    ]
    compared = pairs(tmp_path, now)
    assert [prompt.name for prompt in by_prompt(compared)] == ["c", "b", "a"]
    assert {pair.change for pair in compared} == {""}


def test_tags(tmp_path):
    """What the filters look for."""
    text = "水稻是粮食。" * 40
    loop = {"of": "text", "spans": [[0, 240]], "unit": text[:6], "count": 40, "period": 6}
    now = [sample(text, passed=False, finish="length", loop=loop), sample("x", number=1)]
    (pair,) = pairs(tmp_path, now, [sample("y"), sample("x", number=1)])
    assert pair.tags == ["failed", "regressed", "different", "flaky", "loop", "truncated"]


def test_evidence_is_marked_where_it_stands(tmp_path):
    """Spans of the whole text, of the answer and of the thinking, each in the part that is shown."""
    text = "<think>\nabc</think>\n\nxyz"
    compared = {}
    for of, span in (
        ("text", [21, 22]),
        ("answer", [1, 2]),
        ("thinking", [2, 3]),
        ("nowhere", [0, 1]),
    ):
        verdict = {"trait": "t", "passed": False, "evidence": {"of": of, "spans": [span, "x", [1]]}}
        line = sample(text, thinking="abc", answer="xyz", verdicts=[verdict])
        (row,) = rows(pairs(tmp_path, [line])[0], TextBudget([""]))
        shown = [*row.now.answer.pieces, *row.now.thinking.pieces]
        compared[of] = [piece.text for piece in shown if piece.kind == "evidence"]
    assert compared == {"text": ["x"], "answer": ["y"], "thinking": ["c"], "nowhere": []}


def test_the_sample_that_tells_most_is_open(tmp_path):
    """One that passed before and misses now, before one that missed all along."""
    was = samples(False, True, True)
    now = samples(False, True, False)
    (pair,) = pairs(tmp_path, now, was)
    assert opened(pair, rows(pair, TextBudget([""]))) == 2


def test_the_command_is_words_for_a_shell(tmp_path):
    """Whatever a record calls a case, nothing but pytest is run."""
    run = read(
        record(tmp_path / "r", options={"family": "a b", "model": ["base=$(x)"], "samples": 3})
    )
    line = command("b.yaml::x[base-`id`\n]", Contents(Words("en"), run))
    assert line == (
        "pytest 'b.yaml::x[base-`id`\\n]' '--qwen-family=a b' --qwen-samples=3 "
        "'--qwen-model=base=$(x)'"
    )


def test_the_command_has_every_option_that_changes_a_text(tmp_path):
    """Fresh samples or fast ones are not those of the plain command; older records say `whole`."""
    options = {"seed_offset": 1000, "exact": False, "whole": True, "samples": None}
    run = read(record(tmp_path / "r", options=options))
    line = command("b.yaml::x", Contents(Words("en"), run))
    assert line == "pytest b.yaml::x --qwen-seed-offset=1000 --qwen-fast"


def test_changed_words_show_above_what_was_found(tmp_path):
    """A met expectation that covers the whole text hides no difference; a missed one does."""
    verdict = {"trait": "sentences", "evidence": {"of": "answer", "spans": [[0, 11]]}}
    kinds = {}
    for passed in (True, False):
        was = [sample("结论：水稻是一种粮食。")]
        now = [sample("结论：水稻是两种粮食。", verdicts=[{**verdict, "passed": passed}])]
        (row,) = rows(pairs(tmp_path, now, was)[0], TextBudget([""]))
        kinds[passed] = [(piece.text, piece.kind) for piece in row.now.answer.pieces]
    assert kinds[True] == [("结论：水稻是", "found"), ("两", "added"), ("种粮食。", "found")]
    assert kinds[False] == [("结论：水稻是两种粮食。", "evidence")]
