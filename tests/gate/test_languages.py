"""The gate's sentences are codes with values: in gate.json, on the page, in the table, in Chinese."""

import json
import re

import pytest

from pytest_qwen.gate.artifact import read_artifact
from pytest_qwen.gate.build_artifact import artifact, file_of
from pytest_qwen.gate.compared.evidence import read_evidence
from pytest_qwen.gate.decision import decide
from pytest_qwen.gate.policy import Policy
from pytest_qwen.messages.reason import in_language
from pytest_qwen.report import page_of
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
def test_each_sentence_of_a_decision_is_in_both_languages(tmp_path, before, after, fields):
    """Reasons, notes and what to do, with the same numbers, after they were in gate.json."""
    sides = [record(tmp_path / f"{n}.jsonl", cases) for n, cases in enumerate((before, after))]
    rounds = [tuple(map(read_evidence, sides))]
    decision = decide(*rounds[0], Policy(**fields))
    (tmp_path / "gate.json").write_bytes(file_of(artifact(decision, rounds, 1)))
    gate = read_artifact(tmp_path / "gate.json")
    assert list(gate.reasons) == decision.reasons
    for sentence in (*gate.reasons, *gate.todo, *gate.notes):
        chinese = in_language(sentence, "zh")
        assert re.search("[\u4e00-\u9fff]", chinese), sentence
        numbers = [sorted(re.findall(r"[-+]?\d+(?:\.\d+)?", text)) for text in (sentence, chinese)]
        assert numbers[0] == numbers[1]


def test_gate_json_has_codes_beside_the_english(tmp_path):
    """A script compares codes, a person reads the text; values are numbers."""
    for name, cases in (("a.jsonl", items(10)), ("b.jsonl", items(10, 0.9))):
        record(tmp_path / name, cases)
    typed(tmp_path, "pytest-qwen gate a.jsonl b.jsonl --out gate.json")
    data = json.loads((tmp_path / "gate.json").read_bytes())
    for name in ("reasons", "todo", "notes"):
        assert len(data["codes"][name]) == len(data[name])
    assert data["reasons"][0] == (
        "suite: changed by -10.0 points, at worst -35.0: a PASS takes 30 behaviors, and there are 10"
    )
    code = data["codes"]["reasons"][0]
    assert code["code"] == "gate.few_behaviors"
    assert code["values"]["name"] == "suite"
    assert code["values"]["change"] == pytest.approx(-10)


@pytest.mark.parametrize(
    "codes",
    [
        [{"code": "gate.few_behaviors", "values": {}}],
        [{"code": "gate.of_a_newer_release", "values": {"n": 1}}],
        [
            {
                "code": "gate.few_behaviors",
                "values": {"name": "x", "change": "much", "lower": 10**400},
            }
        ],
        [{"code": "../../gate.note", "values": {"text": "x"}}],
        [None, 7, "x"],
        [],
    ],
)
def test_codes_that_are_not_known_leave_the_english(tmp_path, codes):
    """Of a newer release, or of a stranger."""
    for name in ("a.jsonl", "b.jsonl"):
        record(tmp_path / name, items(10))
    typed(tmp_path, "pytest-qwen gate a.jsonl b.jsonl --out gate.json")
    path = tmp_path / "gate.json"
    data = json.loads(path.read_bytes())
    data["codes"]["reasons"] = codes
    path.write_text(json.dumps(data))
    reasons = read_artifact(path).reasons
    assert list(reasons) == data["reasons"]
    assert in_language(reasons[0], "zh") == data["reasons"][0]


def test_the_chinese_page_tells_them_so(tmp_path):
    """As Chinese, while the English page has what the gate said."""
    was, now = (record(tmp_path / name, items(40)) for name in ("a.jsonl", "b.jsonl"))
    typed(tmp_path, "pytest-qwen gate a.jsonl b.jsonl --out gate.json")
    pages = [page_of(now, was, lang, tmp_path / "gate.json").decode() for lang in ("zh", "en")]
    assert "suite：变化 +0.0 个百分点，最坏 " in pages[0]
    assert "suite: changed by +0.0 points" in pages[1]


def test_the_table_and_the_summary_speak_chinese(tmp_path):
    """With `--lang zh`: all words but names and verdicts, in columns that stand below each other."""
    record(tmp_path / "a.jsonl", items(60, 1.0, 2, 4))
    record(tmp_path / "b.jsonl", items(60, 0.75, 2, 4))
    command = "pytest-qwen gate a.jsonl b.jsonl --lang zh --summary s.md"
    status, out, err = typed(tmp_path, command)
    assert (status, err) == (20, "")
    assert out.splitlines()[:7] == [
        "REGRESSED：b.jsonl 不可替换 a.jsonl",
        "  suite：变化 -25.0 个百分点，最坏 -34.1：显著变差（p = 3.1e-05），降幅可能达到 10 个百分点或更多",
        "  480 个样本中没有出现 nan：其比率低于 0.62 %",
        "",
        "          之前    之后   变化    最坏 .. 最好  容许下限        p",
        "suite  100.0 %  75.0 %  -25.0  -34.1 .. -14.3       -10  3.1e-05  REGRESSED",
        "行为 60 个，提示 120 个，候选的样本 480 / 480 个；变化以百分点计",
    ]
    assert out.splitlines()[-1] == "下一步：查看有变化的用例，以及记录里的全部回复"
    summary = (tmp_path / "s.md").read_text("utf-8")
    assert summary.startswith("## ❌ REGRESSED：b.jsonl 不可替换 a.jsonl\n")
    assert "有变化的用例（20 / 30，退步在前）" in summary


@pytest.mark.parametrize(
    ("options", "texts"),
    [
        (
            "--lang zh",
            ["PASS：b.jsonl 可以替换 a.jsonl", "提示间关系（1 / 1）：", "个百分点，校正后的 p = "],
        ),
        ("", ["PASS: b.jsonl may replace a.jsonl", "any more (1 of 1):", " points, p = "]),
    ],
)
def test_junit_has_lost_relations_and_speaks_the_language(tmp_path, options, texts):
    """As the table and the summary do, with the case and the message of each relation."""
    cases = items(80, k=4)
    record(tmp_path / "a.jsonl", cases, held=dict.fromkeys(cases, True))
    record(tmp_path / "b.jsonl", cases, held=dict.fromkeys(cases, True) | {"b0/p0": False})
    status, _, err = typed(tmp_path, f"pytest-qwen gate a.jsonl b.jsonl --junit j.xml {options}")
    assert (status, err) == (0, "")
    xml = (tmp_path / "j.xml").read_text("utf-8")
    for text in (*texts, "behaviors/b0.yaml::b0[instruct-p0]"):
        assert text in xml
