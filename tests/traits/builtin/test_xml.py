"""Examples of `xml`."""

from __future__ import annotations

from tests.traits.table import Row

ORDER = "<订单><item>米</item><to><city>上海</city></to></订单>"
LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><l>&i;</l>"
)
OUTSIDE = '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>'
TABLE = [
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
    Row(None, LAUGHS, False, "no XML: it declares the entity 'a': line 1, column 24"),
    Row(None, OUTSIDE, False, "no XML: it declares the entity 'x': line 1, column 51"),
    Row(None, "", False),
]  # fmt: skip
