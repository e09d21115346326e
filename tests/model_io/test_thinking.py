"""Thinking and answer are told apart, on text and on token ids, in all eight states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from pytest_qwen.model_io.reply import Finish, ThinkingState
from pytest_qwen.model_io.thinking import TAGS, TagIds, id_pieces, split_thinking, text_pieces

OPENED, CUT = {"opened": True}, {"finish": Finish.LENGTH}
OFF = {"pre_closed": True}
CASES: list[tuple[str, dict[str, Any], str, str, str]] = [
    ("水稻。", {}, "", "水稻。", "absent"),
    ("", {}, "", "", "absent"),
    ("<think>\n想想\n</think>\n\n水稻。", {}, "想想", "水稻。", "closed"),
    ("想想</think>水稻。", OPENED, "想想", "水稻。", "closed"),
    (" \n<think>想</think>水稻。", OPENED, "想", "水稻。", "closed"),
    ("想</think>水稻。", {}, "想", "水稻。", "closed"),
    ("<think>a<think>b</think>c", {}, "a<think>b", "c", "closed"),
    ("<thinking>a</thinking>", {}, "", "<thinking>a</thinking>", "absent"),
    ("<think>\n\n</think>\n\n水稻。", {}, "", "水稻。", "empty"),
    ("</think>水稻。", OPENED, "", "水稻。", "empty"),
    ("<think>想", CUT, "想", "", "unclosed_truncated"),
    ("想", OPENED | CUT, "想", "", "unclosed_truncated"),
    ("想", OPENED, "想", "", "unclosed_stopped"),
    ("好。<think>想", {}, "好。<think>想", "", "unclosed_stopped"),
    ("", OPENED, "", "", "unclosed_stopped"),
    ("<think>a</think>\n<think>b", CUT, "a</think>\n<think>b", "", "unclosed_truncated"),
    ("<think>a</think>b<think>c</think>d", {}, "a</think>b<think>c", "d", "multiple"),
    ("a</think>b</think>c", OPENED, "a</think>b", "c", "multiple"),
    ("<think>a</think>b", OFF, "a", "b", "multiple"),
    ("<think>a</think>b <think> c", {}, "a", "b <think> c", "leaked"),
    ("水稻<think>。", OFF, "", "水稻<think>。", "leaked"),
    ("水稻。", OFF, "", "水稻。", "absent"),
    ("<think>想", OFF, "想", "", "unclosed_stopped"),
    ("想<tool_call>{}</tool_call>", OPENED, "想", "<tool_call>{}</tool_call>", "tool_in_thinking"),
    ("<think>a<tool_call>b</think>c", {}, "a", "<tool_call>b</think>c", "tool_in_thinking"),
    ("<tool_call>{}</tool_call>", {}, "", "<tool_call>{}</tool_call>", "absent"),
    ("<think>a</think><tool_call>b", {}, "a", "<tool_call>b", "closed"),
]

# A toy tokenizer: a tag is one token, and so is every other character.
IDS = {"<think>": 1, "</think>": 2, "<tool_call>": 3}
TAG_IDS = TagIds(open=1, close=2, tool=3)


def encode(text: str) -> list[int]:
    return [
        i
        for piece in text_pieces(text)
        for i in ([IDS[piece.text]] if piece.text in TAGS else [ord(c) + 100 for c in piece.text])
    ]


def decode(ids: Sequence[int]) -> str:
    tags = {i: tag for tag, i in IDS.items()}
    return "".join(tags.get(i) or chr(i - 100) for i in ids)


@pytest.mark.parametrize(("text", "how", "thinking", "answer", "state"), CASES)
def test_text_and_ids_agree(
    text: str, how: dict[str, Any], thinking: str, answer: str, state: str
) -> None:
    """Both sources go through one state machine and give the same parts and the same state."""
    for pieces in (text_pieces(text), id_pieces(encode(text), TAG_IDS, decode)):
        split = split_thinking(pieces, **how)
        assert (split.thinking, split.answer, split.state) == (thinking, answer, state)


def test_every_state_is_shown() -> None:
    """The cases above leave out no state that a reply can be in."""
    assert {case[-1] for case in CASES} == set(ThinkingState)


def test_thinking_tokens_are_counted_on_ids() -> None:
    """The tokens of the thought count, those of its tags do not."""
    split = split_thinking(id_pieces(encode("<think>\n想想\n</think>水稻。"), TAG_IDS, decode))
    assert split.n_thinking_tokens == 4


def test_spelled_tags_are_text_on_ids() -> None:
    """On ids, a tag written with ordinary tokens neither opens nor closes a thought."""
    ids = [ord(c) + 100 for c in "<think>想</think>"]
    split = split_thinking(id_pieces(ids, TAG_IDS, decode))
    assert (split.state, split.answer) == ("absent", "<think>想</think>")


def test_tokenizer_without_tags() -> None:
    """A family without thinking has no tag ids, and its replies are answers."""
    split = split_thinking(id_pieces(encode("水稻"), TagIds(None, None), decode))
    assert (split.state, split.answer) == ("absent", "水稻")
