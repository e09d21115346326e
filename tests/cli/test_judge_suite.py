"""`pytest-qwen judge BEHAVIORS REPLIES`: replies made elsewhere give what a run of them gives."""

from __future__ import annotations

import json

import pytest

from pytest_qwen.record.reading import read_record
from tests.cli.command_line import typed

FILES = {
    "behaviors/greets.yaml": """\
behavior: greets
prompts:
  - {id: zh, text: 你好！}
  - {id: en, text: Hello!, same_as: zh}
samples: 2
expect:
  base: [finish: length]
  instruct: [finish: stop, {language: zh, at_least: 0.5}]
  reasoning: [thinking: closed]
---
behavior: ladder
compare:
  - rate: {behavior: many, trait: {finish: stop}}
    order: base < instruct
""",
    "behaviors/many.yaml": """\
behavior: many
prompts:
"""
    + "".join(f"  - {{id: p{i}, text: {i}+{i}等于几？}}\n" for i in range(6))
    + """\
expect:
  base: [length: {at_most: 500}]
  instruct: [number: 2]
""",
}


@pytest.fixture
def suite(project):
    for name, text in FILES.items():
        project.write(name, text)
    project.run("--qwen-record-only", "--qwen-record=run.jsonl", "behaviors")
    return project


def verdicts(path):
    """Return what a record says of each sample, each whole case and each relation."""
    names = ("case", "kind", "trait", "verdicts", "passed", "evidence", "message", "steps", "error")
    lines = [line for line in read_record(path) if line["kind"] not in ("run", "end")]
    rows = [
        [(line.get("reply") or {}).get("sample"), *(line.get(name) for name in names)]
        for line in lines
    ]
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def test_a_run_judged_again_gives_its_verdicts(suite):
    """From its own record, and from the store; the gate compares both, sample by sample."""
    assert typed(suite.path, f"pytest-qwen store export {suite.store} -o kept.jsonl")[0] == 0
    for replies in ("run.jsonl", "kept.jsonl"):
        status, out, err = typed(
            suite.path, f"pytest-qwen judge behaviors {replies} --record again.jsonl"
        )
        assert (status, err) == (0, "")
        assert out.startswith("again.jsonl: 18 cases: ")
        assert verdicts(suite.path / "again.jsonl") == verdicts(suite.path / "run.jsonl")
        headers = [next(read_record(suite.path / f"{name}.jsonl")) for name in ("run", "again")]
        assert len({header["suite_hash"] for header in headers}) == 1
        assert headers[0]["traits"] == headers[1]["traits"] != {}
        typed(suite.path, "pytest-qwen gate run.jsonl again.jsonl --out gate.json")
        decided = json.loads((suite.path / "gate.json").read_text(encoding="utf-8"))
        assert (decided["verdict"], decided["completeness"]["candidate"]["missing"]) == (
            "INCONCLUSIVE",
            {},
        )
        assert decided["flips_total"] == 0
        assert decided["baseline"]["met"] == decided["candidate"]["met"]
        for command in ("report again.jsonl -o page.html", "audit again.jsonl"):
            assert typed(suite.path, f"pytest-qwen {command}")[0] == 0
        (suite.path / "gate.json").unlink()


def test_the_template_is_what_is_to_be_answered(suite):
    """Each request once: its prompt as messages and as the family renders it. Answered, it judges."""
    status, out, err = typed(suite.path, "pytest-qwen judge behaviors --template -")
    assert (status, err) == (0, "")
    lines = [json.loads(line) for line in out.splitlines()]
    chat = next(line for line in lines if line["role"] == "instruct")
    assert (chat["behavior"], chat["prompt_id"], chat["sample"], chat["seed"]) == (
        "greets",
        "zh",
        0,
        0,
    )
    assert chat["messages"] == [{"role": "user", "content": "你好！"}]
    assert chat["rendered"].endswith("你好！<|im_end|>\n<|im_start|>assistant\n")
    assert chat["sampling"]["max_new_tokens"]
    keys = [
        tuple(line[n] for n in ("behavior", "role", "prompt_id", "seed", "sample"))
        for line in lines
    ]
    assert len(keys) == len(set(keys))
    answered = [line | {"thinking": "想", "answer": "你好，2"} for line in lines]
    text = "".join(json.dumps(line) + "\n" for line in answered).encode()
    models = " ".join(f"--model {role}=api" for role in ("base", "instruct", "reasoning"))
    command = f"pytest-qwen judge behaviors - --record api.jsonl {models}"
    status, out, err = typed(suite.path, command, text)
    assert (status, err) == (0, "")
    header, first, *_ = read_record(suite.path / "api.jsonl")
    assert header["checkpoints"]["instruct"]["checkpoint"] == "api"
    assert (first["reply"]["thinking"], first["reply"]["answer"]) == ("想", "你好，2")
    typed(suite.path, "pytest-qwen gate run.jsonl api.jsonl --out gate.json")
    assert json.loads((suite.path / "gate.json").read_text())["verdict"] != "INVALID"


def test_what_is_missing_or_wrong_is_told_and_not_green(suite):
    """Each line with its place, each missing sample with its case; the status is 1."""
    good = {"behavior": "greets", "role": "instruct", "prompt": "你好！", "text": "你好！"}
    wrong = [
        good,
        {**good, "behavior": "greet"},
        {**good, "role": "assistant"},
        {**good, "prompt_id": "fr"},
        {**good, "prompt": "再见"},
        {**good, "sample": 2},
        {**good, "seed": 7},
        {**good, "text": None},
    ]
    lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in [good, *wrong])
    (suite.path / "r.jsonl").write_text(lines, encoding="utf-8")
    command = "pytest-qwen judge behaviors/greets.yaml r.jsonl --record r --model instruct=api"
    status, out, err = typed(suite.path, command)
    assert status == 1
    assert out == "r: 2 cases: 0 met, 0 failed, 2 lack replies; 8 wrong lines\n"
    assert err.splitlines() == [
        "r.jsonl:2: expected one reply to a request, got another to greets, instruct, zh, sample 0: remove one",
        "r.jsonl:3: expected a behavior of the files, got 'greet': did you mean 'greets'?",
        "r.jsonl:4: expected one of base, instruct, reasoning as 'role', got 'assistant'",
        "r.jsonl:5: expected a prompt of greets, got 'fr': use one of en, zh",
        "r.jsonl:6: expected a prompt of greets, got '再见': name it by its `prompt_id`",
        "r.jsonl:7: expected a sample from 0 to 1, got 2: see --samples",
        "r.jsonl:8: expected a reply to the seed 0, got 7: see --seed-offset",
        "r.jsonl:9: expected `text`, or `thinking` and `answer`, got neither: add the reply",
        "behaviors/greets.yaml::greets[instruct-zh]: missing: sample 1 has no reply",
        "behaviors/greets.yaml::greets[instruct-en]: missing: sample 0 has no reply",
        "behaviors/greets.yaml::greets[instruct-en]: missing: sample 1 has no reply",
    ]
    ids = {line["case"] for line in read_record(suite.path / "r") if "case" in line}
    assert "behaviors/greets.yaml::greets[base-zh]" in ids  # skipped, and said so
