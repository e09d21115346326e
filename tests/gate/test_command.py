"""`pytest-qwen gate` and `approve` as they are typed: output, files and exit status."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from pytest_qwen.files.atomic import write_whole
from pytest_qwen.files.json_file import dumped
from pytest_qwen.gate.artifact import read_artifact
from pytest_qwen.gate.shown.markdown import LIMIT, fenced, summary
from pytest_qwen.messages.error import CommandError
from tests.cli.test_main import typed
from tests.gate.build import RUN, items, record

FILES = "--out gate.json --summary s.md --junit j.xml"


def gate(folder, more="", **variables):
    return typed(folder, f"pytest-qwen gate a.jsonl b.jsonl {more}", **variables)


def test_a_person_sees_the_verdict_first(tmp_path):
    """The verdict and why, the drop with its interval against the margin, flips, what to do."""
    record(tmp_path / "a.jsonl", items(60, 1.0, 2, 4))
    record(tmp_path / "b.jsonl", items(60, 0.75, 2, 4))
    status, out, err = gate(tmp_path)
    assert (status, err) == (20, "")
    assert out.splitlines()[:8] == [
        "REGRESSED: b.jsonl may not replace a.jsonl",
        "  suite: changed by -25.0 points, at worst -34.1: significantly worse (p = 3.1e-05), possibly by 10 points or more",
        "  no nan in 480 samples: the rate is below 0.62 %",
        "",
        "        before   after  change  at worst .. best  margin        p",
        "suite  100.0 %  75.0 %   -25.0    -34.1 .. -14.3     -10  3.1e-05  REGRESSED",
        "behaviors: 60, prompts: 120, samples of the candidate: 480 of 480; changes in points",
        "",
    ]
    assert (
        "  behaviors/b45.yaml::b45[instruct-p0]: 4 to 0 of 4 passed\n"
        "    before  '说 b45/p0 True'\n"
        "    after   '说 b45/p0 False'\n"
    ) in out
    assert (
        out.splitlines()[-1] == "next: look at the changed cases, and at all replies in the records"
    )


@pytest.mark.parametrize(
    ("after", "verdict", "status"),
    [
        (items(200), "PASS", 0),
        (items(200, 0.96), "MINOR", 0),
        (items(200, 0.5), "REGRESSED", 20),
        (items(200) | {"b0/p0": [None]} | {"b1/p0": ["crash"]}, "PASS", 0),
        ({name: ["oom"] for name in items(200)}, "INCONCLUSIVE", 21),
        (items(200, k=2), "INVALID", 22),
    ],
)
def test_every_verdict_has_its_files_and_status(tmp_path, after, verdict, status):
    """The artifact, the summary and the testcases say what the terminal says."""
    record(tmp_path / "a.jsonl", items(200))
    record(tmp_path / "b.jsonl", after)
    got, out, err = gate(tmp_path, FILES)
    assert (got, err) == (status, "")
    assert out.startswith(f"{verdict}: ")
    text = (tmp_path / "gate.json").read_text(encoding="utf-8")
    data = json.loads(text, parse_constant=pytest.fail)
    assert (data["schema"], data["verdict"], data["attempt"]) == (1, verdict, 1)
    assert text == dumped(data).decode()
    assert list(data) == sorted(data)
    assert verdict in (tmp_path / "s.md").read_text(encoding="utf-8").splitlines()[0]
    suite = ET.parse(tmp_path / "j.xml").getroot()[0]
    assert [case.get("name") for case in suite] == (
        ["gate"] if verdict == "INVALID" else ["gate", "suite"]
    )
    bad = "error" if verdict == "INVALID" else "failure"
    types = [element.get("type") for element in suite.findall(f"testcase/{bad}")]
    assert types == ([] if status == 0 else [verdict] * len(suite))


def test_the_artifact_says_what_was_compared(tmp_path):
    """Fingerprints, completeness, errors apart, policy with its hash, flips with both texts."""
    record(tmp_path / "a.jsonl", items(80, k=2))
    after = items(80, k=2) | {"b0/p0": [True, "timeout"], "b1/p0": [False, True]}
    record(tmp_path / "b.jsonl", after)
    gate(tmp_path, FILES)
    data = json.loads((tmp_path / "gate.json").read_text(encoding="utf-8"))
    assert data["baseline"]["checkpoints"]["instruct"]["fingerprint"] == "f0"
    assert data["completeness"] == {
        "expected": 160,
        "baseline": {"observed": 160, "missing": {}},
        "candidate": {"observed": 159, "missing": {"timeout": 1}},
    }
    node = "behaviors/b0.yaml::b0[instruct-p0]"
    assert data["errors"] == [{"side": "candidate", "case": node, "sample": 1, "kind": "timeout"}]
    assert data["policy"]["margin"] == 0.1
    assert re.fullmatch("[0-9a-f]{12}", data["policy"]["hash"])
    assert [row["name"] for row in data["gated"]] == ["suite"]
    assert [row["name"] for row in data["advisory"]] == ["asks_back"]
    assert [flip["case"] for flip in data["flips"]] == [node, node.replace("b0", "b1")]
    assert data["flips"][1]["said"] == [
        {
            "sample": 0,
            "before": {"passed": True, "text": "说 b1/p0 True"},
            "after": {"passed": False, "text": "说 b1/p0 False"},
        }
    ]
    assert data["flips"][0]["said"][0]["after"] is None


def test_drawing_until_it_passes_is_refused(tmp_path):
    """New samples of a question that was answered are another attempt, and one is allowed.

    A naive gate decides each time anew: the second draw would pass.
    """
    record(tmp_path / "a.jsonl", items(80))
    record(tmp_path / "b.jsonl", items(80, 0.5))
    assert gate(tmp_path, FILES)[0] == 20
    assert gate(tmp_path, FILES)[0] == 20  # the same samples again are no new attempt
    record(tmp_path / "a.jsonl", items(80), seed=1)
    record(tmp_path / "b.jsonl", items(80), seed=1)
    assert gate(tmp_path)[0] == 0
    status, out, _ = gate(tmp_path, FILES)
    assert status == 22
    assert (
        "the policy allows 1 attempt at this baseline and candidate, and new samples make this attempt 2"
        in out
    )
    data = json.loads((tmp_path / "gate.json").read_text(encoding="utf-8"))
    assert (data["verdict"], data["attempt"]) == ("INVALID", 2)
    assert gate(tmp_path, FILES)[0] == 22  # once more does not help
    (tmp_path / "p.yaml").write_text("attempts: 2\n")
    assert gate(tmp_path, f"{FILES} --policy p.yaml")[0] == 0


def test_another_candidate_is_another_question(tmp_path):
    """Attempts are counted for a pair of checkpoints; an empty file counts nothing."""
    record(tmp_path / "a.jsonl", items(80))
    record(tmp_path / "b.jsonl", items(80, 0.5))
    assert gate(tmp_path, FILES)[0] == 20
    checkpoints = {"instruct": {**RUN["checkpoints"]["instruct"], "fingerprint": "f9"}}
    record(tmp_path / "b.jsonl", items(80), run={"checkpoints": checkpoints})
    assert gate(tmp_path, FILES)[0] == 0
    (tmp_path / "gate.json").write_text("")
    assert gate(tmp_path, FILES)[0] == 0


def real_artifact(folder):
    """Return the data of a real decision."""
    record(folder / "a.jsonl", items(40))
    record(folder / "b.jsonl", items(40, 0.5))
    assert gate(folder, FILES)[0] == 20
    return json.loads((folder / "gate.json").read_bytes())


TORN = '{"schema": 1, "verdict": "PA'
HOSTILE_FIELDS = [
    ({"schema": 2}, "expected 1 as schema, got '2'"),
    ({"verdict": "FINE"}, "expected one of PASS, MINOR, REGRESSED, INCONCLUSIVE, INVALID as"),
    ({"question": 1}, "expected text as question, got '1'"),
    ({"alarm": float("nan")}, "expected a finite number as alarm, got 'nan'"),
    ({"gated": [{}]}, "expected gated.0.name, got none"),
    ({"reasons": "x" * 10_000}, "expected a list as reasons, got 'xxx"),
    ({"attempt": 0}, "expected more than 0 as attempt, got '0'"),
    ({"more": [{"baseline": None}]}, "expected keys with values as more.0.baseline, got 'None'"),
]


@pytest.mark.parametrize(("fields", "problem"), HOSTILE_FIELDS, ids=[p for _, p in HOSTILE_FIELDS])
def test_another_file_is_no_earlier_decision(tmp_path, fields, problem):
    """It is neither overwritten nor taken for a first attempt: one line says what to do."""
    text = json.dumps(real_artifact(tmp_path) | fields)
    (tmp_path / "gate.json").write_text(text)
    status, out, err = gate(tmp_path, FILES)
    assert (status, out) == (2, "")
    assert err.startswith(f"gate.json: {problem}")
    assert err.endswith(": name another file with --out\n")
    assert err.count("\n") == 1
    assert len(err) < 300
    assert (tmp_path / "gate.json").read_text() == text


@pytest.mark.parametrize(
    "text", ["[]", "\x00", TORN, "[" * 100_000, '{"a": "\\ud800"}'], ids=range(5)
)
def test_a_torn_file_is_refused_in_one_line(tmp_path, text):
    """Whatever a file holds, it is no traceback; a script need not guess what became of it."""
    (tmp_path / "gate.json").write_text(text)
    with pytest.raises(CommandError) as error:
        read_artifact(tmp_path / "gate.json")
    assert str(error.value).startswith(f"{tmp_path / 'gate.json'}: expected ")
    assert str(error.value).endswith(": name what `pytest-qwen gate --out` wrote")
    assert "\n" not in str(error.value)


def test_a_file_of_an_earlier_release_is_an_attempt(tmp_path):
    """It has no codes, no lost relations, no earlier decisions; its verdict counts all the same."""
    data = real_artifact(tmp_path)
    for name in ("codes", "lost", "lost_total", "earlier", "more", "alarm", "look", "notes"):
        del data[name]
    (tmp_path / "gate.json").write_text(json.dumps(data))
    assert read_artifact(tmp_path / "gate.json").reasons == tuple(data["reasons"])
    record(tmp_path / "b.jsonl", items(40), seed=1)
    record(tmp_path / "a.jsonl", items(40), seed=1)
    status, out, _ = gate(tmp_path, FILES)
    assert status == 22
    assert "new samples make this attempt 2" in out


HOSTILE = (
    "```\n</details><img src=x onerror=alert(1)> ![x](http://evil/x.png) [y](javascript:z)\n"
    "````js\n::error::boom ##[group]x\x1b[31m\u202e @everyone 中文。\x00"
)


def test_model_text_is_inert(tmp_path):
    """It cannot close its fence, load a picture, command a terminal or a CI, or break the XML."""
    record(tmp_path / "a.jsonl", items(80))
    record(tmp_path / "b.jsonl", items(80, 0.9), text=HOSTILE)
    _, out, _ = gate(tmp_path, FILES)
    assert "\x1b" not in out
    assert not any(line.lstrip().startswith("::") for line in out.splitlines())
    assert "##[" not in out
    text = (tmp_path / "s.md").read_text(encoding="utf-8")
    assert fenced(HOSTILE) in text
    fences = re.findall(r"^`````", text, re.MULTILINE)
    assert len(fences) == 2 * sum(b"`````text" in line for line in text.encode().splitlines())
    outside = re.sub(r"^(`{3,})text\n.*?\n\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert "onerror" not in outside
    assert "evil" not in outside
    assert "中文。" in text
    ET.parse(tmp_path / "j.xml")


@pytest.mark.parametrize("runs", [0, 1, 3, 4, 50_000])
def test_a_fence_is_longer_than_any_in_it(runs):
    """Whatever run of backticks a model writes, the fence around it is longer."""
    lines = fenced(f"a\n{'`' * runs}\nb").splitlines()
    assert lines[0].removesuffix("text") == lines[-1]
    assert set(lines[-1]) == {"`"}
    assert len(lines[-1]) > runs


def test_names_in_a_summary_are_inert(tmp_path):
    """Ids of cases and paths stand outside of fences: their markup is escaped."""
    record(tmp_path / "a.jsonl", {**items(80), "![x](http_x)/<b>@all": [True]})
    record(tmp_path / "b.jsonl", {**items(80), "![x](http_x)/<b>@all": [False]})
    gate(tmp_path, FILES)
    text = (tmp_path / "s.md").read_text(encoding="utf-8")
    outside = re.sub(r"^(`{3,})text\n.*?\n\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert "\\!\\[x\\]\\(http\\_x\\)" in outside
    assert "![" not in outside
    assert "<b>" not in outside


def test_a_summary_stays_below_the_limit(tmp_path):
    """Flips that do not fit are left out; what remains is whole."""
    record(tmp_path / "a.jsonl", items(80))
    record(tmp_path / "b.jsonl", items(80, 0.5))
    gate(tmp_path, FILES)
    decision = read_artifact(tmp_path / "gate.json")
    for case in decision.flips:
        case.examples[0].after.text = "`" * 60_000 + "字" * 10_000
    text = summary(decision)
    assert len(text.encode()) < 2**20
    assert len(text.encode()) > LIMIT / 2
    assert text.endswith("</details>\n")


def modules_after(folder, code):
    """Return the names of the modules that code has loaded, in a process of its own."""
    code = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


ABOVE = {f"pytest_qwen.{room}" for room in ("spec", "traits", "family", "engine", "plugin")}
"""Rooms that neither the gate nor its file needs."""


def test_a_gate_needs_records_and_statistics_only(tmp_path):
    """A machine without torch can decide; without --policy no YAML is read, and no trait loaded."""
    record(tmp_path / "a.jsonl", items(80))
    main = "from pytest_qwen.cli.main import main\nmain(['gate', 'a.jsonl', 'a.jsonl'])"
    assert not modules_after(tmp_path, main) & {"torch", "transformers", "pytest"}
    alone = (
        "import argparse\nfrom pytest_qwen.cli import gate\nparser = argparse.ArgumentParser()\n"
        "gate.declare(parser)\nargs = parser.parse_args(['a.jsonl', 'a.jsonl'])\nargs.run(args)"
    )
    loaded = modules_after(tmp_path, alone)
    assert not loaded & {"torch", "transformers", "pytest", "yaml", *ABOVE}
    assert {"numpy", "scipy"} <= loaded


def test_gate_json_is_read_without_statistics(tmp_path):
    """Whoever reads a decision, as the report does, need not install numpy."""
    loaded = modules_after(tmp_path, "import pytest_qwen.gate.artifact")
    assert not loaded & {"numpy", "scipy", "yaml", *ABOVE}
    assert not modules_after(tmp_path, "import pytest_qwen.cli.main") & {"numpy", "scipy"}


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("margin: 0\n", "p.yaml:1: expected more than 0, got 0"),
        ("alpha: 0.05\nmargn: 0.1\n", "p.yaml:2: expected a known key, got 'margn': did you mean"),
        ("traits: [a, b, c, d, e, f]\n", "p.yaml:1: expected "),
        ("hard:\n- nan\n- nan\n", "p.yaml:3: expected every name once, got 'nan': remove one"),
        ("may_differ: [templates]\n", "p.yaml:1: expected one of template, sampling, seed, got"),
        ("margin: .nan\n", "p.yaml:1: expected "),
        ("looks:\n- 0.5\n- 0.5\n", "p.yaml:3: expected a share above 0.5, got 0.5"),
        ("alpha: 0.05\nlooks: [1]\n", "p.yaml:2: expected less than 1, got 1"),
        ("", "p.yaml:1: expected one policy, got 0 documents"),
        ("- a\n", "p.yaml:1: expected a mapping of keys to values, got list"),
        ("a: [\n", "p.yaml:2: expected YAML, got a syntax error"),
    ],
)
def test_a_wrong_policy_is_told_with_its_line(tmp_path, policy, message):
    """Exit status 2, one line on standard error, nothing written."""
    record(tmp_path / "a.jsonl", items(80))
    record(tmp_path / "b.jsonl", items(80))
    (tmp_path / "p.yaml").write_text(policy)
    status, out, err = gate(tmp_path, f"{FILES} --policy p.yaml")
    assert (status, out) == (2, "")
    assert err.startswith(message)
    assert err.count("\n") == 1
    assert not (tmp_path / "gate.json").exists()


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("gate a.jsonl none.jsonl", "none.jsonl: expected a record, got No such file or directory"),
        ("gate a.jsonl .", ".: expected a record, got Is a directory"),
        ("gate a.jsonl a.jsonl --policy none", "none: expected a policy file, got No such file"),
        ("gate a.jsonl a.jsonl --out no/x", "no/x: expected a file to write, got No such file"),
        ("gate a.jsonl", "pytest-qwen gate: the following arguments are required: CANDIDATE"),
        ("approve a.jsonl --as b --by '' --why x", "pytest-qwen approve: argument --by: expected"),
    ],
)
def test_what_cannot_be_used_is_told(tmp_path, command, message):
    """Exit status 2 and one line that says what to do."""
    record(tmp_path / "a.jsonl", items(80))
    status, _, err = typed(tmp_path, f"pytest-qwen {command}")
    assert status == 2
    assert err.startswith(message)
    assert err.count("\n") == 1


@pytest.mark.parametrize("name", ["write", "fsync", "replace"])
def test_an_artifact_is_whole_or_the_old_one(tmp_path, monkeypatch, name):
    """Whatever step fails, what was there before still is, and no part is left."""
    path = tmp_path / "gate.json"
    path.write_bytes(b"old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    if name == "write":
        data = "no bytes"
        with pytest.raises(TypeError):
            write_whole(path, data)
    else:
        monkeypatch.setattr(*{"fsync": (os, "fsync"), "replace": (Path, "replace")}[name], fail)
        with pytest.raises(OSError, match="No space"):
            write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


APPROVE = "pytest-qwen approve b.jsonl --as base.jsonl --by 'Li Na' --why '新版本'"


def test_a_smaller_baseline_is_said_to_be(tmp_path):
    """The record of a selection is whole, and easily taken for the suite's."""
    for n in (80, 3):
        record(tmp_path / "b.jsonl", items(n))
        _, out, _ = typed(tmp_path, APPROVE, CI="")
    assert out.startswith("base.jsonl: 3 cases (before it had 80) approved by Li Na")


def test_a_baseline_is_approved_by_a_person(tmp_path):
    """The record is copied; who, why and when are kept beside it, and so are earlier approvals."""
    record(tmp_path / "b.jsonl", items(80))
    status, out, _ = typed(tmp_path, APPROVE, CI="")
    assert status == 0
    assert out == "base.jsonl: 80 cases approved by Li Na, noted in base.jsonl.approvals.jsonl\n"
    assert (tmp_path / "base.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
    record(tmp_path / "b.jsonl", items(80, 0.9))
    typed(tmp_path, APPROVE, CI="false")
    history = (tmp_path / "base.jsonl.approvals.jsonl").read_text(encoding="utf-8")
    first, second = map(json.loads, history.splitlines())
    assert (second["by"], second["why"]) == ("Li Na", "新版本")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", second["when"])
    assert first["before"] is None
    assert second["before"] == first["sha256"] != second["sha256"]


def test_the_artifact_names_the_approval(tmp_path):
    """A baseline that was changed after its approval is INVALID."""
    record(tmp_path / "b.jsonl", items(80))
    typed(tmp_path, APPROVE, CI="")
    command = "pytest-qwen gate base.jsonl b.jsonl --out gate.json"
    assert typed(tmp_path, command)[0] == 0
    data = json.loads((tmp_path / "gate.json").read_text(encoding="utf-8"))
    assert data["baseline"]["approval"]["by"] == "Li Na"
    record(tmp_path / "base.jsonl", items(80, 0.9))
    status, out, _ = typed(tmp_path, command)
    assert status == 22
    assert "base.jsonl: this is not the file that Li Na approved as the baseline" in out


def test_ci_only_proposes(tmp_path):
    """In CI the baseline stays; the proposal is approved elsewhere, and is then gone."""
    record(tmp_path / "b.jsonl", items(80))
    (tmp_path / "base.jsonl").write_text("old")
    status, out, _ = typed(tmp_path, APPROVE, CI="true")
    assert status == 0
    assert out.splitlines()[0].startswith("base.jsonl.new: proposed, since this is a run in CI")
    assert (tmp_path / "base.jsonl").read_text() == "old"
    command = APPROVE.replace("b.jsonl", "base.jsonl.new", 1)
    assert typed(tmp_path, command, CI="")[0] == 0
    assert (tmp_path / "base.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
    assert not (tmp_path / "base.jsonl.new").exists()


def notes(folder, *notes, record=None):
    digest = record or hashlib.sha256((folder / "b.jsonl").read_bytes()).hexdigest()
    data = {"kind": "notes", "schema": 1, "record": digest, "notes": list(notes)}
    (folder / "notes.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")


def test_what_a_reviewer_noted_is_kept_with_the_approval(tmp_path):
    """As the report's page let it be downloaded."""
    record(tmp_path / "b.jsonl", items(3, 1.0))
    note = {"case": "behaviors/b0.yaml::b0[instruct-p0]", "decision": "accept", "note": "更好"}
    notes(tmp_path, note)
    assert typed(tmp_path, f"{APPROVE} --notes notes.json", CI="")[0] == 0
    (line,) = (tmp_path / "base.jsonl.approvals.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["notes"] == [note]


@pytest.mark.parametrize(
    ("noted", "other", "message"),
    [
        (
            [{"case": "x[instruct-p0]", "decision": "reject", "note": "坏\n了"}],
            None,
            "notes.json: expected no rejected case, got 1, the first is x[instruct-p0], '坏",
        ),
        (
            [{"case": "b9[instruct-p0]", "decision": "accept", "note": "好"}],
            None,
            (
                "notes.json: expected notes on cases of b.jsonl, got 'b9[instruct-p0]', "
                "which it lacks\n"
            ),
        ),
        ([], "0" * 64, "notes.json: expected notes on this record, got those on another"),
        ([{"case": 3}], None, "notes.json: expected text as notes.0.case, got '3': download"),
    ],
)
def test_notes_that_do_not_approve_stop_it(tmp_path, noted, other, message):
    """A rejected case, another record, no notes: one line, exit status 2, and no baseline."""
    record(tmp_path / "b.jsonl", items(3, 1.0))
    notes(tmp_path, *noted, record=other)
    status, out, err = typed(tmp_path, f"{APPROVE} --notes notes.json", CI="")
    assert (status, out) == (2, "")
    assert err.startswith(message)
    assert err.count("\n") == 1
    assert not (tmp_path / "base.jsonl").exists()


def test_only_a_whole_record_is_approved(tmp_path):
    """A run that was cut off, or lines that contradict it, make no baseline."""
    record(tmp_path / "b.jsonl", items(80), ends=False)
    status, _, err = typed(tmp_path, APPROVE, CI="")
    assert status == 2
    assert err == "b.jsonl: expected a complete record, got a run that was cut off: run it again\n"
    assert not (tmp_path / "base.jsonl").exists()


@pytest.mark.parametrize(
    ("status", "missing", "how"),
    [
        (2, 1, "was interrupted after 2 of 3 cases"),
        (2, 0, "was interrupted after 3 of 3 cases"),
        (3, 0, "failed by an internal error after 3 of 3 cases"),
        (1, 1, "ended early after 2 of 3 cases"),
    ],
)
def test_a_run_that_stopped_is_not_approved(tmp_path, status, missing, how):
    """Ctrl-C, an internal error and `-x` leave a record with an end."""
    path = record(tmp_path / "b.jsonl", items(3))
    lines = path.read_text("utf-8").splitlines()
    end = json.loads(lines[-1]) | {"status": status}
    lines[-1] = json.dumps(end | {"reported": end["reported"][: 3 - missing]})
    path.write_text("\n".join([*lines[: 4 - missing], lines[-1], ""]), "utf-8")
    assert typed(tmp_path, APPROVE, CI="") == (
        2,
        "",
        f"b.jsonl: expected a complete record, got a run that {how}: run it whole\n",
    )
    assert not (tmp_path / "base.jsonl").exists()


@pytest.mark.parametrize(
    ("second", "third", "how"),
    [
        ([True, None], [True, True], "1 of 3 cases"),
        ([True, "nan"], ["engine", "engine"], "2 of 3 cases"),
        ([True, "skipped"], [True, True], "1 of 3 cases"),
        (["skipped", "skipped"], [True, True], ""),
    ],
)
def test_a_record_that_lacks_replies_is_not_approved(tmp_path, second, third, how):
    """A baseline of them makes the gate INVALID; a case that was skipped has to have none."""
    record(tmp_path / "b.jsonl", {"b0/p": [False, True], "b1/p": second, "b2/p": third})
    status, _, err = typed(tmp_path, APPROVE, CI="")
    kind = second[1] or "not run"
    assert (status, err) == (
        (
            2,
            (
                f"b.jsonl: expected a complete record, got {how} without all replies, the first "
                f"is behaviors/b1.yaml::b1[instruct-p] ({kind}): run it again, only what is "
                "missing is generated\n"
            ),
        )
        if how
        else (0, "")
    )
    assert (tmp_path / "base.jsonl").exists() is not bool(how)


def test_a_run_with_misses_is_approved(tmp_path):
    """What failed tests is what the record is for."""
    path = record(tmp_path / "b.jsonl", items(3, 0.5))
    path.write_text(path.read_text("utf-8").replace('"status": 0', '"status": 1'), "utf-8")
    assert typed(tmp_path, APPROVE, CI="")[0] == 0
