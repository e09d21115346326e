"""The gate's reasons on the Chinese page: every one that a decision can have is told in Chinese."""

import re

import pytest

from pytest_qwen.gate.decision import decide
from pytest_qwen.gate.evidence import read_evidence
from pytest_qwen.gate.policy import Policy
from pytest_qwen.report import page_of
from pytest_qwen.report.chinese import in_chinese
from tests.cli.test_main import typed
from tests.gate.build import items, record

CRASHED = items(40) | {f"b{n}/p0": ["crash"] for n in range(12)}
NAN = items(40) | {"b0/p0": ["nan"]}


@pytest.mark.parametrize(
    ("before", "after", "fields"),
    [
        (items(60, 1.0, 2, 4), items(60, 0.7, 2, 4), {}),
        (items(200), items(200, 0.96), {}),
        (items(60, 0.9, 2, 4), items(60, 0.9, 2, 4), {}),
        (items(100, 0.5), items(100, 0.9), {}),
        (items(10), items(10), {}),
        (items(40), items(40, 0.9), {}),
        (items(40), CRASHED, {}),
        (items(40), items(40) | {"b0/p0": ["crash"]}, {}),
        (items(40), NAN, {}),
        (items(40), items(40) | {"b0/p0": [False]}, {"critical": ("b0",)}),
    ],
)
def test_each_reason_of_a_decision_is_told_in_chinese(tmp_path, before, after, fields):
    """And with the same numbers, in any order."""
    sides = [record(tmp_path / f"{n}.jsonl", one) for n, one in enumerate((before, after))]
    found = decide(*map(read_evidence, sides), Policy(**fields))
    assert found.reasons
    for reason in found.reasons:
        said = in_chinese(reason)
        assert said, reason
        numbers = [sorted(re.findall(r"[-+]?\d+(?:\.\d+)?", text)) for text in (reason, said)]
        assert numbers[0] == numbers[1]


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (
            "3 relations between prompts are not judged in the candidate: MINOR if they failed, PASS if they passed",
            "候选有 3 个提示间的关系没有判定：若它们失败则为 MINOR，若通过则为 PASS",
        ),
        (
            "look 2 ended the run by design, after 30 of 60 behaviors",
            "第 2 次查看按设计结束了运行，此时看了 60 个行为中的 30 个",
        ),
        (
            "look 2 saw no alarm, and passes nothing",
            "第 2 次查看没有警报，但不能使任何候选通过",
        ),
        (
            "more[base-zh] held more_than and does not any more: it is critical",
            "more[base-zh] 原来满足 more_than，现在不再满足：它是关键行为",
        ),
        ("a.jsonl: expected a whole baseline, got a run that was cut off", ""),
    ],
)
def test_others(reason, said):
    """What a look and relations say; what cannot be compared stays in English."""
    assert in_chinese(reason) == said


def test_the_chinese_page_tells_them_so(tmp_path):
    """As Chinese, while the English page has what the gate said."""
    was, now = (record(tmp_path / name, items(40)) for name in ("a.jsonl", "b.jsonl"))
    command = "pytest-qwen gate a.jsonl b.jsonl --out gate.json"
    typed(tmp_path, command)
    page = page_of(now, was, "zh", tmp_path / "gate.json").decode()
    assert "<li>suite：变化 +0.0 个百分点，最坏 " in page
    assert (
        "<li>suite: changed by +0.0 points"
        in page_of(now, was, "en", tmp_path / "gate.json").decode()
    )
