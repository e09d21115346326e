"""Examples of `json`, `contains_json` and `numbered`."""

from __future__ import annotations

import time

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row, judge

PLACE = {
    "type": "object",
    "required": ["city"],
    "properties": {"city": {"type": "string", "pattern": "^[A-Z]"}, "day": {"format": "date"}},
}
PLAN = "第1周：选题\n第2周：提纲\n第3周：写作"
TABLES = {
    "json": [
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
        Row({"keys": []}, "{}", True, "an object with the keys none"),
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
        Row({"json_schema": PLACE}, "{}", False, 'JSON in which "city" is a required property'),
        Row({"json_schema": PLACE}, '{"city": 3}', False, 'JSON in which 3 is not of type "string" at city'),
        Row({"json_schema": PLACE}, '{"city": "Rome", "day": "24 November"}', False),
        Row({"json_schema": PLACE}, '{"city": "rome"}', False),
        Row({"json_schema": False}, "1", False),
        Row({"json_schema": {"items": {"items": {"type": "null"}}}}, "[[], [null, 1]]", False, 'JSON in which 1 is not of type "null" at 1.1'),
        Row({"json_schema": {"pattern": "^(a|aa)+$"}}, f'"{"a" * 50_000}b"', False),
        Row({"json_schema": {"type": "string"}}, r'"\ud800"', False,
            "JSON that no schema can be held against: 'utf-8' codec can't encode character '\\ud800' in position 0: surrogates not allowed"),
    ],
    "contains_json": [
        Row(None, '如下：{"a": 1}。', True, "a JSON object in it", ((3, 11),)),
        Row(None, "```json\n[1, [2]]\n```", True, "a JSON array in it", ((8, 16),)),
        Row(None, '{"a": {"b": 1}}', True, spans=((0, 15),)),
        Row(None, "[见下] {} {", True, "a JSON object in it", ((5, 7),)),
        Row(None, '{"a": 1, "a": 2} {}', True, spans=((17, 19),)),
        Row({"json_schema": PLACE}, '[1] 和 {"city": "Rome"}', True, spans=((6, 22),)),
        Row(None, '{"a": "[ {}', True, spans=((9, 11),)),
        Row({"json_schema": PLACE}, '{"city": 3} [1]', False, 'JSON in which 3 is not of type "string" at city', ((0, 11),)),
        Row({"json_schema": {"type": "array"}}, '{"a": [1]}', False, spans=((0, 10),)),
        Row(None, '{"a": 1', False, "no JSON object or array in it", ()),
        Row(None, "{a: 1}", False),
        Row(None, "1", False),
        Row(None, '"{}', True, spans=((1, 3),)),
        Row(None, "[" * 3000 + "{}", False),
        Row(None, '{"a": 1x} ' * 30 + "{}", True),
        Row(None, "", False),
    ],
    "numbered": [
        Row("周", PLAN, True, "周 1, 2, 3", ((0, 3), (7, 10), (14, 17))),
        Row({"label": "周", "exactly": 3}, PLAN, True),
        Row({"label": "周", "at_least": 3}, PLAN, True),
        Row(
            {"label": "周", "exactly": 12},
            "### 第一周\n…\n**第 2－11 周**\n| 第十二周 | 交稿 |",
            True,
        ),
        Row(
            {"label": "Week", "exactly": 4},
            "- **Week 1**: plan\n- Weeks 2–3: write\n- week 4: end",
            True,
        ),
        Row({"label": "Day", "exactly": 3}, "🌱 Day One\nDay Two\n1. __Day 3__", True),
        Row(
            {"label": ["步骤", "Step"], "exactly": 2},
            "1. 步骤1：选题\nStep 2: 写作",
            True,
            "步骤 1, 2",
        ),
        Row({"label": "周", "exactly": 2}, "第1周\n第1周目标\n第2周\n第2周目标", True),
        Row({"label": "周", "exactly": 2}, "第1周\n第2周\n总结：\n第1周\n第2周", True),
        Row({"label": "周", "exactly": 4}, "第1周至第2周：读\n第3、4周：写", True),
        Row({"label": "周", "exactly": 1}, "第1周：读", True),
        Row("周", "第1周\n第3周", False, "周 1, 3"),
        Row("周", "第2周\n第3周", False),
        Row("周", "第2周\n第1周", False),
        Row("周", "第1周\n第2周\n第1周", False),
        Row("周", "第0周\n第1周", False, "周 0, 1"),
        Row("周", "第0周", False, "周 0"),
        Row({"label": "周", "exactly": 2}, PLAN, False),
        Row({"label": "周", "at_least": 4}, PLAN, False),
        Row({"label": "阶段", "exactly": 3}, "阶段一：选题\n### 阶段二至三 写作", True, "阶段 1, 2, 3"),
        Row({"label": ["步骤", "周"], "exactly": 2}, "步骤一\n步骤 二", True),
        Row({"label": "步骤", "exactly": 11}, "步骤一至十\n步骤十一", True),
        Row("周", "周一：读\n周二：写", False, "周 nowhere", ()),
        Row("星期", "星期一：读\n星期二：写", False, "星期 nowhere"),
        Row("礼拜", "礼拜一：读", False, "礼拜 nowhere"),
        Row("步骤", "步骤一共三个", False, "步骤 nowhere"),
        Row("Week", "Weekly plan\nWeek plan\nThe first week", False),
        Row("周", "本文在第1周写成", False),
        Row("周", "", False),
    ],
}  # fmt: skip

EQUIVALENT = {
    "contains_json": {
        "_values: spent <= _EFFORT * len(text) → spent < _EFFORT * len(text)": "one character of work",
    }
}


@pytest.mark.parametrize("args", ["", [], " ", {"label": "周", "exactly": -1}])
def test_a_label_is_needed(args: object) -> None:
    """Without a label, any number would do."""
    with pytest.raises(BadArguments, match="expected"):
        bind("numbered", args)


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
