"""The rate of each role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pytest_qwen.report.contents import Contents
from pytest_qwen.report.plots.rates import rates_of
from pytest_qwen.report.plots.strips import Strip, rate_text, strip


@dataclass(frozen=True)
class RoleCard:
    """A role: its rate now and before ("" without a baseline), its interval, the cases met."""

    role: str
    rate: str
    before: str
    strip: Strip
    detail: str


@dataclass(frozen=True)
class Roles:
    """A card for each role."""

    template: ClassVar[str] = "roles.jinja"
    cards: list[RoleCard]

    @classmethod
    def of(cls, contents: Contents) -> Roles:
        """Make the cards."""
        return cls([_card(role, contents) for role in contents.roles])


def _card(role: str, contents: Contents) -> RoleCard:
    cases = [case for case in contents.cases if case.case.names[1] == role]
    now, was = rates_of(cases)
    judged = [case.now for case in cases if case.now and case.now.state != "skipped"]
    met = contents.words("cases_met", met=sum(case.met for case in judged), n=len(judged))
    return RoleCard(
        role=role or "–",
        rate=rate_text(now),
        before=f"{contents.words.before} {rate_text(was)}" if was else "",
        strip=strip(now, was),
        detail=f"{100 * now.low:.0f}–{100 * now.high:.0f} % · {met}",
    )
