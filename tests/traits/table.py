"""How the tables of trait tests are written: rows that a trait must pass or fail, with evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from pytest_qwen.model_io.reply import Reply
from pytest_qwen.model_io.vocabulary import Of
from pytest_qwen.traits.registry import Judge, bind, bind_measure
from pytest_qwen.traits.verdict import Part, Span, Verdict


@dataclass(frozen=True)
class Row:
    """What a spec writes behind the trait, a text, and the verdict; evidence where it matters.

    A trait over the replies of a case has a list of texts.
    """

    args: Any
    text: str | list[str]
    passed: bool
    got: str | None = None
    spans: tuple[Span, ...] | None = None
    prompt: str = ""
    reply: dict[str, Any] = field(default_factory=dict)

    def holds(self, trait: str, function: Judge | None = None) -> bool:
        """Judge the row, with another function in the trait's place if one is given."""
        bound, part = prepare(trait, self.args, self.text, self.prompt, **self.reply)
        verdict = (function or bound.trait.judge)(part, **bound.arguments)
        return (
            verdict.passed == self.passed
            and self.got in (None, verdict.got)
            and self.spans in (None, verdict.spans)
        )


@dataclass(frozen=True)
class Number:
    """What a spec writes behind the measure, the texts of the samples, and the number or the error."""

    args: Any
    texts: list[str]
    value: float | str
    prompt: str = ""
    reply: dict[str, Any] = field(default_factory=dict)

    def holds(self, name: str, compute: Any = None) -> bool:
        """Compute the row, with another function in the measure's place if one is given."""
        bound = bind_measure(name, self.args)
        samples = parts(self.texts, bound.of, self.prompt, **self.reply)
        try:
            got = (compute or bound.measure.compute)(samples, **bound.arguments)
        except ValueError as error:
            return str(error) == self.value
        return self.value == pytest.approx(got)


def prepare(
    trait: str, args: Any, text: str | list[str], prompt: str = "", **reply: Any
) -> tuple[Any, Part | list[Part]]:
    """Bind a trait as a spec would write it, and make a reply, or replies, of `text` to judge."""
    bound = bind(trait, args)
    made = parts(text, bound.trait.of, prompt, **reply)
    return bound, made if bound.trait.over == "replies" else made[0]


def parts(text: str | list[str], of: Of, prompt: str = "", **reply: Any) -> list[Part]:
    """Make a reply of each text; it is what the reply thinks where that is what is judged."""
    texts = [text] if isinstance(text, str) else text
    replies = (Reply(**{"text": t, "answer": t, "thinking": t, **reply}) for t in texts)
    return [Part.of_reply(each, of, prompt) for each in replies]


def judge(trait: str, args: Any, text: str | list[str], prompt: str = "", **reply: Any) -> Verdict:
    """Judge `text` (as text and as answer) with a trait as a spec would write it."""
    bound, part = prepare(trait, args, text, prompt, **reply)
    return bound(part)
