"""A text in pieces: nothing is lost, long ones are cut, loops are told once."""

import base64
import random
import zlib

from pytest_qwen.report.texts.marks import Loop, TextBudget, show

LARGE = TextBudget([""])


def unpacked(full):
    return zlib.decompress(base64.b64decode(full)).decode()


def test_pieces_make_up_the_text():
    """Whatever is marked, wherever: the pieces are the text; hostile spans do no harm."""
    rng = random.Random(0)
    for _ in range(200):
        text = "水稻 is food。" * rng.randrange(3)
        spans = [(rng.randrange(-9, 40), rng.randrange(-9, 40)) for _ in range(6)]
        kinds = ("evidence", "added", "removed", "found")
        shown = show(text, LARGE, [(span, rng.choice(kinds)) for span in spans])
        assert "".join(piece.text for piece in shown.pieces) == text


def test_the_first_mark_wins():
    """Evidence stays whole where a diff overlaps it."""
    shown = show("abcdef", LARGE, [((1, 3), "evidence"), ((0, 5), "added")])
    kept = [(piece.text, piece.kind) for piece in shown.pieces]
    assert kept == [("a", "added"), ("bc", "evidence"), ("de", "added"), ("f", "")]


def test_long_texts_keep_both_ends_and_what_is_marked():
    """The middle is left out and counted; all of it is packed."""
    text = "a" * 30_000 + "EVIDENCE" + "b" * 30_000
    shown = show(text, LARGE, [((30_000, 30_008), "evidence")])
    kept = "".join(piece.text for piece in shown.pieces)
    gaps = [piece.left_out for piece in shown.pieces if piece.kind == "gap"]
    assert "EVIDENCE" in kept
    assert len(kept) < 21_000
    assert len(kept) + sum(gaps) == len(text)
    assert unpacked(shown.full) == text


def test_a_loop_is_told_once():
    """The unit, how often, and what came after it."""
    text = "开头。" + "水稻是粮食。" * 37 + "水稻"
    loop = Loop(2, 8, 2 + 6 * 37, 37)
    pieces = show(text, LARGE, loop=loop).pieces
    assert [piece.kind for piece in pieces] == ["", "loop", "gap", ""]
    assert (pieces[1].text, pieces[2].times) == ("。水稻是粮食", 37)


def test_a_loop_in_a_long_text():
    """What is folded does not count for the limit."""
    text = "x y " * 20_000
    pieces = show(text, LARGE, loop=Loop(0, 4, 80_000, 20_000)).pieces
    assert [(piece.text, piece.kind) for piece in pieces] == [("x y ", "loop"), ("", "gap")]


def test_the_budget_bounds_a_page():
    """Many texts are each shown shorter, and no more is packed than there is room for."""
    texts = ["水稻" * 5000] * 1000
    budget = TextBudget(texts)
    assert budget.limit * 3 * len(texts) <= 6_000_000
    noise = random.Random(0)
    full = [
        show("".join(chr(noise.randrange(0x4E00, 0x9FFF)) for _ in range(9000)), budget).full
        for _ in range(400)
    ]
    assert full[0]
    assert full[-1] == ""
    assert sum(map(len, full)) <= 4_000_000


def test_hidden_characters_are_packed_visibly():
    """The unpacked text is as safe as the shown one."""
    assert "\\x1b" in unpacked(show("\x1b[31m" + "a" * 30_000, LARGE).full)
