"""Loops are shown whatever ended the reply, as the verdicts found them."""

import pytest

from pytest_qwen.judging.loops import unjudged_loop
from pytest_qwen.model_io.reply import Finish, Reply
from pytest_qwen.report import compare, page_of
from pytest_qwen.report.contents import Contents
from pytest_qwen.report.run import read
from pytest_qwen.report.sections.lengths import end_rates
from pytest_qwen.report.texts.loops import has_loop
from pytest_qwen.report.words import Words
from pytest_qwen.traits.verdict import Part
from tests.report.records import record, sample
from tests.spec.test_expectation import expectation

FRUIT = "苹果" + "、草莓" * 24
ROUNDS = "1+1=2, " * 6


def judged(spec, text, finish="verdict", token_ids=()):
    """Return a sample with what a check says of it."""
    reply = Reply(text=text, answer=text, finish=Finish(finish), token_ids=tuple(token_ids))
    check = expectation(spec)
    verdict = check.check.judge(Part.of_reply(reply))
    recorded = {"trait": check.name, "args": check.args, "passed": verdict.passed}
    recorded |= {"evidence": verdict.evidence(), "line": 3}
    return sample(text, verdicts=[recorded], finish=finish, token_ids=list(token_ids))


@pytest.mark.parametrize(
    "spec", ["not: continuation_loop", "any: [run_on_turns, continuation_loop]"]
)
@pytest.mark.parametrize("finish", ["verdict", "stop", "length"])
def test_a_loop_is_one_whatever_ended_it(tmp_path, spec, finish):
    """A verdict that found it may have ended the reply, and a reply may stop after it."""
    path = record(tmp_path / "r", judged(spec, FRUIT, finish))
    run = read(path)
    (pair,) = compare.compare_runs(run, None)
    assert "loop" in pair.tags
    assert end_rates(Contents(Words("en"), run), "instruct", has_loop)[0].value == 1
    page = page_of(path).decode()
    assert '<mark class="loop">、草莓</mark><i class="gap">×24 … ' in page
    assert page.count("、草莓") == 2, "in the text and in the evidence"


def test_a_loop_of_tokens_is_found_in_the_text(tmp_path):
    """It has no span: the same unit is looked for in the text, ends may be other tokens."""
    ids = [*range(10), *[20, 21, 22, 23, 24, 25, 26, 27, 28] * 6]
    line = judged("not: continuation_loop", "So: " + ROUNDS, token_ids=ids)
    assert line["verdicts"][0]["evidence"]["spans"] == []
    page = page_of(record(tmp_path / "r", line)).decode()
    assert 'So:<mark class="loop"> 1+1=2,</mark><i class="gap">×6 … 35 ' in page


def test_a_loop_of_tokens_that_no_text_shows_is_one(tmp_path):
    """Such as bytes that make up no character: the tag tells it."""
    line = judged("not: continuation_loop", "Well. Hm.", token_ids=[20, 21, 22, 23] * 13)
    (pair,) = compare.compare_runs(read(record(tmp_path / "r", line)), None)
    assert "loop" in pair.tags


def test_no_loop_is_none(tmp_path):
    """Neither a text without one nor another trait that counts."""
    fine = judged("none: [continuation_loop, run_on_turns]", "水稻是粮食。", "stop")
    count = {"trait": "any", "args": ["comma"], "passed": True}
    count |= {"evidence": {"got": "2 commas", "count": 2, "unit": "token"}}
    lines = fine, sample(prompt="b", verdicts=[count])
    for pair in compare.compare_runs(read(record(tmp_path / "r", *lines)), None):
        assert pair.tags == []


def test_a_truncated_reply_that_nothing_judged_loops_too(tmp_path):
    """The run has looked; the page marks it in the thought as in the answer."""
    text = "<think>\n" + FRUIT
    reply = Reply(text=text, thinking=FRUIT, finish=Finish.LENGTH)
    loop = unjudged_loop(reply, [])
    assert loop["count"] == 24
    line = sample(text, finish="length", thinking=FRUIT, answer="", loop=loop)
    page = page_of(record(tmp_path / "r", line)).decode()
    assert '<mark class="loop">、草莓</mark><i class="gap">×24 … ' in page


@pytest.mark.parametrize(
    "loop",
    [
        {"count": "24"},
        {"count": 0},
        {"count": 24, "unit": 5, "spans": [[0, 4]]},
        {"count": 24, "unit": "a", "spans": [[-5, 4]], "of": "text"},
        {"count": 24, "unit": "a", "spans": [[3, 2]], "of": "text"},
        {"count": 24, "unit": "a", "spans": [[0, 10**9]], "of": "text"},
        {"count": 24, "unit": "a", "spans": [[0, 4]], "of": ["text"]},
        {"count": 10**30, "unit": "", "spans": [[0, 4]], "of": "answer", "period": 1},
    ],
)
def test_a_wrong_loop_does_no_harm(tmp_path, loop):
    """Records are untrusted: the whole text is there, or one gap more."""
    page = page_of(record(tmp_path / "r", sample("水稻 rice", loop=loop))).decode()
    assert "水稻" in page or 'class="gap"' in page
