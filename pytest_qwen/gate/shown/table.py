"""A gate's decision in words: the terminal's table.

REGRESSED: tuned.jsonl may not replace release.jsonl

            before   after  change   at worst .. at best   margin      p
suite       93.1 %  80.4 %   -12.7   -17.2 ..  -7.9           -10  0.0003  REGRESSED
"""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import east_asian_width

from pytest_qwen.gate.artifact import Artifact, CaseChange
from pytest_qwen.gate.shown.wording import HEAD, cells, headline, worse
from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.reason import Language, Reason, in_language
from pytest_qwen.messages.visible import log_safe

CASES, ADVISORY, REASONS = 5, 5, 10
"""How many of each the terminal shows."""


def table(gate: Artifact, language: Language = "en") -> str:
    """Return what the terminal shows of a decision."""
    lines = [in_language(line, language) for line in _lines(gate, language)]
    return log_safe("\n".join(lines).rstrip())


def _lines(gate: Artifact, language: Language) -> Iterator[str]:
    yield headline(gate)
    yield from map(_indented, gate.reasons[:REASONS])
    if more := gate.reasons[REASONS:]:
        yield _indented(Reason("gate.more_reasons", n=len(more)))
    if gate.gated:
        yield ""
        yield from _table(gate, language)
        yield _compared(gate)
    if gate.severe:
        yield ""
        yield Reason("gate.all_to_none", names=list(gate.severe))
    if gate.lost:
        shown = gate.lost[:CASES]
        yield ""
        yield Reason("gate.relations_lost", shown=len(shown), total=gate.lost_total)
        for relation in shown:
            first = in_language(relation.text, language).partition("\n")[0]
            yield from (f"  {relation.case}", f"    {first}")
    if lower := worse(gate, ADVISORY):
        yield ""
        yield Reason("gate.advice")
        yield from map(_indented, lower)
    if gate.flips:
        cases = gate.flips[:CASES]
        yield ""
        yield Reason("gate.changed_cases", shown=len(cases), total=gate.flips_total)
        for case in cases:
            yield from _changed_case(case, language)
    yield ""
    yield from (Reason("gate.note", text=note) for note in gate.notes)
    yield from (Reason("gate.next", text=step) for step in gate.todo)


def _indented(text: str) -> Reason:
    return Reason("gate.indented", text=text)


def _table(gate: Artifact, language: Language) -> Iterator[str]:
    rows = [HEAD, *(cells(row, gate.policy.margin) for row in gate.gated)]
    texts = [[in_language(cell, language) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        gaps = [" " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
        middle = [gap + cell for cell, gap in zip(row[1:-1], gaps[1:-1], strict=True)]
        yield "  ".join([row[0] + gaps[0], *middle, row[-1]]).rstrip()


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _compared(gate: Artifact) -> Reason:
    suite, complete = gate.gated[0], gate.completeness
    return Reason(
        "gate.compared",
        behaviors=suite.clusters,
        prompts=suite.items,
        observed=complete.candidate.observed,
        expected=complete.expected,
    )


def _changed_case(case: CaseChange, language: Language) -> Iterator[str]:
    before, after = case.passed_before, case.passed_after
    yield _indented(
        Reason("gate.changed_case", case=case.case, before=before, after=after, n=case.samples)
    )
    for example in case.examples[:1]:
        for side, sample in (
            (Reason("gate.before"), example.before),
            (Reason("gate.after"), example.after),
        ):
            text = shorten(sample.text, 70) if sample else Reason("gate.no_reply")
            yield f"    {in_language(side, language):6}  {in_language(text, language)}"
