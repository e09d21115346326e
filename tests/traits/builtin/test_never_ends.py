"""Examples of `never_ends`."""

from __future__ import annotations

from tests.traits.table import Row

CUT = {"finish": "length"}
TABLE = [
    Row(None, "水稻是一种", True, "cut off after '水稻是一种'", ((4, 5),), reply=CUT),
    Row(None, "So it goes, \n", True, spans=((10, 11),), reply=CUT),
    Row(None, "", True, spans=((0, 0),), reply=CUT),
    Row(None, "水稻是粮食。”\n", False, "cut off after '水稻是粮食。”\\n'", ((5, 6),), reply=CUT),
    Row(None, "Rice is a crop.**", False, reply=CUT),
    Row(None, "水稻是一种", False, "an end, 'stop'", ()),
]  # fmt: skip
