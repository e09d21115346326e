"""What preflight found, as the data of its file and as the terminal shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from pytest_qwen.family.preflight.difference import Difference
from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.visible import log_safe
from pytest_qwen.record.plain import plain
from pytest_qwen.record.preflight import TEXT, Preflight, PreflightDifference, reasons_of
from pytest_qwen.spec.cases import Case

SHOWN = 8
"""Affected behaviors that the table names; the file has all."""

_WIDTH = 30


def artifact(
    names: Sequence[str],
    differences: Sequence[Difference],
    suite: Mapping[str, Sequence[Case]] | None,
    models: Sequence[str] = (),
) -> Preflight:
    """Return the differences as they are written.

    Args:
        names: what the two families are called.
        differences: those between them.
        suite: cases by the name of the behavior, to say which rest on a breaking difference.
        models: the roles of the second that were bound to other checkpoints, `ROLE=CHECKPOINT`.
    """
    breaking = any(difference.breaking for difference in differences)
    return Preflight(
        schema=1,
        verdict="BREAKING" if breaking else "HARMLESS" if differences else "SAME",
        before=plain(names[0]),
        after=plain(names[1]),
        models=plain([*models]),
        behaviors=None if suite is None else len(suite),
        differences=[_row(difference, suite) for difference in differences],
    )


def _row(difference: Difference, suite: Mapping[str, Sequence[Case]] | None) -> PreflightDifference:
    before, after = difference.values
    kind: Literal["breaking", "harmless"] = "breaking" if difference.breaking else "harmless"
    texts = {"what": difference.what, "before": before, "after": after, "why": difference.why}
    return PreflightDifference(
        role=difference.role,
        **{name: plain(text)[:TEXT] for name, text in texts.items()},
        **{"class": kind},
        behaviors=None if suite is None else _affected(difference, suite),
        reasons=plain(reasons_of(**texts)),
    )


def _affected(difference: Difference, suite: Mapping[str, Sequence[Case]]) -> list[str]:
    if not difference.breaking:
        return []
    return sorted(
        name
        for name, cases in suite.items()
        if any(case.role == difference.role and difference.touches(case) for case in cases)
    )


def table(preflight: Preflight) -> str:
    """Return what the terminal shows."""
    return log_safe("\n".join(_lines(preflight)))


def _lines(preflight: Preflight) -> Iterator[str]:
    rows = preflight.differences
    counts = "no difference"
    if rows:
        counts = (
            f"{len(preflight.of('breaking'))} breaking, {len(preflight.of('harmless'))} harmless"
        )
    yield f"{preflight.verdict}: {preflight.before} to {preflight.candidate}: {counts}"
    for role in dict.fromkeys(row.role for row in rows):
        yield f"\n{role}"
        yield from _rows([row for row in rows if row.role == role])
    if preflight.behaviors is not None and rows:
        yield f"\nbehaviors affected: {preflight.affected} of {preflight.behaviors}"


def _rows(rows: Sequence[PreflightDifference]) -> Iterator[str]:
    cells = [[shorten(t, _WIDTH)[1:-1] for t in (row.what, row.before, row.after)] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row, texts in zip(rows, cells, strict=True):
        what, before, after = (text.ljust(n) for text, n in zip(texts, widths, strict=True))
        sign = "BREAKING" if row.kind == "breaking" else "harmless"
        yield f"  {sign}  {what}  {before} -> {after}  {row.why}"
        if names := row.behaviors:
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            yield f"            affects {', '.join(names[:SHOWN])}{more}"
