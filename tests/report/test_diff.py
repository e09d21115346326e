"""Words added and removed, in Chinese and English, in bounded time."""

import time

import pytest

from pytest_qwen.report.texts.diff import diff


@pytest.mark.parametrize(
    ("old", "new", "removed", "added"),
    [
        ("你好，世界", "你好，新的世界！", [], ["新的", "！"]),
        ("the old cat sat", "the new cat sat down", ["old"], ["new", " down"]),
        ("a b c d e f", "a x y d e f", ["b c"], ["x y"]),
        ("结论：水稻是粮食", "要点：水稻是粮食", ["结论"], ["要点"]),
        ("costs 3.15 yuan", "costs 3.5 yuan", ["3.15"], ["3.5"]),
        ("same\nlines here", "same lines here", ["\n"], [" "]),
        ("", "new", [], ["new"]),
        ("gone", "", ["gone"], []),
        ("same", "same", [], []),
    ],
)
def test_words_and_characters(old, new, removed, added):
    """English by words, Chinese by characters; neighbours that only spaces part are one."""
    changes = diff(old, new)
    assert [old[a:b] for a, b in changes.removed] == removed
    assert [new[a:b] for a, b in changes.added] == added
    assert not changes.rewritten


def test_another_text_is_no_confetti():
    """Where little is shared nothing is marked."""
    changes = diff("多喝水，早睡早起，多吃蔬菜。", "A driver is a person who drives a car.")
    assert changes == ([], [], True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("水稻是粮食。" * 50_000, "水稻是粮食。" * 50_000 + "完"),
        ("a b " * 60_000, "b a " * 60_000),
        ("ab" * 200_000, "c " * 200_000),
    ],
)
def test_long_texts_take_bounded_time(old, new):
    """Looping texts of some hundred thousand characters take seconds at most, not hours."""
    start = time.process_time()
    diff(old, new)
    assert time.process_time() - start < 5


def test_a_late_difference_is_found_in_a_long_text():
    """Only what lies between the first and the last difference is compared."""
    old = "x " * 40_000
    changes = diff(old, old + "end")
    assert [old[a:b] for a, b in changes.removed] == []
    assert changes.added == [(80_000, 80_003)]
