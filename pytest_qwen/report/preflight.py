"""What differs between the families of two records, as `pytest-qwen preflight --out` wrote it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from pydantic import Field

from pytest_qwen.report.against import merged
from pytest_qwen.report.given import Part, load
from pytest_qwen.report.marks import Shown
from pytest_qwen.report.run import Run

_DO = "name what `pytest-qwen preflight --out` wrote"

_SHOWN = 400
"""Characters of what was before and after that are shown."""


class Difference(Part):
    """What differs for a role, whether it breaks something, why, and the behaviors affected."""

    role: str
    what: str
    before: str
    after: str
    kind: Literal["breaking", "harmless"] = Field(alias="class")
    why: str
    behaviors: list[str] | None

    def shown(self, translate: Callable[[str], str]) -> list[Shown]:
        """What was before and after: one text with its changes, or both where they share little.

        `translate` returns "" where it does not know a text.
        """
        before, after = (translate(text) or text for text in (self.before, self.after))
        return merged(before, after, _SHOWN)


class Preflight(Part):
    """The two families by name, how many behaviors were looked at, and what differs."""

    schema_: Literal[1] = Field(alias="schema")
    before: str
    after: str
    behaviors: int | None
    differences: list[Difference]

    def of(self, kind: str) -> list[Difference]:
        """Return the differences that are breaking, or those that are harmless."""
        return [one for one in self.differences if one.kind == kind]

    @property
    def affected(self) -> int:
        """How many behaviors rest on what breaks."""
        return len({name for one in self.differences for name in one.behaviors or ()})

    def matches(self, now: Run, was: Run) -> bool:
        """Say whether the families are called as those of the records are."""
        names = self.before, self.after.partition(" with ")[0]  # of --model ROLE=CHECKPOINT
        return names == (was.header.family, now.header.family)


def read(path: Path) -> Preflight:
    """Read what preflight found.

    Raises:
        ReportError: it cannot be read, or is something else.
    """
    return load(Preflight, path, "what preflight found", _DO)
