"""What the gate decided about the two records, and all that led to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from pytest_qwen.gate.artifact import Artifact, RateChange
from pytest_qwen.record.node_id import NodeId
from pytest_qwen.report.contents import Contents
from pytest_qwen.report.plots.strips import Dot, Strip, Stroke, percent
from pytest_qwen.report.sections.gate_facts import facts
from pytest_qwen.report.words import Phrase, Words

_MOST = 50
"""Rows of one kind that are shown; gate.json has all that the gate kept."""


class GatedRow(NamedTuple):
    """A gated rate: its change in points, its interval beside the margin, and the result."""

    name: str
    change: str
    strip: Strip
    margin: str
    result: str


class CaseLink(NamedTuple):
    """A name that leads to a case of the page, or nowhere ("")."""

    name: str
    href: str


class LostRow(NamedTuple):
    """A relation between prompts that held in the baseline and fails in the candidate."""

    case: CaseLink
    relation: str
    message: Phrase


class ChangedRow(NamedTuple):
    """A case with another passing rate: the traits that changed, how many samples passed."""

    case: CaseLink
    traits: str
    before: str
    after: str


@dataclass(frozen=True)
class Gate:
    """The verdict and why, what to do, the gated rates, and what was found besides.

    `forbidden` are events that may not occur even once, `severe` the behaviors that went from all
    passing to all failing, `worse` the rates that are not gated. `english` says that the file has
    no codes that could be told in the page's language.
    """

    template: ClassVar[str] = "gate.jinja"
    title: str
    reasons: list[Phrase]
    english: bool
    todo: list[Phrase]
    notes: list[Phrase]
    rows: list[GatedRow]
    ticks: list[str]
    forbidden: str
    severe: list[CaseLink]
    lost: list[LostRow]
    lost_label: str
    changed: list[ChangedRow]
    changed_label: str
    worse: list[str]
    facts: list[tuple[str, str]]

    @classmethod
    def of(cls, contents: Contents) -> Gate | None:
        """Lay the decision out; None where no gate decided."""
        gate, words = contents.decision, contents.words
        if gate is None:
            return None
        reach = _reach(gate)
        cases = {case.case.id: f"#{case.id}" for case in contents.cases}
        roles = {
            f"{c.case.names[0]}[{c.case.names[1]}]": f"#{c.id}" for c in reversed(contents.cases)
        }
        reasons = [words.phrase(reason, 500) for reason in gate.reasons[:_MOST]]
        return cls(
            title=words.labeled(words.gate, words(gate.verdict)),
            reasons=reasons,
            english=any(reason.language for reason in reasons),
            todo=[words.phrase(text, 500) for text in gate.todo[:_MOST]],
            notes=[words.phrase(text, 500) for text in gate.notes[:_MOST]],
            rows=[_row(rate, gate.policy.margin, reach) for rate in gate.gated[:_MOST]],
            ticks=[f"{100 * x:+.0f}" if x else "0" for x in (-reach, 0, reach)],
            forbidden=words.listed(f"{name[:80]} ×{n}" for name, n in [*gate.hard.items()][:_MOST]),
            severe=[CaseLink(name[:120], roles.get(name, "")) for name in gate.severe[:_MOST]],
            lost=_lost(gate, cases, words),
            lost_label=words("lost_relations", n=max(gate.lost_total, len(gate.lost))),
            changed=_changed(gate, cases, words),
            changed_label=words("changed_rates", n=max(gate.flips_total, len(gate.flips))),
            worse=[_worse(rate, words) for rate in gate.advisory if rate.change < 0][:10],
            facts=facts(gate, words),
        )


def _lost(gate: Artifact, cases: Mapping[str, str], words: Words) -> list[LostRow]:
    return [
        LostRow(_link(lost.case, cases), lost.name[:80], words.phrase(lost.text, 1000))
        for lost in gate.lost[:_MOST]
    ]


def _changed(gate: Artifact, cases: Mapping[str, str], words: Words) -> list[ChangedRow]:
    return [
        ChangedRow(
            case=_link(case.case, cases),
            traits=words.listed(name[:80] for name in case.traits[:_MOST]),
            before=f"{case.passed_before}/{case.samples}",
            after=f"{case.passed_after}/{case.samples}",
        )
        for case in gate.flips[:_MOST]
    ]


def _link(case: str, cases: Mapping[str, str]) -> CaseLink:
    return CaseLink(NodeId.parse(case).short[:200], cases.get(case, ""))


def _worse(rate: RateChange, words: Words) -> str:
    rates = f"{100 * rate.baseline:.1f} % → {100 * rate.candidate:.1f} %"
    return words.labeled(rate.name[:80], rates)


def _reach(gate: Artifact) -> float:
    """Return the greatest change that the plot has to show."""
    bounds = [abs(b) for row in gate.gated for b in (row.change, row.lower, row.upper) if b]
    return min(1.0, max([1.5 * gate.policy.margin, *bounds]) * 1.1) or 1.0


def _row(rate: RateChange, margin: float, reach: float) -> GatedRow:
    def at(change: float) -> str:
        return percent(min(1.0, max(0.0, 0.5 + change / reach / 2)))

    segments = []
    if rate.lower is not None and rate.upper is not None:
        segments.append(Stroke("now", at(rate.lower), at(rate.upper), 8))
    dot = Dot("now worse" if rate.change < 0 else "now", at(rate.change), 8, 4)
    uprights = [("axis", "50%"), ("margin", at(-margin))]
    return GatedRow(
        name=rate.name[:80],
        change=f"{100 * rate.change:+.1f}",
        strip=Strip(16, 8, uprights, segments, [dot]),
        margin=f"{-100 * margin:+.0f}",
        result=rate.verdict or "–",
    )
