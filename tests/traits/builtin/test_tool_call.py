"""Examples of `tool_call`."""

from __future__ import annotations

import time

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row, judge
from tests.traits.tool_calls import HOSTILE, JSON, TIME, XML, call

ASKED = {"name": "weather", "arguments": {"city": "北京", "days": 3}}
TABLE = [
Row("weather", JSON, True,
    "hermes call of 'weather' with '{\"city\": \"北京\", \"days\": 3, \"now\": true}'", ((0, len(JSON)),)),
Row(None, JSON, True),
Row(ASKED, JSON, True),
Row(ASKED | {"format": "hermes"}, f"我来查。{JSON}", True, spans=((4, 4 + len(JSON)),)),
Row(ASKED | {"format": "xml"}, f"I look it up.\n{XML}", True),
Row({"arguments": {"now": True}}, XML, True),
Row({"arguments": {"days": "3"}}, XML, True),
Row({"arguments": {"note": "{oops"}}, call("<function=f><parameter=note>{oops</parameter></function>"), True),
Row({"arguments": {"text": "a\n<b>\n"}},
    call("<function=f><parameter=text>\na\n<b>\n\n</parameter></function>"), True),
Row({"arguments": {"list": [1, {"a": None}]}},
    call('<function=f><parameter=list>\n[1, {"a": null}]</parameter></function>'), True),
Row("now", call("<function=now>\n</function>"), True, "xml call of 'now' with '{}'"),
Row("weather", TIME + JSON, True, spans=((0, 56), (56, 56 + len(JSON)))),
Row("time", TIME + JSON, True),
Row("weather", TIME, False, "hermes call of 'time' with '{}'"),
Row("weather", "好的，今天晴。", False, "no tool call", ()),
Row("weather", '{"name": "weather", "arguments": {}}', False, "a call outside of <tool_call>", ((1, 31),)),
Row("weather", "<function=weather></function>", False, "a call outside of <tool_call>"),
Row({"format": "xml"}, JSON, False),
Row({"format": "hermes"}, XML, False),
Row({"arguments": {"city": "上海"}}, JSON, False),
Row({"arguments": {"city": "北京", "unit": "C"}}, JSON, False),
Row({"arguments": {"days": "3"}}, JSON, False),
Row({"arguments": {"now": 1}}, JSON, False),
Row({"arguments": {"now": 1}}, XML, False),
Row({"arguments": {"city": 3}}, XML, False),
Row(None, '<tool_call>\n{"name": "f"', False, "a <tool_call> that is not closed", ((0, 11),)),
Row("weather", "<tool_call>" + JSON, False,
    "a <tool_call> that is not closed; hermes call of 'weather' with "
    "'{\"city\": \"北京\", \"days\": 3, \"now\": true}'"),
Row("time", TIME + call("{'name': 'f'}"), False,
    "hermes call of 'time' with '{}'; a call that is no JSON: Expecting property name enclosed in "
    "double quotes: line 1 column 2 (char 1)"),
Row(None, call("[" * 100_000), False, "a call nested too deeply to read"),
Row(None, call("[]"), False, "a call without a name"),
Row(None, call('{"arguments": {}}'), False, "a call without a name"),
Row(None, call('{"name": "f", "arguments": "{}"}'), False,
    "a call of 'f' whose arguments are no JSON object"),
Row(None, call("<f>1</f>"), False, "a call that is no <function=…>…</function>"),
Row(None, call("<function=f>\n<parameter=a>1\n</function>"), False,
    "a call of 'f' with a broken parameter"),
Row(None, call("<function=f>1</parameter></function>"), False, "a call of 'f' with a broken parameter"),
Row(None, "</tool_call>", False, "no tool call"),
]  # fmt: skip


@pytest.mark.parametrize("args", [{"format": "json"}, {"nam": "f"}, {"arguments": 3}])
def test_what_cannot_be_called_is_refused(args: object) -> None:
    """Formats have names, and arguments are a mapping."""
    with pytest.raises(BadArguments):
        bind("tool_call", args)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_takes_linear_time(text: str) -> None:
    """Half a million characters of tags are judged in a moment."""
    start = time.monotonic()
    judge("tool_call", None, text, text[:1000])
    assert time.monotonic() - start < 5
