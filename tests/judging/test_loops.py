"""What the record says of a truncated reply that loops."""

import pytest

from pytest_qwen.judging.lines import JudgedSample, sample_line
from pytest_qwen.model_io.reply import Finish, Reply
from pytest_qwen.record.schema import SampleLine
from pytest_qwen.traits.verdict import Part
from tests.spec.test_expectation import expectation

TEXT = "水稻是粮食。" * 40
LOOP = {"of": "text", "spans": [[0, 240]], "unit": "水稻是粮食。", "count": 40, "period": 6}


@pytest.mark.parametrize(
    ("spec", "finish", "loop"),
    [
        ("finish: length", Finish.LENGTH, LOOP),
        ("finish: length", Finish.STOP, None),
        ("not: continuation_loop", Finish.LENGTH, None),
        ("any: [run_on_turns, continuation_loop]", Finish.LENGTH, None),
    ],
)
def test_a_loop_is_recorded_where_no_verdict_says_so(spec, finish, loop):
    """Of a truncated reply that no expectation looked at; a verdict has it in its evidence."""
    check, reply = expectation(spec), Reply(text=TEXT, answer=TEXT, finish=finish)
    verdict = check.check.judge(Part.of_reply(reply))
    line = sample_line(SampleLine(case="a"), JudgedSample(reply, ((check, verdict),)))
    assert (line.loop or None) == loop


def test_a_text_without_a_loop_has_none():
    """A reply that was cut off in the middle of something sensible."""
    reply = Reply(text="水稻是", answer="水稻是", finish=Finish.LENGTH)
    assert not sample_line(SampleLine(case="a"), JudgedSample(reply, ())).loop
