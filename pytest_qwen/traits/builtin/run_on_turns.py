"""Replies that do not end where the assistant's turn ends."""

from __future__ import annotations

import re

from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Span, Verdict

# Who speaks: the parties of chat templates and instruction data; and what few-shot prompts write
# before a question and its answer, which headings and quizzes write as well.
_PARTY = r"(?:user|human|assistant|ai assistant|bot|chatbot|用户|人类|助手|机器人)"
_SLOT = r"(?:question|answer|response|instruction|input|output|q|a|问题|问|答案|答|回答|提问|指令)"
_CHATML = re.compile(r"<\|(?:im_start|im_end|endoftext|start_header_id|user|assistant)\|>")
# A role alone on its line is ChatML's header once the special tokens are dropped; with a capital
# it may be a heading, unless the text ends there.
_HEADER = re.compile(
    r"^(?:(?:user|assistant)[ \t]*$|(?:User|Human|Assistant)(?=\s*\Z))", re.MULTILINE
)


def _labels(names: str, dressed: bool) -> re.Pattern[str]:
    """Compile a label at a line's start: `Human:`, or dressed `### Human:`, `#Bot#`, `[AI]`."""
    plain = rf"\*{{0,2}}{names}[ \t]?\d{{0,2}}[ \t]?\*{{0,2}}[:：]"
    dress = rf"(?:#{{1,4}}[ \t]?{names}[ \t]?[:：#]|\[{names}\]|\{{'{names}'[:：])"
    return re.compile(rf"^[ \t]*{dress if dressed else plain}", re.MULTILINE | re.IGNORECASE)


_DRESSED_PARTY, _PLAIN_PARTY = _labels(_PARTY, dressed=True), _labels(_PARTY, dressed=False)
_DRESSED_SLOT, _PLAIN_SLOT = _labels(_SLOT, dressed=True), _labels(_SLOT, dressed=False)
_ASKS_FOR_TURNS = re.compile(
    r"dialog|conversation|interview|\bchat\b|script|\bplay\b|scene|role-?play|transcript|\bskit\b"
    r"|对话|访谈|采访|聊天|剧本|台词|角色扮演|小品|相声",
    re.IGNORECASE,
)
_OPEN_TURN = re.compile(rf"^[ \t]*{_PARTY}[ \t]?[:：]\s*\Z", re.MULTILINE | re.IGNORECASE)
_ASKER = re.compile(r"user|human|question|instruction|input|\bq\b|用户|人类|问|指令", re.IGNORECASE)


@trait(of="text")
def run_on_turns(part: Part) -> Verdict:
    r"""The reply goes on with an invented turn: of the user, or a further one of its own.

    Found are, at the start of a line: a ChatML token anywhere; a role alone on its line (what is
    left of ChatML without its special tokens); the label of a party (`### Human:`, `User:`,
    `用户：`, `#Bot#`); and the label of a question or an answer (`Q:`, `[Answer]`) in a prompt that
    writes such labels itself. A label of the assistant that the reply begins with is its own
    turn, not an invented one. Plain labels of parties are what a prompt asked for that wants a
    dialogue or holds one, unless it ends with such a label and so leaves room for one turn.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> run_on_turns(Part("水稻。\n用户：小麦呢？", Reply(text=""))).got
    "an invented turn '用户：'"
    """
    label = _invented(part.text, part.prompt)
    if label is None:
        return Verdict(False, Reason("checks.one_turn"))
    got = Reason("checks.invented_turn", label=shorten(part.text[slice(*label)]))
    return Verdict(True, got, (label,))


def own_turn(text: str, prompt: str) -> str:
    """Return the text up to where an invented turn begins, or any turn of a user."""
    invented = _invented(text, prompt)
    users = (match.start() for match in _PLAIN_PARTY.finditer(text) if _ASKER.search(match[0]))
    return text[: min([*users, invented[0] if invented else len(text)], default=None)]


def _invented(text: str, prompt: str) -> Span | None:
    kinds = [_CHATML, _HEADER, _DRESSED_PARTY]
    holds = any(_ASKER.search(label[0]) for label in _PLAIN_PARTY.finditer(prompt))
    if not (holds or _ASKS_FOR_TURNS.search(prompt)) or _OPEN_TURN.search(prompt):
        kinds.append(_PLAIN_PARTY)
    if _DRESSED_SLOT.search(prompt) or _PLAIN_SLOT.search(prompt):
        kinds += [_DRESSED_SLOT, _PLAIN_SLOT]
    begin = len(text) - len(text.lstrip())
    turns = sorted(match.span() for kind in kinds for match in kind.finditer(text))
    for start, end in turns:
        own = start <= begin and not _ASKER.search(text[start:end])
        if not own:
            return start + len(text[start:end]) - len(text[start:end].lstrip()), end
    return None
