"""A gate's decision in words: the terminal's table.

REGRESSED: tuned.jsonl may not replace release.jsonl

            before   after  change   at worst .. at best   margin      p
suite       93.1 %  80.4 %   -12.7   -17.2 ..  -7.9           -10  0.0003  REGRESSED
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_qwen.gate.artifact import Artifact, ChangedCase, RateChange
from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.visible import log_safe

MEANING = {
    "PASS": "{candidate} may replace {baseline}",
    "MINOR": "{candidate} may replace {baseline}, although it is a little worse",
    "REGRESSED": "{candidate} may not replace {baseline}",
    "INCONCLUSIVE": "too little was seen to say whether {candidate} may replace {baseline}",
    "INVALID": "{candidate} and {baseline} cannot be compared",
}

NO_MORE = "relations between prompts that held and do not any more"
"""What is said of cases that do not keep what they are held to against another one."""

FLIPS, ADVISORY, REASONS = 5, 5, 10
"""How many of each the terminal shows."""


def table(gate: Artifact) -> str:
    """Return what the terminal shows of a decision."""
    return log_safe("\n".join(_lines(gate)).rstrip())


def _lines(gate: Artifact) -> Iterator[str]:
    yield headline(gate)
    yield from (f"  {reason}" for reason in gate.reasons[:REASONS])
    if more := gate.reasons[REASONS:]:
        yield f"  and {len(more)} reasons more"
    if gate.gated:
        yield ""
        yield from _table(gate.gated, gate.policy.margin)
        yield _counts(gate)
    if gate.severe:
        yield f"\nfrom all passing to all failing: {', '.join(gate.severe)}"
    if gate.lost:
        shown = gate.lost[:FLIPS]
        yield f"\n{NO_MORE} ({len(shown)} of {gate.lost_total}):"
        for relation in shown:
            first = relation.message.partition("\n")[0]
            yield from (f"  {relation.case}", f"    {first}")
    if worse := [row for row in gate.advisory if row.change < 0][:ADVISORY]:
        yield "\nnot gated, but look here:"
        yield from (f"  {row.name}: {rates(row)}" for row in worse)
    if gate.flips:
        changed = gate.flips[:FLIPS]
        yield f"\nitems that changed ({len(changed)} of {gate.flips_total}, losses first):"
        for case in changed:
            yield from _changed_case(case)
    yield ""
    yield from (f"note: {note}" for note in gate.notes)
    yield from (f"next: {do}" for do in gate.todo)


def headline(gate: Artifact) -> str:
    """Return the verdict and what it means for the two records."""
    names = {"baseline": gate.baseline.path, "candidate": gate.candidate.path}
    return f"{gate.verdict}: {MEANING[gate.verdict].format(**names)}"


def percent(fraction: float) -> str:
    """Return a rate as a percentage."""
    return f"{100 * fraction:.1f} %"


def points(fraction: float | None) -> str:
    """Return a change in points, with its sign.

    >>> points(-0.1034)
    '-10.3'
    """
    return "–" if fraction is None else f"{100 * fraction:+.1f}"


def rates(row: RateChange) -> str:
    """Return a row's rates and change in words."""
    before, after = percent(row.baseline), percent(row.candidate)
    return f"{before} to {after}, {points(row.change)} points"


def cells(row: RateChange, margin: float) -> list[str]:
    """Return a row of the table: name, before, after, change, interval, margin, p, verdict."""
    return [
        row.name,
        percent(row.baseline),
        percent(row.candidate),
        points(row.change),
        f"{points(row.lower)} .. {points(row.upper)}",
        f"{-100 * margin:g}",
        f"{row.p_adjusted:.2g}",
        f"{row.verdict}{', better' if row.improved else ''}",
    ]


HEAD = ["", "before", "after", "change", "at worst .. best", "margin", "p", ""]
"""The table's head."""


def _table(rows: Sequence[RateChange], margin: float) -> Iterator[str]:
    table = [HEAD, *(cells(row, margin) for row in rows)]
    widths = [max(len(row[i]) for row in table) for i in range(len(HEAD))]
    for row in table:
        first, *middle, last = [
            cell.ljust(width) if i in (0, len(HEAD) - 1) else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join([first, *middle, last]).rstrip()


def _counts(gate: Artifact) -> str:
    suite, complete = gate.gated[0], gate.completeness
    return (
        f"behaviors: {suite.clusters}, prompts: {suite.items}, samples of the candidate: "
        f"{complete.candidate.observed} of {complete.expected}; changes in points"
    )


def _changed_case(case: ChangedCase) -> Iterator[str]:
    n = case.samples
    yield f"  {case.case}: {case.passed_before} to {case.passed_after} of {n} passed"
    for example in case.examples[:1]:
        for name, sample in (("before", example.before), ("after", example.after)):
            yield f"    {name:6}  {shorten(sample.text, 70) if sample else 'no reply'}"
