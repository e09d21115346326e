"""The items of lists, however they are marked."""

from __future__ import annotations

import time

import pytest

from pytest_qwen.traits.builtin._lists import item_at, list_items


@pytest.mark.parametrize(
    ("line", "marker", "style", "number", "text"),
    [
        ("- 水稻", "-", "-", None, "水稻"),
        ("－ 水稻", "-", "－", None, "水稻"),
        ("*  rice", "*", "*", None, "rice"),
        ("+ rice", "+", "+", None, "rice"),
        ("•水稻", "•", "•", None, "水稻"),
        ("· 水稻", "•", "·", None, "水稻"),
        ("12. rice", "number", ".", 12, "rice"),
        ("1.水稻", "number", ".", 1, "水稻"),
        ("3) rice", "number", ")", 3, "rice"),
        ("3）水稻", "number", ")", 3, "水稻"),
        ("4、水稻", "number", "、", 4, "水稻"),
        ("十二、水稻", "number", "一、", 12, "水稻"),
        ("（二）水稻", "number", "(1)", 2, "水稻"),
        ("(2) rice", "number", "(1)", 2, "rice"),
        ("⑪水稻", "number", "①", 11, "水稻"),
    ],
)
def test_items(line, marker, style, number, text):
    """The marker's kind and style, its number, and where the text begins are read."""
    item = item_at(f"  {line}", (0, len(line) + 2))
    assert (item.marker, item.style, item.number, item.indent) == (marker, style, number, 2)
    assert f"  {line}"[item.text :] == text
    assert item.span == (2, len(line) + 2)


@pytest.mark.parametrize(
    "line", ["---", "* * *", "-rice", "*rice*", "3.14 is pi", "1234. rice", "一般来说", "1.", ""]
)
def test_what_is_no_item(line):
    """Rules, emphasis and numbers in prose are no items."""
    assert list(list_items(line)) == []


def test_long_lines_cost_little():
    """The work grows with the length of a text."""
    start = time.process_time()
    assert list(list_items("- " + "-" * 500_000 + "\n- \n" * 100_000)) == []
    assert time.process_time() - start < 2
