"""The thinking budget: Qwen's recipe, in both lanes, as a part of a text that is its request's own."""

from dataclasses import replace

import pytest

from pytest_qwen.engine import Options, key_of
from pytest_qwen.engine.local.budget import Budget
from pytest_qwen.engine.local.generation import LocalGeneration
from pytest_qwen.engine.local.row import FAR, Drawn, Row
from pytest_qwen.model_io.message import Message
from pytest_qwen.model_io.reply import Finish
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.sampling import Sampling
from tests.conftest import TINY

OPEN, CLOSE, TOOL = 1, 2, 3
SENTENCE = (
    "Considering the limited time by the user, I have to give the solution based on the thinking"
    " directly now."
)
ASKED = ["Which is larger, 8.15 or 8.9?", "5.12和5.7哪个更大？", "用一句话介绍水稻。"]


def asked(budget, sample=0, text=ASKED[0], **fields):
    said = {
        "temperature": 0.9, "top_k": 20, "top_p": 1.0, "min_p": 0.0, "max_new_tokens": 200,
        "thinking_budget": budget,
    }  # fmt: skip
    request = Request(
        "reasoning", (Message(role="user", content=text),), "chat", Sampling(**{**said, **fields}),
        sample=sample, thinking=True,
    )  # fmt: skip
    return replace(request, key=f"{text}.{budget}.{sample}.{fields}")


def answers(engine, requests):
    """Answer requests with an engine, by key."""
    engine.submit(requests)
    said = {}
    while len(said) < len(requests):
        said |= {key_of(one): one for one in engine.step()}
    return said


@pytest.fixture(scope="module", params=["slot", "reference"])
def engine(request):
    """The tiny reasoning model in one lane and in the other."""
    made = LocalGeneration(TINY / "reasoning", "cpu", "float32", slots=request.param == "slot")
    assert made.lane == request.param
    return made


def answer(engine, request):
    return answers(engine, [request])[request.key]


def test_an_open_thought_is_closed_when_its_budget_is_used_up(engine):
    """The sentence and the tag stand in the text, the answer follows, and the reply says so."""
    free, cut = answer(engine, asked(None)), answer(engine, asked(9))
    assert free.n_thinking_tokens > 9
    assert not free.thinking_cut
    assert cut.thinking_cut
    assert cut.token_ids[:9] == free.token_ids[:9]
    assert cut.thinking.endswith(SENTENCE)
    assert f"{SENTENCE}\n</think>\n\n" in cut.text
    assert (cut.thinking_state, cut.finish) == ("closed", "stop")
    assert cut.answer
    assert cut.n_thinking_tokens == 8  # and one is the opening tag
    assert len(cut.margins) == len(cut.token_ids) + 1


def test_a_budget_that_is_not_used_up_changes_nothing(engine):
    """A thought that ends in time is left as it is."""
    free, enough = answer(engine, asked(None)), answer(engine, asked(190))
    assert enough.token_ids == free.token_ids
    assert not enough.thinking_cut


def test_no_thought_no_cut(engine):
    """Where the prompt has closed the block there is nothing to cut."""
    off = replace(asked(3), thinking=False, key="off")
    reply = answer(engine, off)
    assert (reply.thinking_state, reply.thinking_cut) == ("absent", False)
    assert len(reply.token_ids) > 3


def test_the_cut_is_bounded_by_max_new_tokens(engine):
    """A sentence that is itself cut off leaves the thought unclosed, and no answer."""
    reply = answer(engine, asked(5, max_new_tokens=8))
    assert (reply.thinking_state, reply.answer) == ("unclosed_truncated", "")
    assert (reply.thinking_cut, reply.n_thinking_tokens, len(reply.token_ids)) == (True, 4, 8)
    reply = answer(engine, asked(8, max_new_tokens=8))
    assert (reply.thinking_cut, reply.n_thinking_tokens) == (False, 7)


def test_going_on_is_what_the_recipe_of_two_calls_gives(engine):
    """Asked greedily for what follows the closed thought, the model says what it said in one go."""
    request = asked(9, temperature=0)
    reply = answer(engine, request)
    row = engine._row(request)
    end = reply.token_ids.index(engine._loaded.protocol.tags.close) + 2
    engine._lane.step(waiting := {})  # nothing is under way
    again = Row(replace(request, key="again"), [*row.prompt, *reply.token_ids[:end]])
    waiting["again"] = again
    while again.finish is None:
        engine._lane.step(waiting)
    assert tuple(again.new) == reply.token_ids[end:]
    assert again.finish == Finish.STOP


def test_a_cut_text_depends_on_its_request_alone():
    """Both lanes, alone or together with rows that are cut elsewhere or not at all: one text."""
    requests = [asked(b, s, t) for b in (None, 0, 2, 11, 40) for s in range(2) for t in ASKED]
    first = answers(LocalGeneration(TINY / "reasoning", "cpu", "float32"), requests)
    assert sum(reply.thinking_cut for reply in first.values()) > 8
    for rows, slots, some in (
        (1, True, requests[::4]),
        (4, True, requests[::-1]),
        (7, False, requests),
    ):
        engine = LocalGeneration(
            TINY / "reasoning", "cpu", "float32", Options(rows=rows), slots=slots
        )
        for key, reply in answers(engine, some).items():
            assert (reply.text, reply.thinking_cut) == (first[key].text, first[key].thinking_cut)


def budget(tokens, *, opened=False):
    return Budget(tokens, (7, 8, CLOSE, 9), OPEN, CLOSE, opened, TOOL)


@pytest.mark.parametrize(
    ("given", "new", "forced", "n", "n_thinking"),
    [
        (budget(2), [OPEN], None, 0, 0),
        (budget(2), [OPEN, 5], 7, 0, 0),
        (budget(2), [OPEN, 5, 7], 8, 1, 1),
        (budget(2), [OPEN, 5, 7, 8], CLOSE, 2, 2),
        (budget(2), [OPEN, 5, 7, 8, CLOSE], 9, 3, 2),
        (budget(2), [OPEN, 5, 7, 8, CLOSE, 9], None, 4, 2),
        (budget(2), [OPEN, 5, 7, 8, CLOSE, 9, 5], None, 4, 2),
        (budget(2), [OPEN, CLOSE, 5], None, 0, 0),
        (budget(3), [OPEN, 5, TOOL], None, 0, 0),
        (budget(2, opened=True), [TOOL, 5], None, 0, 0),
        (budget(2), [5, 5], None, 0, 0),
        (budget(2), [5, 5, OPEN], None, 0, 0),
        (budget(1), [OPEN, OPEN], 8, 1, 1),
        (budget(2, opened=True), [5, 5], 7, 0, 0),
        (budget(2, opened=True), [5, CLOSE], None, 0, 0),
        (budget(4), [OPEN, CLOSE, OPEN, 5], 7, 0, 0),
        (budget(0, opened=True), [], 7, 0, 0),
        (budget(0), [], None, 0, 0),
    ],
)
def test_what_is_forced(given, new, forced, n, n_thinking):
    """Once, at the budget, while the block is open, whoever opened it."""
    assert given.forced(new) == forced
    assert (given.n_forced(new), given.n_forced_thinking(new)) == (n, n_thinking)


def test_broken_logits_are_told_also_while_tokens_are_forced():
    """NaN ends the row at once; a stop token that is drawn in the sentence does not."""
    row = Row(asked(0), [OPEN], thinking=budget(0, opened=True))
    row.take(Drawn(3, 0.5), [3], 0)
    assert (row.new, row.margins, row.finish) == ([7], [FAR], None)
    row.take(Drawn(None, 0.0), [3], 0)
    assert (row.new, row.finish) == ([7], Finish.NAN)
    assert row.again().thinking == row.thinking
