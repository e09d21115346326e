"""The lines of a record, checked: records are untrusted, and many fields may be missing."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from pytest_qwen.record.check_names import called, traits_inside
from pytest_qwen.record.record import met


class _Line(BaseModel):
    model_config = ConfigDict(strict=True)


class Verdict(_Line):
    """One expectation and whether a sample met it; None where there was nothing to judge."""

    trait: str
    args: Any = None
    passed: bool | None = None
    evidence: dict[str, Any] = {}
    line: int | None = None
    at_least: float = 1.0

    @property
    def met(self) -> bool | None:
        """Whether it counts as met."""
        return met(self.trait, self.passed)

    @property
    def called(self) -> str:
        """Its name; that of a combination says what it holds."""
        return called(self.trait, self.args)

    @property
    def traits(self) -> list[str]:
        """The traits in it."""
        return list(traits_inside(self.trait, self.args))

    @property
    def got(self) -> str:
        """What there was instead, or the reason why it passed."""
        return str(self.evidence.get("got", ""))


class Reply(_Line):
    """What the page shows of a reply."""

    text: str = ""
    thinking: str = ""
    answer: str = ""
    thinking_state: str = "absent"
    finish: str = ""
    token_ids: list[Any] = []
    n_thinking_tokens: int = 0
    seed: int = 0
    sample: int = 0


class Error(_Line):
    """Why there is no reply to judge."""

    kind: str = "error"
    message: str = ""


class Message(_Line):
    """One message of a prompt."""

    role: str = ""
    content: str = ""


class Said(_Line):
    """What a snapshot has of a sample: hidden characters are escapes, long texts lose their end."""

    finish: str = ""
    thinking_state: str = ""
    thinking: str = ""
    answer: str = ""
    left_out: int = 0


class Flip(_Line):
    """The first token that differs, and how far it was from the runner-up."""

    token: int
    was: str
    now: str
    margin: float | str
    near: bool = False


class Stray(_Line):
    """How a sample differs from its snapshot; see docs/record.md."""

    environment: str | None = None
    asked: bool = True
    flip: Flip | None = None
    was: Said | None = None

    @property
    def kinds(self) -> list[str]:
        """What explains the difference: a near tie, another environment; else it is a change."""
        near = self.asked and self.flip is not None and self.flip.near
        told = {"near_tie": near, "drift": self.environment is not None}
        return [kind for kind, holds in told.items() if holds] or ["strayed"]


class Sample(_Line):
    """One line of the record."""

    case: str
    behavior: str | None = None
    role: str | None = None
    prompt_id: str | None = None
    prompt: list[Message] = []
    reply: Reply | None = None
    verdicts: list[Verdict] = []
    error: Error | None = None
    snapshot: Stray | None = None

    @property
    def passed(self) -> bool | None:
        """Whether every expectation is met; None where a test was skipped."""
        said = [verdict.met for verdict in self.verdicts if verdict.met is not None]
        return all(said) if said and self.error is None else None

    @property
    def said(self) -> str:
        """What the page shows as the answer: the whole text where there is no thinking."""
        if self.reply is None:
            return ""
        return self.reply.answer if self.reply.thinking else self.reply.text

    @property
    def thinking(self) -> str:
        """What was thought before."""
        return self.reply.thinking if self.reply else ""

    @property
    def truncated(self) -> bool:
        """Whether the budget of tokens ended the reply."""
        return self.reply is not None and self.reply.finish == "length"


class Whole(Verdict):
    """A verdict on a whole case: on a prompt that it is held against, or on its snapshot.

    `other` is the case of that prompt.
    """

    case: str
    other: str = ""
    error: Error | None = None


class Comparison(_Line):
    """A relation between roles that a run judged: what is claimed, and whether it holds."""

    case: str
    behavior: str = ""
    line: int | None = None
    claim: str = ""
    order: str = ""
    passed: bool | None = None
    error: Error | None = None

    @property
    def met(self) -> bool:
        """Whether nothing is wrong with it; a skipped one is left open."""
        return self.passed is not False and (self.error is None or self.error.kind == "skipped")


class Header(_Line):
    """The first line: what was run, with what."""

    kind: Literal["run"]
    suite: list[str] = []
    family: str = ""
    checkpoints: dict[str, dict[str, Any] | None] = {}
    options: dict[str, Any] = {}
    versions: dict[str, Any] = {}
    attempt: int = 1


class End(_Line):
    """The last line: the cases that were expected, and those that reported."""

    kind: Literal["end"]
    expected: list[str] = []
    reported: list[str] = []
