"""The relations between roles that the suite claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from pytest_qwen.messages.reason import from_json
from pytest_qwen.record.node_id import NodeId
from pytest_qwen.record.schema import ComparisonLine
from pytest_qwen.report.anchor import anchor
from pytest_qwen.report.contents import Contents
from pytest_qwen.report.words import Phrase, Words


class RelationRow(NamedTuple):
    """What is claimed of a behavior, where it stands, and whether it held before and holds now."""

    id: str
    behavior: str
    place: str
    claim: Phrase
    order: str
    before: str
    now: str
    bad: bool


@dataclass(frozen=True)
class Relations:
    """A row for each relation; `two` where there is a baseline."""

    template: ClassVar[str] = "relations.jinja"
    rows: list[RelationRow]
    two: bool

    @classmethod
    def of(cls, contents: Contents) -> Relations | None:
        """List the relations; None where none is claimed."""
        rows = [_row(now, was, contents.words) for now, was in contents.relations]
        return cls(rows, contents.was is not None) if rows else None


def _row(now: ComparisonLine, was: ComparisonLine | None, words: Words) -> RelationRow:
    return RelationRow(
        id=anchor(now.case),
        behavior=now.behavior,
        place=place(now.case, now.line),
        claim=words.phrase(from_json(now.claim_code) or now.claim, 400),
        order=now.order[:200],
        before=_sign(was),
        now=_sign(now),
        bad=not now.met,
    )


def _sign(relation: ComparisonLine | None) -> str:
    if relation is None:
        return "–"
    if relation.error:
        return relation.error.kind[:40]
    return "–" if relation.passed is None else "✓" if relation.passed else "✗"


def place(case: str, line: int | None) -> str:
    """Return where an expectation stands, as `path:line`."""
    path = NodeId.parse(case).path
    return f"{path}:{line}" if line else path
