"""Examples of `contains_xml`."""

from __future__ import annotations

from tests.traits.table import Row

ORDER = "<订单><item>米</item><to><city>上海</city></to></订单>"
TABLE = [
    Row(None, f"如下：\n```xml\n{ORDER}\n```", True, "an XML element in it", ((11, 58),)),
    Row(["b.c"], "<a>1</a> <b><c/></b>", True, spans=((9, 20),)),
    Row(None, "a < b, <br> <x y='>'/>", True, spans=((12, 22),)),
    Row(None, "<a><b>1</b>", True, spans=((3, 11),)),
    Row(None, "</x><a>1</a></x>", True, spans=((4, 12),)),
    Row(["a.b"], "<a>1</a> <b/>", False, "XML without 'a.b'", ((0, 8),)),
    Row(None, "<a b=c>1</a>", False, spans=((0, 5),)),
    Row(None, "<a><b></a>", False, "no XML: mismatched tag", ((0, 8),)),
    Row(None, "用 <br> 换行", False, "no XML: <br> is not closed"),
    Row(["a.b"], "<br> <a>1</a>", False, "XML without 'a.b'", ((5, 13),)),
    Row(None, "a < b", False, "no XML element in it", ()),
    Row(None, "<!-- <a/> --> 1 <2>", False),
    Row(None, "", False),
]  # fmt: skip
