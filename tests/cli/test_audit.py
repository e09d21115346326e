"""`pytest-qwen audit`, as a user types it, on records that the record's own writer made."""

import pytest

from pytest_qwen.record.codec import line_from_data
from pytest_qwen.record.schema import RunLine
from pytest_qwen.record.writing import RecordWriter
from tests.cli.test_main import typed


def sample(behavior, *verdicts, role="instruct", case="c", at_least=1.0):
    fields = {"evidence": {}, "line": 3, "at_least": at_least}
    told = [{"trait": t, "args": a, "passed": p, **fields} for t, a, p in verdicts]
    case = f"{behavior}[{role}-{case}]"
    return {"kind": "sample", "case": case, "behavior": behavior, "role": role, "verdicts": told}


def record(folder, *lines, name="record.jsonl", ends=True):
    writer = RecordWriter(folder / name, RunLine(schema=2))
    writer.write(list(map(line_from_data, lines)))
    if ends:
        writer.close(["c"], 0)


def test_a_record_that_was_cut_off_is_named(tmp_path):
    """What it lacks is not counted, and the other record is whole."""
    record(tmp_path, sample("one", ("finish", "stop", True)), ends=False)
    record(tmp_path, sample("one", ("finish", "stop", True)), name="whole.jsonl")
    status, out, _ = typed(tmp_path, "pytest-qwen audit record.jsonl whole.jsonl")
    assert status == 0
    assert out.splitlines()[:3] == [
        "samples: 2, traits: 1, behaviors by role: 1",
        "record.jsonl: the run was cut off: cases that it did not reach are not counted",
        "traits that never failed: 1",
    ]


def test_checks_that_always_say_the_same_are_listed(tmp_path):
    """By trait and by behavior and role; a combination is named by what it combines."""
    either = [{"contains": "a"}, "asks_back", {"not": {"regex": "b", "of": "text"}}]
    record(
        tmp_path,
        sample("one", ("finish", "stop", True), ("json", None, True), ("any", either, True)),
        sample(
            "one", ("finish", "stop", True), ("json", None, False), ("any", either, True), case="d"
        ),
        sample("two", ("number", 3, False)),
    )
    assert typed(tmp_path, "pytest-qwen audit record.jsonl") == (
        0,
        (
            "samples: 3, traits: 4, behaviors by role: 2\n"
            "traits that never failed: 2\n"
            "  any of (contains, asks_back, not regex): passed 2 of 2\n"
            "  finish: passed 2 of 2\n"
            "traits that never passed: 1\n"
            "  number: passed 0 of 1\n"
            "behaviors that never failed: none\n"
            "behaviors that never passed: 1\n"
            "  two (instruct): passed 0 of 1\n"
        ),
        "",
    )


def test_what_cases_are_held_to_counts_too(tmp_path):
    """A behavior that breaks it has failed, although no sample has; snapshots check no behavior."""

    def whole(trait, passed, case="c", **fields):
        line = {
            "kind": "case",
            "case": f"one[instruct-{case}]",
            "behavior": "one",
            "role": "instruct",
            "trait": trait,
        }
        return line | {"args": "zh", "passed": passed, "error": None} | fields

    broken = whole("more_than", None, "d", error={"kind": "nan", "message": ""})
    record(
        tmp_path,
        sample("one", ("number", 3, True)),
        whole("same_as", False),
        whole("snapshot", False),
        sample("one", ("number", 3, True), case="d"),
        broken,
    )
    assert typed(tmp_path, "pytest-qwen audit record.jsonl")[1] == (
        "samples: 2, traits: 2, behaviors by role: 1\n"
        "traits that never failed: 1\n"
        "  number: passed 2 of 2\n"
        "traits that never passed: 1\n"
        "  same_as: passed 0 of 1\n"
        "behaviors that never failed: none\n"
        "behaviors that never passed: 1\n"
        "  one (instruct): passed 0 of 1\n"
    )


def test_records_are_read_together_and_roles_apart(tmp_path):
    """What failed in any record has failed; a thought that was cut off is a miss."""
    record(tmp_path, sample("one", ("number", 3, True)), name="a.jsonl")
    other = sample("one", ("number", 3, False), role="base")
    record(tmp_path, other, sample("one", ("json", None, None), role="base"), name="b.jsonl")
    status, out, err = typed(tmp_path, "pytest-qwen audit a.jsonl b.jsonl")
    assert (status, err) == (0, "")
    assert out == (
        "samples: 3, traits: 2, behaviors by role: 2\n"
        "traits that never failed: none\n"
        "traits that never passed: 1\n"
        "  json: passed 0 of 1\n"
        "behaviors that never failed: 1\n"
        "  one (instruct): passed 1 of 1\n"
        "behaviors that never passed: 1\n"
        "  one (base): passed 0 of 1\n"
    )


@pytest.mark.parametrize(
    ("text", "got"),
    [
        (None, " expected a record, got No such file or directory: run pytest first, or name another"),
        ("[1]\n", "1: expected a JSON object, got '[1]': name a file that --qwen-record wrote"),
        ("{}\n", "1: expected kind, got none: name a file that --qwen-record wrote"),
        ("x\n", "1: expected a JSON object, got 'x': name a file that --qwen-record wrote"),
        ("x", "1: expected a JSON object, got 'x': name a file that --qwen-record wrote"),
    ],
)  # fmt: skip
def test_what_is_no_record_is_told(tmp_path, text, got):
    """One line with the path, and the status 2."""
    if text:
        (tmp_path / "r.jsonl").write_text(text)
    status, out, err = typed(tmp_path, "pytest-qwen audit r.jsonl")
    assert (status, out) == (2, "")
    assert err == f"r.jsonl:{got}\n"
