"""What the gate decided about the two records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from pytest_qwen.gate.artifact import Artifact, RateChange
from pytest_qwen.report.chinese import in_chinese
from pytest_qwen.report.contents import Contents
from pytest_qwen.report.strips import Dot, Segment, Strip, percent
from pytest_qwen.report.words import Phrase, Words


class GatedRow(NamedTuple):
    """A gated rate: its change in points, its interval beside the margin, and the result."""

    name: str
    change: str
    strip: Strip
    margin: str
    result: str


@dataclass(frozen=True)
class Gate:
    """The verdict, why, and the gated rates on an axis of changes with three ticks."""

    template: ClassVar[str] = "gate.jinja"
    title: str
    reasons: list[Phrase]
    rows: list[GatedRow]
    ticks: list[str]

    @classmethod
    def of(cls, contents: Contents) -> Gate | None:
        """Lay the decision out; None where no gate decided."""
        decision, words = contents.decision, contents.words
        if decision is None:
            return None
        reach = _reach(decision)
        return cls(
            title=words.labeled(words.gate, words(decision.verdict)),
            reasons=[_reason(reason, words) for reason in decision.reasons[:20]],
            rows=[_row(rate, decision.policy.margin, reach) for rate in decision.gated[:50]],
            ticks=[f"{100 * x:+.0f}" if x else "0" for x in (-reach, 0, reach)],
        )


def _reason(reason: str, words: Words) -> Phrase:
    chinese = in_chinese(reason) if words.language == "zh" else ""
    return Phrase(chinese[:500]) if chinese else words.phrase(reason, 500)


def _reach(decision: Artifact) -> float:
    """Return the greatest change that the plot has to show."""
    bounds = [abs(b) for row in decision.gated for b in (row.change, row.lower, row.upper) if b]
    return min(1.0, max([1.5 * decision.policy.margin, *bounds]) * 1.1) or 1.0


def _row(rate: RateChange, margin: float, reach: float) -> GatedRow:
    def at(change: float) -> str:
        return percent(min(1.0, max(0.0, 0.5 + change / reach / 2)))

    segments = []
    if rate.lower is not None and rate.upper is not None:
        segments.append(Segment("now", at(rate.lower), at(rate.upper), 8))
    dot = Dot("worse" if rate.change < 0 else "now", at(rate.change), 8, 4)
    uprights = [("axis", "50%"), ("margin", at(-margin))]
    return GatedRow(
        name=rate.name[:80],
        change=f"{100 * rate.change:+.1f}",
        strip=Strip(16, 8, uprights, segments, [dot]),
        margin=f"{-100 * margin:+.0f}",
        result=rate.verdict or "–",
    )
