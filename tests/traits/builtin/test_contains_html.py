"""Examples of `contains_html`."""

from __future__ import annotations

from tests.traits.table import Row

TABLE = [
    Row(None, "一<br>二", True, "HTML in it", ((1, 5),)),
    Row(None, "这是<B>粗体</b>，这是<i>斜体</i>。", True, spans=((2, 5), (14, 17))),
    Row(None, "<input type='text' value='>'", False),
    Row(None, "<input type='text' value='>'>", True),
    Row(None, "```html\n<!doctype HTML>\n<html>", True, spans=((8, 23),)),
    Row(None, "<my-el>1</my-el>", True, spans=((0, 7),)),
    Row(None, "<div/>", False),
    Row(None, "1 </b> 2 <b> 3", False),
    Row(None, "a\r\n\n</i> <b>1</b>", True, spans=((9, 12),)),
    Row(None, "<p>水稻", False, "no element of HTML", ()),
    Row(None, "<think>1</think> <custom/>", False),
    Row(None, "a < b > c, if (a<b) { c>d; }, a@<b.c>, vector<string>", False),
    Row(None, "<!-- <b>1</b> -->", False),
    Row(None, "", False),
]  # fmt: skip
