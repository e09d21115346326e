"""The thought and the answer of a reply, told apart by one state machine over its pieces.

    split_thinking(text_pieces("<think>2+2</think>4"))          a reply recorded elsewhere
    split_thinking(id_pieces(ids, tags, decode), opened=True)   token ids, from an engine

Token ids are the surer source: a `<think>` that a model spells with ordinary tokens is text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple

from pytest_qwen.model_io.reply import Finish, ThinkingState

Kind = Literal["text", "open", "close", "tool"]
TAGS: dict[str, Kind] = {"<think>": "open", "</think>": "close", "<tool_call>": "tool"}


class Piece(NamedTuple):
    """A tag, or the text between two tags."""

    kind: Kind
    text: str
    n_tokens: int = 0


@dataclass(frozen=True, slots=True)
class TagIds:
    """The ids of the tags in one tokenizer; `None` where it has no such token."""

    open: int | None
    close: int | None
    tool: int | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """A reply's thinking and answer, both stripped, and what became of the think block."""

    thinking: str
    answer: str
    state: ThinkingState
    n_thinking_tokens: int = 0


def text_pieces(text: str) -> Iterator[Piece]:
    """Cut a text at its tags; token counts stay 0."""
    for part in re.split(r"(</?think>|<tool_call>)", text):
        if part:
            yield Piece(TAGS.get(part, "text"), part)


def id_pieces(
    ids: Sequence[int], tags: TagIds, decode: Callable[[Sequence[int]], str]
) -> Iterator[Piece]:
    """Cut token ids at the ids of the tags, and decode what stands between."""
    names: dict[int | None, Kind] = {tags.open: "open", tags.close: "close", tags.tool: "tool"}
    for kind, run in groupby(ids, lambda i: names.get(i, "text")):
        block = list(run)
        if kind == "text":
            yield Piece(kind, decode(block), len(block))
        else:
            yield from (Piece(kind, decode([tag]), 1) for tag in block)


def split_thinking(
    pieces: Iterable[Piece],
    *,
    opened: bool = False,
    pre_closed: bool = False,
    finish: Finish = Finish.STOP,
) -> Split:
    """Tell thinking and answer apart.

    Everything before the last `</think>` is thinking, as in the recipe of the Qwen3 model cards;
    a tool call inside an open block ends it instead, as Qwen3.5 means it; and while a block is
    unclosed all is thinking, so that no thought is ever judged as an answer. Tags that are out
    of place stay visible in the part where they stand.

    Args:
        pieces: the reply, from `text_pieces` or `id_pieces`.
        opened: the prompt ended with `<think>`; an opening tag in the reply is then optional.
        pre_closed: the prompt ended with an empty block: thinking is switched off.
        finish: tells a thought that was cut off (`length`) from one that the model just left.
    """
    blocks = list(pieces)
    first = next((i for i, p in enumerate(blocks) if p.text.strip()), len(blocks))
    if first < len(blocks) and blocks[first].kind == "open":
        opened = True
        blocks = blocks[first + 1 :]
    kinds = [piece.kind for piece in blocks]
    closes = [i for i, kind in enumerate(kinds) if kind == "close"]
    is_open = opened or "open" in kinds[: closes[0] if closes else None]
    until = closes[0] if closes else len(kinds)
    if is_open and "tool" in kinds[:until]:
        at = kinds.index("tool")
        return _split(blocks[:at], blocks[at:], ThinkingState.TOOL_IN_THINKING)
    if closes:
        return _closed(blocks, closes, pre_closed, finish)
    if pre_closed and not opened and is_open:
        return _split([], blocks, ThinkingState.LEAKED)
    if is_open:
        return _split(blocks, [], _unclosed(finish))
    return _split([], blocks, ThinkingState.ABSENT)


def _closed(blocks: list[Piece], closes: list[int], pre_closed: bool, finish: Finish) -> Split:
    thinking, answer = blocks[: closes[-1]], blocks[closes[-1] + 1 :]
    visible = next((piece.kind for piece in answer if piece.text.strip()), "text")
    if visible == "open":
        return _split(blocks, [], _unclosed(finish))
    if len(closes) > 1 or pre_closed:
        state = ThinkingState.MULTIPLE
    elif any(piece.kind == "open" for piece in answer):
        state = ThinkingState.LEAKED
    elif not "".join(piece.text for piece in thinking).strip():
        state = ThinkingState.EMPTY
    else:
        state = ThinkingState.CLOSED
    return _split(thinking, answer, state)


def _unclosed(finish: Finish) -> ThinkingState:
    if finish == Finish.LENGTH:
        return ThinkingState.UNCLOSED_TRUNCATED
    return ThinkingState.UNCLOSED_STOPPED


def _split(thinking: list[Piece], answer: list[Piece], state: ThinkingState) -> Split:
    thought, answered = ("".join(p.text for p in part).strip() for part in (thinking, answer))
    return Split(thought, answered, state, sum(p.n_tokens for p in thinking if p.kind == "text"))
