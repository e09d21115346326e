"""Examples of `no_leaked_special_tokens` and `tool_call`."""

from __future__ import annotations

import time

import pytest

from pytest_qwen.model_io.reply import Reply
from pytest_qwen.model_io.vocabulary import Of
from pytest_qwen.traits.registry import BadArguments, bind
from pytest_qwen.traits.verdict import Part
from tests.traits.table import Row, judge

JSON = '<tool_call>\n{"name": "weather", "arguments": {"city": "北京", "days": 3, "now": true}}\n</tool_call>'
XML = (
    "<tool_call>\n<function=weather>\n<parameter=city>\n北京\n</parameter>\n<parameter=days>\n3\n</parameter>\n"
    "<parameter=now>\ntrue\n</parameter>\n</function>\n</tool_call>"
)
TIME = '<tool_call>{"name": "time", "arguments": {}}</tool_call>'
ASKED = {"name": "weather", "arguments": {"city": "北京", "days": 3}}


def call(body: str) -> str:
    return f"<tool_call>{body}</tool_call>"


TABLES = {
    "no_leaked_special_tokens": [
        Row(None, "水稻是粮食。", True, "no special token", ()),
        Row(None, "a < b | c > d, <s>old</s>, f <| x |> g, <b>bold</b>, a|>b", True),
        Row(None, f"好的，我来查。\n{JSON}\n{XML}", True),
        Row(None, "<|im_end|> 表示一轮的结束。", True, prompt="<|im_end|> 是什么？"),
        Row(None, "</think> ends it.", True, prompt="What is </think>?"),
        Row(None, "", True),
        Row(None, "水稻。<|im_end|>\n", False, "a leaked '<|im_end|>'", ((3, 13),)),
        Row(None, "Rice.<|endoftext|>Human: And?<|endoftext|>", False, "a leaked '<|endoftext|>'",
            ((5, 18), (29, 42))),
        Row(None, "<|endoftext|>", False, prompt="<|im_end|> 是什么？"),
        Row(None, "好。<｜end▁of▁sentence｜>", False, "a leaked '<｜end▁of▁sentence｜>'"),
        Row(None, "<think>\n想\n</think>\n\n水稻。", True),
        Row(None, " <think>想", True),
        Row(None, "想</think>水稻。", True),
        Row(None, "<tool_call></tool_call>", True),
        Row(None, "水稻<think>想</think>", False, "a leaked '<think>'", ((2, 9),)),
        Row(None, "<think>a</think>b</think>c", False, "a leaked '</think>'", ((17, 25),)),
        Row(None, "<think>a</think>b<think>c", False, spans=((17, 24),)),
        Row(None, "<think>a<think>b</think>c", False, spans=((8, 15),)),
        Row(None, "水稻。</tool_call>", False, "a leaked '</tool_call>'", ((3, 15),)),
        Row(None, f"{JSON}</tool_call>", False, spans=((len(JSON), len(JSON) + 12),)),
        Row(None, '<tool_call>{"name": 1', False, "a leaked '<tool_call>'", ((0, 11),)),
        Row(None, "<function=weather>\n<parameter=city>北京", False,
            "a leaked '<function=weather>' and '<parameter=city>'", ((0, 18), (19, 35))),
        Row(None, "<tool_response>21</tool_response>", False, spans=((0, 15), (17, 33))),
        Row(None, "<|a|><|b|><|c|><|d|><|e|><|f|>", False,
            "a leaked '<|a|>' and '<|b|>' and '<|c|>' and '<|d|>' and '<|e|>'"),
    ],
    "tool_call": [
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
    ],
}  # fmt: skip


@pytest.mark.parametrize("of", ["answer", "thinking"])
def test_no_think_tag_belongs_to_a_part(of: Of) -> None:
    """In the answer, or inside the thought, every tag is a leak."""
    leak = bind("no_leaked_special_tokens", None)
    for text in ("<think>a", "a</think>b"):
        assert not leak(Part(text, Reply(text=text), of=of)).passed


@pytest.mark.parametrize("args", [{"format": "json"}, {"nam": "f"}, {"arguments": 3}])
def test_what_cannot_be_called_is_refused(args: object) -> None:
    """Formats have names, and arguments are a mapping."""
    with pytest.raises(BadArguments):
        bind("tool_call", args)


@pytest.mark.parametrize("trait", TABLES)
@pytest.mark.parametrize(
    "text",
    [
        "<tool_call>" * 50_000,
        "<tool_call>" * 50_000 + "</tool_call>",
        "</tool_call>" * 50_000,
        call("<function=f>" + "<parameter=a>" * 50_000 + "</function>"),
        call("<function=f>" + "<parameter=a>1</parameter>" * 30_000 + "</function>"),
        call("<function=f>" * 30_000),
        "<|" * 200_000,
        "<|a" + "a" * 500_000,
        "<think>" * 80_000,
        '"name":' * 80_000,
        "".join(f"<|t{i}|>" for i in range(50_000)),
    ],
    ids=range(11),
)
def test_hostile_text_takes_linear_time(trait: str, text: str) -> None:
    """Half a million characters of tags are judged in a moment."""
    start = time.monotonic()
    judge(trait, None, text, text[:1000])
    assert time.monotonic() - start < 5
