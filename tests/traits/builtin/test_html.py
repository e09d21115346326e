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
    Row(None, "<html><body><p>水稻</body></html>\n完 ", False, "'完' outside of the elements", ((32, 33),)),
    Row(None, "<table>一<tr><td>二</table>", False, "'一' outside of the elements", ((7, 8),)),
    Row(None, "<p>\n</p>\r\n&lt;\n", False, "'&lt;' outside of the elements", ((10, 14),)),
    Row(None, "<p>一\r\n<i>二\n</b></i></p>", False, "</b> out of place", ((11, 15),)),
    Row(None, "<div/>", False, "<div> without its end", ((0, 6),)),
    Row(None, "<p>一<div>二</div></p>", False, "</p> out of place", ((16, 20),)),
    Row(None, "<template><p>一</template><math><mi>x</mi></math>", True),
    Row(None, "<b>一<i>二</b>三</i>", False, "</i> out of place"),
    Row(None, "<div>水稻", False, "<div> without its end", ((0, 5),)),
    Row(None, "<html><body><div><ul><li>一</ul></div><p>二</p>", True),
    Row(None, "<div><i>水稻", False, "<i> without its end"),
    Row(None, "<div><p>水稻", False, "<div> without its end"),
    Row(None, "<div><b>水稻</div></b>", False, "</b> out of place", ((16, 20),)),
    Row(None, "<p>a</b></p>", False, "</b> out of place", ((4, 8),)),
    Row(None, "</p>", False, "</p> out of place", ((0, 4),)),
    Row(None, "<p><think>水稻</think></p>", False, "'<think>', no element of HTML", ((3, 10),)),
    Row(None, '<?xml version="1.0"?><p>1</p>', False),
    Row(None, "<!DOCTYPE html>", False, "no element"),
    Row(None, "水稻", False, "'水稻' outside of the elements", ((0, 2),)),
    Row(None, "", False, "no element"),
]  # fmt: skip
