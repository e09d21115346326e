"""Examples of `contains_json`."""

from __future__ import annotations

import time

import pytest

from tests.traits.table import Row, judge

PLACE = {
    "type": "object",
    "required": ["city"],
    "properties": {"city": {"type": "string", "pattern": "^[A-Z]"}, "day": {"format": "date"}},
}
TABLE = [
Row(None, '如下：{"a": 1}。', True, "a JSON object in it", ((3, 11),)),
Row(None, "```json\n[1, [2]]\n```", True, "a JSON array in it", ((8, 16),)),
Row(None, '{"a": {"b": 1}}', True, spans=((0, 15),)),
Row(None, "[见下] {} {", True, "a JSON object in it", ((5, 7),)),
Row(None, '{"a": 1, "a": 2} {}', True, spans=((17, 19),)),
Row({"json_schema": PLACE}, '[1] 和 {"city": "Rome"}', True, spans=((6, 22),)),
Row(None, '{"a": "[ {}', True, spans=((9, 11),)),
Row({"json_schema": PLACE}, '{"city": 3} [1]', False, 'JSON that breaks the schema at city: 3 is not of type "string"', ((0, 11),)),
Row({"json_schema": {"type": "array"}}, '{"a": [1]}', False, spans=((0, 10),)),
Row(None, '{"a": 1', False, "no JSON object or array in it", ()),
Row(None, "{a: 1}", False),
Row(None, "1", False),
Row(None, '"{}', True, spans=((1, 3),)),
Row(None, "[" * 3000 + "{}", False),
Row(None, '{"a": 1x} ' * 30 + "{}", True),
Row(None, "", False),
]  # fmt: skip

EQUIVALENT = {
    "_values: spent <= _EFFORT * len(text) → spent < _EFFORT * len(text)": "one character of work",
}


@pytest.mark.parametrize(
    "text",
    [
        "[" * 500_000,
        '{"a":' * 200_000,
        '["' * 500_000,
        "[" * 900 + '"' + "a" * 1_000_000,
        '["a", ' * 200_000,
        '[1, {"a": 2, ' * 80_000,
        ("[" * 900 + "x") * 1000,
        '{"a":1,"a":2}' * 50_000,
    ],
    ids=range(8),
)
def test_json_that_never_ends_costs_little(text: str) -> None:
    """The work is bounded by the length of a text, whatever it begins."""
    start = time.process_time()
    judge("contains_json", None, text)
    assert time.process_time() - start < 5
