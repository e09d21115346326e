"""What preflight found, in words and as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pytest_qwen.family.preflight.difference import Difference
from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.visible import log_safe
from pytest_qwen.record.record import plain
from pytest_qwen.spec.cases import Case

SCHEMA = 1
"""The version of the artifact."""

SHOWN = 8
"""Affected behaviors that the table names; the artifact has all."""

TEXT = 2000
"""Characters of what was before and after that the artifact keeps."""

_WIDTH = 30
_CLASS = {True: "BREAKING", False: "harmless"}


def artifact(
    names: Sequence[str], found: Sequence[Difference], suite: Mapping[str, Sequence[Case]] | None
) -> dict[str, Any]:
    """Return the differences as JSON data.

    Args:
        names: what the two families are called.
        found: the differences between them.
        suite: cases by the name of the behavior, to say which rest on a breaking difference.
    """
    breaking = sum(one.breaking for one in found)
    verdict = "BREAKING" if breaking else "HARMLESS" if found else "SAME"
    clean: dict[str, Any] = plain(
        {
            "schema": SCHEMA,
            "verdict": verdict,
            "before": names[0],
            "after": names[1],
            "behaviors": None if suite is None else len(suite),
            "differences": [_row(one, suite) for one in found],
        }
    )
    return clean


def _row(one: Difference, suite: Mapping[str, Sequence[Case]] | None) -> dict[str, Any]:
    affected = None if suite is None else _affected(one, suite)
    return {
        "role": one.role,
        "what": one.what,
        "before": one.told[0][:TEXT],
        "after": one.told[1][:TEXT],
        "class": _CLASS[one.breaking].lower(),
        "why": one.why,
        "behaviors": affected,
    }


def _affected(one: Difference, suite: Mapping[str, Sequence[Case]]) -> list[str]:
    if not one.breaking:
        return []
    return sorted(
        name
        for name, cases in suite.items()
        if any(case.role == one.role and one.touches(case) for case in cases)
    )


def told(found: Mapping[str, Any]) -> str:
    """Return what the terminal shows of an artifact."""
    return log_safe("\n".join(_lines(found)))


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    rows = found["differences"]
    breaking = sum(row["class"] == "breaking" for row in rows)
    counts = f"{breaking} breaking, {len(rows) - breaking} harmless" if rows else "no difference"
    yield f"{found['verdict']}: {found['before']} to {found['after']}: {counts}"
    for role in dict.fromkeys(row["role"] for row in rows):
        yield f"\n{role}"
        yield from _table([row for row in rows if row["role"] == role])
    if found["behaviors"] is not None and rows:
        affected = {name for row in rows for name in row["behaviors"]}
        yield f"\nbehaviors affected: {len(affected)} of {found['behaviors']}"


def _table(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    columns = "what", "before", "after"
    cells = [[shorten(row[name], _WIDTH)[1:-1] for name in columns] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(3)]
    for row, texts in zip(rows, cells, strict=True):
        what, before, after = (text.ljust(n) for text, n in zip(texts, widths, strict=True))
        sign = "BREAKING" if row["class"] == "breaking" else "harmless"
        yield f"  {sign}  {what}  {before} -> {after}  {row['why']}"
        if names := row["behaviors"]:
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            yield f"            affects {', '.join(names[:SHOWN])}{more}"
