"""Records are read leniently where fields are missing, and refused where they are something else."""

import json

import pytest

from pytest_qwen.messages.error import CommandError
from pytest_qwen.report.run import read
from tests.report.records import case, record, sample, whole


@pytest.mark.parametrize(
    ("passed", "at_least", "state"),
    [
        ([True, True], 1.0, "pass"),
        ([True, False], 0.5, "mixed"),
        ([True, False], 1.0, "miss"),
        ([False, False], 0.5, "miss"),
        ([True, True, False], 0.6666666667, "mixed"),
        ([None, None], 1.0, "miss"),
        ([True, None], 0.5, "mixed"),
        ([True, True, None], 1.0, "miss"),
    ],
)
def test_the_state_of_a_case(tmp_path, passed, at_least, state):
    """A case is met where each expectation is met by enough samples."""
    lines = [sample(passed=p, number=i, at_least=at_least) for i, p in enumerate(passed)]
    run = read(record(tmp_path / "r", *lines))
    assert run.cases[case()].state == state


def test_errors_are_no_reply(tmp_path):
    """A crash is a case of its own, named by its id alone; a skipped one is no error."""
    crash = {"kind": "sample", "case": "b/x.yaml::says[base-p]", "reply": None, "verdicts": []}
    crash["error"] = {"kind": "crash", "message": "worker died"}
    skip = sample(role="base", reply=False, verdicts=[], error={"kind": "skipped", "message": "no"})
    run = read(record(tmp_path / "r", crash, skip, sample(finish="length")))
    assert [c.state for c in run.cases.values()] == ["error", "skipped", "pass"]
    assert run.cases["b/x.yaml::says[base-p]"].names == ("says", "base", "p")
    assert run.completeness == {
        "expected": 3,
        "observed": 3,
        "missing": 0,
        "samples": 2,
        "crashed": 1,
        "errors": 0,
        "skipped": 1,
        "truncated": 1,
    }


@pytest.mark.parametrize(
    ("node", "names"),
    [
        ("b/x.yaml::says[base-p]", ("says", "base", "p")),
        ("t/test_x.py::TestIt::test_a[instruct-p-1]", ("test_a", "instruct", "p-1")),
        ("t/test_x.py::test_a", ("test_a", "", "")),
        ("t/test_x.py::test_a[one]", ("t/test_x.py::test_a[one]", "", "")),
        ("no id", ("no id", "", "")),
        ("::" * 50_000 + "[", ("::" * 50_000 + "[", "", "")),
    ],
)
def test_an_id_is_read_in_one_pass(tmp_path, node, names):
    """A crash has nothing else; a record is untrusted, so that a long id must not take long."""
    crash = {"kind": "sample", "case": node, "error": {"kind": "crash", "message": ""}}
    (only,) = read(record(tmp_path / "r", crash)).cases.values()
    assert only.names == names


def test_a_missing_reply_counts_against_the_case(tmp_path):
    """One of two samples ran out of memory: the share is a half, not one."""
    lost = sample(number=1, verdicts=[], error={"kind": "oom", "message": "sample 1"})
    (only,) = read(record(tmp_path / "r", sample(), lost)).cases.values()
    assert (only.counts, only.state) == ((1, 2), "error")


def test_what_is_missing_is_known(tmp_path):
    """Cases that were expected and did not report are named; a record without an end is cut off."""
    run = read(record(tmp_path / "r", sample(), expected=["b.yaml::late[base-p]"]))
    assert (run.missing, run.whole) == (["b.yaml::late[base-p]"], False)
    assert read(record(tmp_path / "whole", sample())).whole
    assert read(record(tmp_path / "cut", sample(), end=False)).expected is None


def test_samples_stand_in_their_order(tmp_path):
    """Workers may finish out of order."""
    (only,) = read(record(tmp_path / "r", sample(number=1), sample(number=0))).cases.values()
    assert [s.reply.sample for s in only.samples] == [0, 1]


def test_fields_may_be_missing(tmp_path):
    """Other tools write records too: a text is enough."""
    line = {"kind": "sample", "case": "x::y", "reply": {"text": "hi"}}
    path = tmp_path / "r"
    path.write_text('{"kind": "run", "schema": 2}\n' + json.dumps(line) + "\n", encoding="utf-8")
    (only,) = read(path).cases.values()
    assert (only.names, only.samples[0].shown) == (("y", "", ""), "hi")


RUN = '{"kind": "run", "schema": 1}\n'
DO = ": name a file that --qwen-record wrote"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ": expected a record, got an empty file" + DO),
        (
            '{"kind": "sample", "case": "x"}\n',
            ":1: expected the header of a record, got a line 'sample'" + DO,
        ),
        (RUN + "[]\n", ":2: expected a JSON object"),
        (RUN + "{no\n{}\n", ":2: expected a JSON "),
        (
            RUN + '{"kind": "sample", "case": 5}\n',
            ":2: expected text as case, got '5'" + DO,
        ),
        (
            RUN + '{"kind": "sample", "case": "a", "reply": {"text": [1]}}\n',
            " as reply.text, got '[1]'",
        ),
        ("[" * 100_000 + "\n\n", ":1: expected a JSON "),
        ('{"kind": "run", "schema": 99}\n', "expected a record of schema 1 or 2, got 99"),
    ],
)
def test_what_is_no_record_is_refused(tmp_path, text, message):
    """One line says where, what was expected and what to do."""
    path = tmp_path / "r.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError) as error:
        read(path)
    assert str(error.value).startswith(f"{path}:")
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    """So that a typo is found at once."""
    with pytest.raises(CommandError, match="nothing: expected a record, got No such file"):
        read(tmp_path / "nothing")


def test_a_line_of_a_case_comes_behind_its_samples(tmp_path):
    """Of a case that has none, nothing could be shown."""
    path = record(tmp_path / "r.jsonl", whole())
    with pytest.raises(CommandError, match=":2: expected samples of the case before, got none"):
        read(path)


@pytest.mark.parametrize(
    ("line", "state"),
    [
        (whole(passed=True), "pass"),
        (whole(), "miss"),
        (whole("snapshot"), "miss"),
        (whole(passed=None), "miss"),
        (whole(passed=None, error={"kind": "nan", "message": ""}), "error"),
    ],
)
def test_a_verdict_on_the_whole_case_decides_too(tmp_path, line, state):
    """Every sample is as expected, and yet the run may have failed the case."""
    (only,) = read(record(tmp_path / "r", sample(), line)).cases.values()
    assert (only.state, only.counts) == (state, (1, 1))
