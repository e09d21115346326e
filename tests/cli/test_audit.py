"""`pytest-qwen audit`, as a user types it, on records that the record's own writer made."""

import pytest

from pytest_qwen.record.record import RecordWriter
from tests.cli.test_main import typed


def sample(behavior, *verdicts, role="instruct"):
    told = [{"trait": t, "args": a, "passed": p, "evidence": {}, "line": 3} for t, a, p in verdicts]
    return {"kind": "sample", "case": "c", "behavior": behavior, "role": role, "verdicts": told}


def record(folder, *lines, name="record.jsonl"):
    writer = RecordWriter(folder / name, {"suite": "s"})
    writer.write(lines)
    writer.close(["c"], 0)


def test_checks_that_always_say_the_same_are_listed(tmp_path):
    """By trait and by behavior and role; a combination is named by what it combines."""
    either = [{"contains": "a"}, "asks_back", {"not": {"regex": "b", "of": "text"}}]
    record(
        tmp_path,
        sample("one", ("finish", "stop", True), ("json", None, True), ("any", either, True)),
        sample("one", ("finish", "stop", True), ("json", None, False), ("any", either, True)),
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

    def whole(trait, passed, **fields):
        line = {"kind": "case", "case": "c", "behavior": "one", "role": "instruct", "trait": trait}
        return line | {"args": "zh", "passed": passed, "error": None} | fields

    broken = whole("more_than", None, error={"kind": "nan", "message": ""})
    record(
        tmp_path,
        sample("one", ("number", 3, True)),
        whole("same_as", False),
        whole("snapshot", False),
        broken,
    )
    assert typed(tmp_path, "pytest-qwen audit record.jsonl")[1] == (
        "samples: 1, traits: 2, behaviors by role: 1\n"
        "traits that never failed: 1\n"
        "  number: passed 1 of 1\n"
        "traits that never passed: 1\n"
        "  same_as: passed 0 of 1\n"
        "behaviors that never failed: none\n"
        "behaviors that never passed: none\n"
    )


def test_records_are_read_together_and_roles_apart(tmp_path):
    """What failed in any record has failed; a sample without a verdict is no outcome."""
    record(tmp_path, sample("one", ("number", 3, True)), name="a.jsonl")
    other = sample("one", ("number", 3, False), role="base")
    record(tmp_path, other, sample("one", ("json", None, None)), name="b.jsonl")
    status, out, err = typed(tmp_path, "pytest-qwen audit a.jsonl b.jsonl")
    assert (status, err) == (0, "")
    assert out == (
        "samples: 3, traits: 1, behaviors by role: 2\n"
        "traits that never failed: none\n"
        "traits that never passed: none\n"
        "behaviors that never failed: 1\n"
        "  one (instruct): passed 1 of 1\n"
        "behaviors that never passed: 1\n"
        "  one (base): passed 0 of 1\n"
    )


@pytest.mark.parametrize(
    ("text", "got"),
    [
        (None, "expected a record, got No such file or directory: run pytest first, or name another"),
        ("[1]\n", "expected a record, as --qwen-record writes it, got another file (*)"),
        ("{}\n", "expected a record, as --qwen-record writes it, got another file ('kind')"),
        ("x\n", "expected a record, as --qwen-record writes it, got another file (*)"),
    ],
)  # fmt: skip
def test_what_is_no_record_is_told(tmp_path, text, got):
    """One line with the path, and the status 2."""
    if text:
        (tmp_path / "r.jsonl").write_text(text)
    status, out, err = typed(tmp_path, "pytest-qwen audit r.jsonl")
    assert (status, out) == (2, "")
    begin, _, end = got.partition("*")
    assert err.startswith(f"r.jsonl: {begin}")
    assert err.endswith(f"{end}\n")
    assert err.count("\n") == 1
