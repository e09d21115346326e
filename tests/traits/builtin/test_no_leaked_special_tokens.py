"""Examples of `no_leaked_special_tokens`."""

from __future__ import annotations

import time

import pytest

from pytest_qwen.model_io.reply import Reply
from pytest_qwen.model_io.vocabulary import Of
from pytest_qwen.traits.registry import bind
from pytest_qwen.traits.verdict import Part
from tests.traits.table import Row, judge
from tests.traits.tool_calls import HOSTILE, JSON, XML

TABLE = [
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
]  # fmt: skip


@pytest.mark.parametrize("of", ["answer", "thinking"])
def test_no_think_tag_belongs_to_a_part(of: Of) -> None:
    """In the answer, or inside the thought, every tag is a leak."""
    leak = bind("no_leaked_special_tokens", None)
    for text in ("<think>a", "a</think>b"):
        assert not leak(Part(text, Reply(text=text), of=of)).passed


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_takes_linear_time(text: str) -> None:
    """Half a million characters of tags are judged in a moment."""
    start = time.monotonic()
    judge("no_leaked_special_tokens", None, text, text[:1000])
    assert time.monotonic() - start < 5
