"""Examples of `xml`, `contains_xml`, `html` and `contains_html`."""

from __future__ import annotations

import time

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row, judge

ORDER = "<订单><item>米</item><to><city>上海</city></to></订单>"
LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><l>&i;</l>"
)
OUTSIDE = '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>'
TABLES = {
    "xml": [
        Row(None, f' <?xml version="1.0" encoding="GBK"?>\n{ORDER}\n', True, "XML"),
        Row(["订单.item", "订单.to.city"], ORDER, True),
        Row(["a"], "<a/>", True),
        Row(None, "<a><![CDATA[<b>]]><!-- & --></a>", True),
        Row(None, "<a>\ud800</a>", True),
        Row(["a.c"], "<a><b><c/></b></a>", False, "XML without 'a.c'"),
        Row(["订单.city", "订单.to", "x"], ORDER, False, "XML without '订单.city' and 'x'"),
        Row(["a.b.c", "a.b"], "<a><b/></a>", False, "XML without 'a.b.c'"),
        Row(None, "<a><b></a>", False, "no XML: mismatched tag: line 1, column 8"),
        Row(None, "<a>1</a> 完", False),
        Row(None, "<a>1</a><a>2</a>", False),
        Row(None, "<a b=c/>", False),
        Row(None, "<a>&nbsp;</a>", False),
        Row(None, LAUGHS, False, "no XML: it declares the entity 'a'"),
        Row(None, OUTSIDE, False, "no XML: it declares the entity 'x'"),
        Row(None, "", False),
    ],
    "contains_xml": [
        Row(None, f"如下：\n```xml\n{ORDER}\n```", True, "an XML element in it", ((11, 58),)),
        Row(["b.c"], "<a>1</a> <b><c/></b>", True, spans=((9, 20),)),
        Row(None, "a < b, <br> <x y='>'/>", True, spans=((12, 22),)),
        Row(None, "<a><b>1</b>", True, spans=((3, 11),)),
        Row(None, "</x><a>1</a></x>", True, spans=((4, 12),)),
        Row(["a.b"], "<a>1</a> <b/>", False, "XML without 'a.b'", ((0, 8),)),
        Row(None, "<a b=c>1</a>", False, spans=((0, 12),)),
        Row(None, "<a><b></a>", False, "no XML element in it", ()),
        Row(None, "<!-- <a/> --> 1 <2>", False),
        Row(None, "", False),
    ],
    "html": [
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
    ],
    "contains_html": [
        Row(None, "一<br>二", True, "HTML in it", ((1, 5),)),
        Row(None, "这是<B>粗体</b>，这是<i>斜体</i>。", True, spans=((2, 11), (14, 23))),
        Row(None, "<input type='text' value='>'", False),
        Row(None, "<input type='text' value='>'>", True),
        Row(None, "```html\n<!doctype HTML>\n<html>", True, spans=((8, 23),)),
        Row(None, "<div/>", True),
        Row(None, "<p>水稻", False, "no element of HTML", ()),
        Row(None, "<think>1</think> <custom/>", False),
        Row(None, "a < b > c, if (a<b) { c>d; }, a@<b.c>, vector<string>", False),
        Row(None, "<!-- <b>1</b> -->", False),
        Row(None, "", False),
    ],
}  # fmt: skip


@pytest.mark.parametrize("trait", ["xml", "contains_xml"])
@pytest.mark.parametrize("elements", [[], [""], ["a."], ["a..b"]])
def test_elements_are_paths(trait: str, elements: object) -> None:
    """An element without a name stands nowhere."""
    with pytest.raises(BadArguments, match=f"{trait} with elements by their paths"):
        bind(trait, {"elements": elements})


HOSTILE = {
    "deep": "<a>" * 50_000,
    "deep-and-closed": "<a>" * 50_000 + "</a>" * 50_000,
    "unclosed-comments": "<!--<a><![CDATA[<?" * 50_000,
    "unclosed-scripts": "<script><svg>" * 30_000,
    "quotes": "<a '<b \"" * 30_000,
    "mixed-quotes": "<a \"'<a '\"" * 30_000,
    "long-name": "<" + "a" * 300_000,
    "names": "<a" * 100_000,
    "spaces": "<a " + " " * 300_000,
    "mismatched": "<a><b>" * 30_000 + "</a>" * 30_000,
    "open-and-empty": "<a><b/>" * 30_000,
    "blanks": (" " * 1000 + "<br>") * 1000,
    "attributes": "<a " + " ".join(f"a{i}='1'" for i in range(50_000)) + "/>",
}


@pytest.mark.parametrize("trait", TABLES)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_markup_costs_little(trait: str, text: str) -> None:
    """The work grows with the length of a text, whatever its tags and quotes are."""
    start = time.process_time()
    judge(trait, None, text)
    assert time.process_time() - start < 5
