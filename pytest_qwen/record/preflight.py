"""What `pytest-qwen preflight --out` writes: how two families differ, before any weight is loaded.

A difference says what differs, its values before and after and why that matters in English, and
beside it under `reasons` the same as codes with values, by the name of the field. A text that a
checkpoint itself brings has no code.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from pytest_qwen.messages.reason import Language, Reason, from_json, in_language

TEXT = 2000
"""Characters of what was before and after that the file keeps."""

Text = Literal["what", "before", "after", "why"]
"""A field of a difference that people read."""


class PreflightDifference(BaseModel):
    """What differs for a role, whether it breaks something, why, and the behaviors affected.

    `behaviors` is None where no suite was looked at.
    """

    model_config = ConfigDict(strict=True, frozen=True)

    role: str
    what: str
    before: str
    after: str
    kind: Literal["breaking", "harmless"] = Field(alias="class")
    why: str
    behaviors: list[str] | None
    reasons: dict[str, Any] = {}

    def text(self, name: Text, language: Language) -> tuple[str, Language]:
        """Return a field in a language, or in English where it has no code that is known here."""
        reason = from_json(self.reasons.get(name))
        if reason is None:
            return getattr(self, name), "en"
        return in_language(reason, language), language


class Preflight(BaseModel):
    """How two families differ, by their names; `behaviors` is the number of those looked at.

    `models` are the roles of the second that were bound to other checkpoints, `ROLE=CHECKPOINT`.
    `schema` is the version of the file.
    """

    model_config = ConfigDict(strict=True, frozen=True)

    schema_: Literal[1] = Field(alias="schema")
    verdict: Literal["SAME", "HARMLESS", "BREAKING"] | None = None
    before: str
    after: str
    models: list[str] = []
    behaviors: int | None
    differences: list[PreflightDifference]

    def of(self, kind: str) -> list[PreflightDifference]:
        """Return the differences that are breaking, or those that are harmless."""
        return [difference for difference in self.differences if difference.kind == kind]

    @property
    def candidate(self) -> str:
        """What the second family is called, with the checkpoints that it was given."""
        return " with ".join([self.after, *self.models])

    @property
    def affected(self) -> int:
        """How many behaviors rest on what breaks."""
        return len({name for row in self.differences for name in row.behaviors or ()})


def reasons_of(**texts: str) -> dict[str, Any]:
    """Return the codes and values of the texts that have them, by field."""
    assert texts.keys() <= {*get_args(Text)}
    return {
        name: text.to_json()
        for name, text in texts.items()
        if isinstance(text, Reason) and len(text) <= TEXT
    }
