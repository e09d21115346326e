"""Examples of `json`."""

from __future__ import annotations

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row

PLACE = {
    "type": "object",
    "required": ["city"],
    "properties": {"city": {"type": "string", "pattern": "^[A-Z]"}, "day": {"format": "date"}},
}
TABLE = [
Row(None, ' {"a": [1, "二", null]}\n', True, "a JSON object"),
Row(None, "[1.5]", True, "a JSON array"),
Row(None, '"好"', True, "a JSON string"),
Row(None, "true", True, "a JSON boolean"),
Row(None, "null", True, "a JSON null"),
Row(None, "1", True, "a JSON number"),
Row({"keys": ["b", "a"]}, '{"a": 1, "b": 2}', True, "an object with the keys 'a', 'b'"),
Row({"allow_fence": True}, '```json\n{"a": 1}\n```', True),
Row({"allow_fence": True}, '```JSON\n{"a": 1}\n```', True),
Row({"allow_fence": True}, '{"a": 1}', True),
Row(None, '```json\n{"a": 1}\n```', False),
Row({"allow_fence": True}, '好的：\n```json\n{"a": 1}\n```', False),
Row({"keys": ["a"]}, '{"a": 1, "b": 2}', False),
Row({"keys": []}, '{"a": 1}', False),
Row({"keys": []}, "{}", True, "an empty object"),
Row({"keys": ["a"]}, "[1]", False, "a JSON array"),
Row(None, '{"a": 1, "a": 2}', False, "no JSON: a key is given twice"),
Row(None, "NaN", False, "no JSON: NaN is no JSON number"),
Row(None, "{'a': 1}", False),
Row(None, '{"a": 1} 以上。', False),
Row(None, "[" * 100_000, False, "no JSON: nested too deeply to read"),
Row(None, "9" * 5000, False),
Row(None, "", False),
Row({"json_schema": PLACE}, '{"city": "Rome", "day": "2026-11-24"}', True, "a JSON object"),
Row({"json_schema": True}, "1", True),
Row({"json_schema": {"type": "array"}, "allow_fence": True}, "```\n[1]\n```", True),
Row({"json_schema": {"$schema": "http://json-schema.org/draft-07/schema#", "items": [{"type": "null"}]}}, "[null, 1]", True),
Row({"json_schema": PLACE}, "{}", False, 'JSON that breaks the schema: "city" is a required property'),
Row({"json_schema": PLACE}, '{"city": 3}', False, 'JSON that breaks the schema at city: 3 is not of type "string"'),
Row({"json_schema": PLACE}, '{"city": "Rome", "day": "24 November"}', False),
Row({"json_schema": PLACE}, '{"city": "rome"}', False),
Row({"json_schema": False}, "1", False),
Row({"json_schema": {"items": {"items": {"type": "null"}}}}, "[[], [null, 1]]", False, 'JSON that breaks the schema at 1.1: 1 is not of type "null"'),
Row({"json_schema": {"pattern": "^(a|aa)+$"}}, f'"{"a" * 50_000}b"', False),
Row({"json_schema": {"type": "string"}}, r'"\ud800"', False,
    "JSON that no schema can check: 'utf-8' codec can't encode character '\\ud800' in position 0: surrogates not allowed"),
]  # fmt: skip


@pytest.mark.parametrize("trait", ["json", "contains_json"])
@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"type": "objekt"}, '"objekt" is not valid under any of the schemas'),
        ({"pattern": r"(a)\1"}, r'"(a)\\1" is not a "regex"'),
        ({"$ref": "http://localhost/x"}, "http://localhost/x is not fetched"),
        ({"$ref": "file:///etc/passwd"}, "file:///etc/passwd is not fetched"),
        ({"const": "\ud800"}, "surrogates not allowed"),
    ],
)
def test_a_schema_must_stand_alone(trait: str, schema: object, why: str) -> None:
    """A schema that is none, that may run for ever, or that lies elsewhere is told at collection."""
    with pytest.raises(
        BadArguments, match=f"{trait} with a JSON Schema that needs no other file"
    ) as e:
        bind(trait, {"json_schema": schema})
    assert why in str(e.value)
