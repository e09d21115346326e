"""`pytest-qwen judge BEHAVIORS REPLIES`: replies made elsewhere give what a run of them gives."""

from __future__ import annotations

import json
import re

import pytest

from pytest_qwen.record.reading import read_record
from pytest_qwen.report import page_of
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
        assert "; 1 comparison: 1 met, 0 failed, 0 lack replies" in out
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
        {**good, "sample": 1, "finsh": "length"},
        {**good, "sample": 1, "answer": "你好"},
        {**good, "sample": True},
        {**good, "sample": "1"},
        {**good, "sample": 1.0},
        {**good, "sample": 1, "finish": "verdict"},
    ]
    lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in [good, *wrong])
    (suite.path / "r.jsonl").write_text(lines, encoding="utf-8")
    command = "pytest-qwen judge behaviors/greets.yaml r.jsonl --record r --model instruct=api"
    status, out, err = typed(suite.path, command)
    assert status == 1
    assert out == "r: 2 cases: 0 met, 0 failed, 2 lack replies; 14 wrong lines\n"
    assert err.splitlines() == [
        "r.jsonl:2: expected one reply to a request, got another to greets, instruct, zh, sample 0: remove one",
        "r.jsonl:3: expected a behavior of the files, got 'greet': did you mean 'greets'?",
        "r.jsonl:4: expected one of base, instruct, reasoning as 'role', got 'assistant'",
        "r.jsonl:5: expected a prompt of greets, got 'fr': use one of en, zh",
        "r.jsonl:6: expected a prompt of greets, got '再见': name it by its `prompt_id`",
        "r.jsonl:7: expected a sample from 0 to 1, got 2: see --samples",
        "r.jsonl:8: expected a reply to the seed 0, got 7: see --seed-offset",
        "r.jsonl:9: expected `text`, or `thinking` and `answer`, got neither: add the reply",
        "r.jsonl:10: expected a known key, got 'finsh': did you mean 'finish'?",
        "r.jsonl:11: expected `text`, or `thinking` and `answer`, got both: leave one out",
        "r.jsonl:12: expected a whole number as 'sample', got True",
        "r.jsonl:13: expected a whole number as 'sample', got '1'",
        "r.jsonl:14: expected a whole number as 'sample', got 1.0",
        "r.jsonl:15: expected one of stop, length, nan, oom, timeout, error as 'finish', got 'verdict'",
        "behaviors/greets.yaml::greets[instruct-zh]: missing: sample 1 has no reply",
        "behaviors/greets.yaml::greets[instruct-en]: missing: sample 0 has no reply",
        "behaviors/greets.yaml::greets[instruct-en]: missing: sample 1 has no reply",
    ]
    ids = {line["case"] for line in read_record(suite.path / "r") if "case" in line}
    assert "behaviors/greets.yaml::greets[base-zh]" in ids  # skipped, and said so
    page = page_of(suite.path / "r", None, "zh").decode()
    assert "! 缺失：样本 1 没有回复" in page
    assert "! 跳过：没有 base 角色的回复：--model 只给出了 instruct" in page
    assert re.findall(r'<[^>]* lang="en">[^<]*', page) == []


ONE = """\
behavior: one
prompts: [{id: zh, text: 你好！}]
expect: {instruct: [finish: stop]}
"""
GOOD = '{"behavior": "one", "role": "instruct", "prompt_id": "zh", "text": "你好！"}\n'
JUDGE = "pytest-qwen judge one.yaml r.jsonl"
WRITES = "--record: expected a file that can be written, got"


@pytest.fixture
def one(tmp_path):
    (tmp_path / "one.yaml").write_text(ONE, encoding="utf-8")
    (tmp_path / "r.jsonl").write_text(GOOD, encoding="utf-8")
    return tmp_path


def test_one_is_a_singular(one):
    """One case is not called cases, and without comparisons none are counted."""
    assert typed(one, f"{JUDGE} --record R") == (
        0,
        "R: 1 case: 1 met, 0 failed, 0 lack replies\n",
        "",
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--record r.jsonl", f"{WRITES} r.jsonl, which is read: name another"),
        ("--record link.jsonl", f"{WRITES} link.jsonl, which is read: name another"),
        ("--record one.yaml", f"{WRITES} one.yaml, which is read: name another"),
        (
            "--record base.jsonl",
            (
                "base.jsonl: an approved baseline, which only `pytest-qwen approve` replaces: "
                "name another file"
            ),
        ),
        ("--record .", f"{WRITES} ., which is no regular file: name another place"),
    ],
)
def test_a_record_never_replaces_what_is_read_or_approved(one, options, message):
    """The files stay as they are, and one line says why."""
    (one / "link.jsonl").symlink_to("r.jsonl")
    (one / "base.jsonl").write_text("approved", encoding="utf-8")
    (one / "base.jsonl.approvals.jsonl").touch()
    before = {file.name: file.read_text("utf-8") for file in one.iterdir()}
    assert typed(one, f"{JUDGE} {options}") == (2, "", f"{message}\n")
    assert {file.name: file.read_text("utf-8") for file in one.iterdir()} == before


@pytest.mark.parametrize("option", ["--samples", "--seed-offset"])
@pytest.mark.parametrize("number", ["0", "-1", "x"])
def test_a_number_of_samples_is_positive(one, option, number):
    """Refused in one line, as the options of a run are."""
    status, out, err = typed(one, f"{JUDGE} --record R {option}={number}")
    expected = f"argument {option}: expected a whole number, more than 0, got {number!r}"
    assert (status, out) == (2, "")
    assert err == f"pytest-qwen judge: {expected}: see pytest-qwen judge --help\n"


def test_a_template_never_replaces_the_behaviors(one):
    """They are read, and stay."""
    message = "--template: expected a file that can be written, got one.yaml, which is read"
    status = typed(one, "pytest-qwen judge one.yaml --template one.yaml")
    assert status == (2, "", f"{message}: name another\n")
    assert (one / "one.yaml").read_text("utf-8") == ONE


@pytest.mark.parametrize(
    ("options", "got"),
    [
        ("r.jsonl --record R -o V", "-o and --record"),
        ("--template T -o V", "-o and --template"),
        ("--template T --record R", "--template and --record"),
        ("r.jsonl --template T", "--template and REPLIES"),
    ],
)
def test_options_that_contradict_each_other_are_refused(one, options, got):
    """Nothing is written then."""
    expected = "expected REPLIES --record R.jsonl, or --template FILE"
    message = f"one.yaml: {expected}, got {got}\n"
    assert typed(one, f"pytest-qwen judge one.yaml {options}") == (2, "", message)
    assert sorted(file.name for file in one.iterdir()) == ["one.yaml", "r.jsonl"]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            '{"kind": "run", "schema": 99}',
            (
                "expected a record of schema 1 or 2, got 99: record it anew, its replies are in the "
                "store, or read it with what wrote it"
            ),
        ),
        ('{"kind": "run"}', "expected schema, got none: name a file that --qwen-record wrote"),
        (
            '{"kind": "run", "schema": 2, "family": 3}',
            "expected text as family, got '3': name a file that --qwen-record wrote",
        ),
    ],
)
@pytest.mark.parametrize("replies", ["r.jsonl", "-"])
def test_a_record_that_cannot_be_read_is_refused_as_replies(one, header, message, replies):
    """Of another schema, or with a broken header, by its place; nothing is written."""
    (one / "r.jsonl").write_text(f"{header}\n{GOOD}", encoding="utf-8")
    text = (one / "r.jsonl").read_bytes()
    command = f"pytest-qwen judge one.yaml {replies} --record R"
    assert typed(one, command, text) == (2, "", f"{replies}:1: {message}\n")
    assert not (one / "R").exists()


def test_hostile_lines_cost_only_themselves(one):
    """Nested too deeply, or a record's sample that has no text: told by their place."""
    broken = {"kind": "sample", "behavior": "one", "role": "instruct", "prompt_id": "zh"}
    broken |= {"reply": {"text": 5, "sample": 0}}
    lines = f"{'[' * 100_000}\n{json.dumps(broken)}\n{GOOD}"
    (one / "r.jsonl").write_text(lines, encoding="utf-8")
    status, out, err = typed(one, f"{JUDGE} --record R")
    assert (status, out) == (1, "R: 1 case: 1 met, 0 failed, 0 lack replies; 2 wrong lines\n")
    assert err.splitlines() == [
        "r.jsonl:1: expected a JSON object, got no JSON (nested too deeply to read)",
        "r.jsonl:2: the reply: expected text as text, got '5'",
    ]


COMPARED = """\
behavior: ladder
compare:
  - rate: {behavior: many, trait: {finish: stop}}
    order: base < instruct
samples: 2
"""


def test_replies_that_only_comparisons_asked_are_in_the_store_alone(project):
    """The last line counts the comparison, and a line says where its replies are."""
    project.write("behaviors/many.yaml", FILES["behaviors/many.yaml"])
    project.write("behaviors/ladder.yaml", COMPARED)
    project.run("--qwen-record-only", "--qwen-record=run.jsonl", "behaviors")
    command = "pytest-qwen judge behaviors {} --record again.jsonl"
    status, out, err = typed(project.path, command.format("run.jsonl"))
    assert status == 1
    assert out.endswith("; 1 comparison: 0 met, 0 failed, 1 lacks replies\n")
    assert err.splitlines()[1:] == [
        (
            "a record lacks replies that only comparisons asked for: judge those of "
            "`pytest-qwen store export`"
        )
    ]
    assert typed(project.path, f"pytest-qwen store export {project.store} -o kept.jsonl")[0] == 0
    status, out, err = typed(project.path, command.format("kept.jsonl"))
    assert (status, err) == (0, "")
    assert "; 1 comparison: 1 met, 0 failed, 0 lack replies" in out


def test_snapshots_are_said_not_to_be_judged(one):
    """A behavior that keeps one is named."""
    (one / "one.yaml").write_text(f"{ONE}snapshot: true\n", encoding="utf-8")
    status, _, err = typed(one, f"{JUDGE} --record R")
    assert (status, err) == (0, "snapshots are not judged, only a run compares them: one\n")


def test_a_checkpoint_that_is_not_here_is_told_without_options_of_a_run(one):
    """`--qwen-model` is no option of this command."""
    family = "family: far\ninstruct: {checkpoint: none/such}\n"
    (one / "far.yaml").write_text(family, encoding="utf-8")
    status, _, err = typed(one, f"{JUDGE} --record R --family far.yaml", HF_HUB_OFFLINE="1")
    assert (status, err) == (
        0,
        (
            "instruct: expected the checkpoint none/such on this machine, got none: type "
            "`hf download none/such`: sampling is as the behaviors say, prompts are messages\n"
        ),
    )


RAISES = """\
from pytest_qwen import trait

@trait
def divides(part):
    return 1 / 0
"""


def test_a_trait_that_raises_costs_its_own_case(one):
    """The others are judged, and the record comes to its end."""
    (one / "own.py").write_text(RAISES, encoding="utf-8")
    other = ONE.replace("behavior: one", "behavior: two").replace("finish: stop", "divides")
    (one / "one.yaml").write_text(f"{other}---\n{ONE}", encoding="utf-8")
    replies = GOOD + GOOD.replace('"one"', '"two"')
    (one / "r.jsonl").write_text(replies, encoding="utf-8")
    status, out, err = typed(one, f"{JUDGE} --record R --traits own.py")
    assert (status, "1 met" in out) == (1, True)
    assert "one.yaml::two[instruct-zh]: call: ZeroDivisionError: division by zero" in err
    assert list(read_record(one / "R"))[-1]["kind"] == "end"
