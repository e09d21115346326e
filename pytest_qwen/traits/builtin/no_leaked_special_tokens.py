"""Tokens of the protocol that stand where a reader should never see them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Span, Verdict

# `<|im_end|>`, `<|endoftext|>`, `<|vision_start|>`, …; DeepSeek's have full-width bars.
_SPECIAL = re.compile(r"<\|[A-Za-z0-9_]{1,40}\|>|<｜[^<>｜\n]{1,40}｜>")
_THINK = re.compile(r"</?think>")
_TOOL = re.compile(r"</?tool_call>|</?tool_response>|<(?:function|parameter)=[^<>\n]{0,80}>")
_BLOCK = re.compile(r"\s*<think>")
_CLOSE = "</tool_call>"
_SHOWN = 5  # of the tokens that leaked


@trait(of="text", needs=["special_tokens"])
def no_leaked_special_tokens(part: Part) -> Verdict:
    """No token of the protocol stands in the text as if it were text.

    Leaked are special tokens (`<|im_end|>`, `<|endoftext|>`, …), think tags, the tags of a tool's
    response, and those of a tool call that is not whole (`<tool_call>…</tool_call>`). In the whole
    text one think block may stand, at its beginning, or only its end where the prompt opens it.
    What the prompt itself writes may be quoted.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> no_leaked_special_tokens(Part("水稻。<|im_end|>", Reply(text=""))).got
    "a leaked '<|im_end|>'"
    """
    text = part.text
    quoted = {m[0] for kind in (_SPECIAL, _THINK, _TOOL) for m in kind.finditer(part.prompt)}
    spans = _spans(_SPECIAL, text)
    spans += _outside_block(text) if part.of == "text" else _spans(_THINK, text)
    spans += _outside_calls(text)
    leaks = tuple(sorted(span for span in spans if text[slice(*span)] not in quoted))
    if not leaks:
        return Verdict(True, Reason("checks.no_special_token"))
    tokens = list(dict.fromkeys(text[slice(*span)] for span in leaks))
    shown = list(map(shorten, tokens[:_SHOWN]))
    return Verdict(False, Reason("checks.leaked_tokens", tokens=shown), leaks)


def _spans(pattern: re.Pattern[str], text: str) -> list[Span]:
    return [match.span() for match in pattern.finditer(text)]


def _outside_block(text: str) -> list[Span]:
    """Return the think tags of a whole text without one that opens it and the first that closes."""
    tags = _spans(_THINK, text)
    if _BLOCK.match(text):
        tags = tags[1:]
    first = next((span for span in tags if text.startswith("</", span[0])), None)
    return [span for span in tags if span != first]


def _outside_calls(text: str) -> Iterator[Span]:
    """Yield the tags of tools that do not belong to a whole call."""
    end, last = 0, text.rfind(_CLOSE)
    for match in _TOOL.finditer(text):
        if match.start() < end:
            continue
        if match[0] == "<tool_call>" and match.end() <= last:
            end = text.find(_CLOSE, match.end()) + len(_CLOSE)
        else:
            yield match.span()
