"""The record's file: complete lines, plain data, an end that says what is missing."""

import json
import math

import pytest

import pytest_qwen
from pytest_qwen.judging.lines import error_line
from pytest_qwen.model_io.reply import Finish, Reply, ThinkingState
from pytest_qwen.record.plain import plain
from pytest_qwen.record.reading import read_lines, read_record
from pytest_qwen.record.schema import RunLine, SampleLine
from pytest_qwen.record.writing import RecordWriter
from tests.record import tables


def test_lines_in_order_with_an_end(tmp_path):
    """The run comes first, then samples, then which cases were expected and which reported."""
    writer = RecordWriter(tmp_path / "deep" / "r.jsonl", RunLine(schema=2, family="tiny"))
    writer.write([error_line(SampleLine(case="a"), "crash", "worker died")])
    writer.close(["a", "b"], 1)
    run, sample, end = read_record(writer.path)
    assert (run["kind"], run["schema"], run["family"]) == ("run", 2, "tiny")
    assert sample["error"] == {"kind": "crash", "message": "worker died"}
    assert (end["kind"], end["status"], end["lanes"]) == ("end", 1, {})
    assert (end["expected"], end["reported"]) == (["a", "b"], ["a"])


def test_a_run_without_samples_leaves_the_old_record(tmp_path):
    """`--collect-only` must not throw a record away."""
    path = tmp_path / "r.jsonl"
    path.write_text("old")
    RecordWriter(path, RunLine(schema=2)).close([], 0)
    assert path.read_text() == "old"


@pytest.mark.parametrize("torn", [b'{"kind": "sam', '{"kind": "样'.encode()[:-1], b"[1]", b""])
def test_a_record_that_was_cut_off_is_readable(tmp_path, torn):
    """A torn last line is left out, even where it ends inside a character."""
    path = tmp_path / "r.jsonl"
    path.write_bytes(b'{"kind": "run"}\n' + torn)
    assert list(read_record(path)) == [{"kind": "run"}]


@pytest.mark.parametrize("wrong", [b'{"kind": ', b"[1]", b"\xff", b"[" * 100_000])
def test_a_wrong_line_in_the_middle_is_an_error(tmp_path, wrong):
    """It is told with its number, whatever the file holds."""
    path = tmp_path / "r.jsonl"
    path.write_bytes(b'{"kind": "run"}\n' + wrong + b"\n{}\n")
    with pytest.raises(ValueError, match=rf"{path}:2: expected a JSON object"):
        list(read_record(path))


@pytest.mark.parametrize("half", [b"\x7fELF", b'{"kind": "run", "sch', b"["])
def test_a_file_of_half_a_line_is_no_record(tmp_path, half):
    """A run writes its header with the first case: what lacks it is another file, not an empty run."""
    path = tmp_path / "r.jsonl"
    path.write_bytes(half)
    for reader in (read_record, read_lines):
        with pytest.raises(ValueError, match=rf"{path}:1: expected a JSON object, got "):
            list(reader(path))


@pytest.mark.parametrize(
    ("share", "bound"), [("-5", "above 0"), ("0", "above 0"), ("1e+308", "at most 1")]
)
def test_a_share_of_samples_is_a_share(tmp_path, share, bound):
    """Another number would decide the case whatever its samples say: it is refused with its place."""
    verdict = f'{{"trait": "finish", "passed": false, "at_least": {share}}}'
    sample = f'{{"kind": "sample", "case": "a", "verdicts": [{verdict}]}}'
    path = tmp_path / "r.jsonl"
    path.write_text(f'{{"kind": "run", "schema": 2}}\n{sample}\n')
    _, wrong = read_lines(path)
    expected = f"{path}:2: expected a number, {bound} as verdicts.0.at_least, got '{share}': "
    assert str(wrong.line).startswith(expected)


def test_a_record_of_another_schema_is_refused(tmp_path):
    """A later version may mean something else by the same names; earlier ones can be read."""
    path = tmp_path / "r.jsonl"
    path.write_text('{"kind": "run", "schema": 3}\n')
    with pytest.raises(
        ValueError, match="expected a record of schema 1 or 2, got 3: record it anew"
    ):
        list(read_record(path))
    path.write_text('{"kind": "run", "schema": 1}\n')
    assert list(read_record(path)) == [{"kind": "run", "schema": 1}]


def test_users_import_the_reader():
    """`from pytest_qwen import read_record`."""
    assert pytest_qwen.read_record is read_record


def test_plain_data_can_always_be_written():
    """What JSON does not have becomes text: a trait may leave anything in its evidence."""
    value = {"n": math.nan, 1: (Finish.STOP, {2}), "s": "a\ud800b", "o": object, "t": True}
    found = plain(value)
    assert plain({"\ud83d": 1}) == {"?": 1}
    assert found == {"n": "nan", "1": ["stop", [2]], "s": "a?b", "o": str(object), "t": True}
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_a_reply_survives_json():
    """Store and record give back what was put in."""
    reply = Reply(
        text="a", token_ids=(1, 2), thinking_state=ThinkingState.CLOSED, finish=Finish.NAN
    )
    assert Reply.from_json(json.loads(json.dumps(reply.to_json()))) == reply
    old = {key: value for key, value in reply.to_json().items() if key != "mean_logprob"}
    assert Reply.from_json(old) == reply  # kept before there was one


def test_the_tables_of_the_page_are_current():
    """Whoever changes a line's model runs `python -m tests.record.tables`."""
    assert tables.PAGE.read_text(encoding="utf-8") == tables.page()
