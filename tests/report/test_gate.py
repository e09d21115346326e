"""All that the gate knows is on the page, from gate.json as the gate writes it."""

import json
import re

import pytest

from pytest_qwen.report import page_of
from tests.cli.command_line import typed
from tests.gate.build import items, record
from tests.report.hostile import PAYLOADS
from tests.report.test_page import Parsed

REGRESSED = 20
LOST = {"b0/p0": True, "b1/p0": True}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two records of which the gate has something to say in every respect."""
    folder = tmp_path_factory.mktemp("gated")
    before, after = items(40), items(40) | {"b2/p0": ["nan"], "b3/p0": [False], "b4/p0": ["oom"]}
    record(folder / "was.jsonl", before, held=LOST)
    record(folder / "now.jsonl", after, held=LOST | {"b1/p0": False})
    (folder / "policy.yaml").write_text("critical: [b3]\nhard: [nan]\nattempts: 2\n")
    command = "pytest-qwen gate was.jsonl now.jsonl --out gate.json"
    typed(folder, command)
    status, _, _ = typed(folder, f"{command} --policy policy.yaml")
    assert status == REGRESSED
    return folder


def section(folder, language="en"):
    """Return the gate's section as markup."""
    paths = [folder / name for name in ("now.jsonl", "was.jsonl")]
    page = page_of(*paths, language, folder / "gate.json").decode()
    (markup,) = re.findall(r'<section class="gate".*?</section>', page, re.DOTALL)
    return markup


def plain(markup):
    return " ".join(" ".join(Parsed(markup.encode()).texts).split())


def test_everything_the_gate_knows_is_shown(folder):
    """Forbidden events, severe losses, lost relations, changed cases, policy, attempts, errors."""
    markup = section(folder)
    text = plain(markup)
    assert "Forbidden events: nan ×1" in text
    assert "From all passing to all failing: b3[instruct]" in text
    assert '<a href="#t=b3.instruct-p0">b3[instruct]</a>' in markup
    assert "1 relation between prompts lost b1[instruct-p0] more_than" in text
    assert "expected more, got less in behaviors/b1.yaml::b1[instruct-p0]" in text
    assert '<a href="#t=b1.instruct-p0">b1[instruct-p0]</a>' in markup
    assert "cases with another passing rate" in text
    assert "b3[instruct-p0] 1/1 0/1 asks_back" in text
    assert "critical: [b3]" in text
    assert "margin: 0.1" in text
    assert "baseline 40 of 40 samples" in text
    assert re.search(r"candidate 38 of 40 samples, missing: (nan|oom) ×1, (nan|oom) ×1", text)
    assert re.search(r"earlier attempts attempt 1: \w+ by policy [0-9a-f]{12}", text)
    assert "candidate: behaviors/b4.yaml::b4[instruct-p0] oom" in text


def test_what_to_do_and_notes_are_those_of_the_gate(folder):
    """A reviewer reads on the page what the terminal said."""
    text = plain(section(folder))
    gate = json.loads((folder / "gate.json").read_bytes())
    assert gate["todo"]
    assert gate["notes"]
    for sentence in (*gate["reasons"], *gate["todo"], *gate["notes"]):
        assert " ".join(sentence.split()) in text


def test_in_chinese(folder):
    """Labels and sentences; only a relation's message without a code is English."""
    markup = section(folder, "zh")
    assert re.findall(r'<(\w+)[^>]* lang="en"', markup) == ["p"]
    text = plain(markup)
    for label in ("禁止出现的事件： nan ×1", "从全部通过变为全部失败：", "下一步", "判定的依据"):
        assert label in text
    assert "1 个提示间的关系不再成立" in text
    assert "先前的尝试 第 1 次：" in text


def test_sentences_without_codes_are_marked_as_english(folder, tmp_path):
    """An older gate.json has only texts: the Chinese page shows them, and says what they are."""
    gate = json.loads((folder / "gate.json").read_bytes())
    del gate["codes"]
    gate["reasons"] = ["suite: worse"]
    for name in ("was.jsonl", "now.jsonl"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "gate.json").write_text(json.dumps(gate))
    markup = section(tmp_path, "zh")
    assert '<li lang="en">suite: worse</li>' in markup
    assert "这些原因只有英文" in markup
    assert "in English" not in section(tmp_path)


def test_a_payload_in_every_text_makes_no_element(folder, tmp_path):
    """gate.json comes from strangers: every text of it is shown as text."""
    gate = json.loads((folder / "gate.json").read_bytes())
    for name in ("was.jsonl", "now.jsonl"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())

    def filled(value, text):
        if isinstance(value, dict):
            kept = {"sha256", "verdict", "side", "hash", "codes", "policy", "may_differ"}
            return {k: v if k in kept else filled(v, text) for k, v in value.items()}
        if isinstance(value, list):
            return [filled(inner, text) for inner in value]
        return text if isinstance(value, str) else value

    def elements(text):
        sides = {side: gate[side] for side in ("baseline", "candidate")}
        (tmp_path / "gate.json").write_text(json.dumps(filled(gate, text) | sides))
        return Parsed(section(tmp_path).encode()).elements

    del gate["codes"]
    harmless = elements("z" * 40)
    for payload in PAYLOADS:
        if "\ud800" not in payload:
            assert elements(payload) == harmless, payload
