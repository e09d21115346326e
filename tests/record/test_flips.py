"""Two runs of a request: where they part, and whether rounding can have done it."""

import pytest

from pytest_qwen.model_io.reply import Reply
from pytest_qwen.record.flips import first_flip, read, tokens_of, written

OLD = [
    Reply(text="", sample=0, token_ids=(5, 6), margins=(1.0, 2.0, 3.5)),
    Reply(text="", sample=1, token_ids=(5, 7, 8), margins=(0.004, 0.3, 2.0)),
]


def changed(**fields):
    return [OLD[0], Reply(text="", sample=1, **fields)]


def test_what_is_written_can_be_read():
    """A snapshot's lines give back ids and margins; a line that was cut is left out."""
    lines = written(tokens_of(OLD))
    assert lines == ["0: 5:1 6:2 end:3.5", "1: 5:0.004 7:0.3 8:2"]
    assert read(lines) == tokens_of(OLD)
    assert read(["0: 5:1 6", *lines[1:]]) == {1: tokens_of(OLD)[1]}


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (
            (9, 7),
            "first at sample 1, token 0: 9 was 5, 0.004 apart: a near tie, which rounding can flip",
        ),
        ((5, 9), "first at sample 1, token 1: 9 was 7, 0.3 apart: no near tie"),
    ],
)
def test_the_first_difference_is_told(now, told):
    """Sample, token, both ids, and how near it was."""
    flip = first_flip(tokens_of(OLD), tokens_of(changed(token_ids=now, margins=(1.0, 1.0))))
    assert flip.in_words("float32") == told


def test_an_earlier_end_is_a_difference_too():
    """The end is drawn like a token; in half precision a wider margin is near."""
    now = changed(token_ids=(5,), margins=(1.0, 0.2))
    flip = first_flip(tokens_of(OLD), tokens_of(now))
    assert (flip.token, flip.now, flip.was) == (1, "end", "7")
    assert flip.in_words("bfloat16").endswith("0.3 apart: no near tie")
    assert flip._replace(margin=0.2).in_words("bfloat16").endswith("rounding can flip")


def test_the_same_tokens_do_not_part():
    """Margins alone are no difference."""
    again = [Reply(text="", sample=1, token_ids=(5, 7, 8), margins=(9.0, 9.0, 9.0))]
    assert first_flip(tokens_of(OLD), tokens_of(again)) is None
