"""Examples of `html`."""

from __future__ import annotations

from tests.traits.table import Row

TABLE = [
    Row(None, "<!DOCTYPE html>\n<html><head><title>a < b</title><body><P>水稻<br>小麦", True, "HTML"),
    Row(None, " <h1>题</h1>\n<!-- 注 --><p>文</p> ", True),
    Row(None, "<ul><li>一<li>二</ul>", True),
    Row(None, "<p>一<p>二", True),
    Row(None, "<img src='a.png' />", True),
    Row(None, "<script>if (a<b && c>d) x('<q>')</script>", True),
    Row(None, "<svg><path d=''/></svg><my-tag>1</my-tag>", True),
    Row(None, "<p>水稻</p>完", False, "'完' outside of the elements", ((9, 10),)),
    Row(None, "好：<p>水稻</p>", False, "'好：' outside of the elements", ((0, 2),)),
    Row(None, "<p>一</p>和<p>二</p>", False, "'和' outside of the elements", ((8, 9),)),
    Row(None, "<div>水稻", False, "<div> without its end"),
    Row(None, "<html><body><div><ul><li>一</ul></div><p>二</p>", True),
    Row(None, "<div><i>水稻", False, "<i> without its end"),
    Row(None, "<div><p>水稻", False, "<div> without its end"),
    Row(None, "<div><b>水稻</div></b>", False, "</div> out of place", ((10, 16),)),
    Row(None, "<p>a</b></p>", False, "</b> out of place", ((4, 8),)),
    Row(None, "</p>", False, "</p> out of place", ((0, 4),)),
    Row(None, "<p><think>水稻</think></p>", False, "'<think>', no element of HTML", ((3, 10),)),
    Row(None, '<?xml version="1.0"?><p>1</p>', False),
    Row(None, "<!DOCTYPE html>", False, "no element"),
    Row(None, "水稻", False, "'水稻' outside of the elements", ((0, 2),)),
    Row(None, "", False, "no element"),
]  # fmt: skip
