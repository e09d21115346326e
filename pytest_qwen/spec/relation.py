"""A relation between roles: who is asked what, and the number that must rise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pytest_qwen.messages.reason import Reason
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.vocabulary import Role
from pytest_qwen.spec.cases import Case
from pytest_qwen.spec.comparison import Comparison, Sign
from pytest_qwen.traits.verdict import Part

Score = Callable[[Sequence[Part]], float]


@dataclass(frozen=True)
class Entry:
    """A filled prompt that every role is asked, and how the k replies to it are scored.

    `unit` is what counts as one observation: the behavior where a relation names several, whose
    prompts are alike; else the prompt.
    """

    unit: str
    cases: Mapping[Role, Case]
    score: Score

    @property
    def behavior(self) -> str:
        """The name of the prompt's behavior."""
        return next(iter(self.cases.values())).behavior.name

    @property
    def prompt_id(self) -> str:
        """The id of the filled prompt."""
        return next(iter(self.cases.values())).prompt_id

    @property
    def name(self) -> str:
        """The behavior and the prompt."""
        return f"{self.behavior}[{self.prompt_id}]"


@dataclass(frozen=True)
class Relation:
    """One pytest item: roles in an order, and what must rise along it."""

    comparison: Comparison
    id: str
    line: int
    claim: Reason
    roles: tuple[Role, ...]
    signs: tuple[Sign, ...]
    margin: float
    entries: tuple[Entry, ...]

    @property
    def order(self) -> str:
        """The roles and signs as written."""
        rest = (f" {sign} {role}" for sign, role in zip(self.signs, self.roles[1:], strict=True))
        return self.roles[0] + "".join(rest)

    @property
    def behaviors(self) -> int:
        """How many behaviors the prompts are of."""
        return len({entry.behavior for entry in self.entries})

    @property
    def confidence(self) -> float:
        """How sure every step must be."""
        return self.comparison.fields.confidence

    @property
    def units(self) -> list[str]:
        """What counts as one observation each, in order."""
        return list(dict.fromkeys(entry.unit for entry in self.entries))

    @property
    def needs(self) -> tuple[str, ...]:
        """What a family must be able to do for any of the behaviors."""
        cases = (case for entry in self.entries for case in entry.cases.values())
        return tuple(dict.fromkeys(need for case in cases for need in case.needs))

    @property
    def asked(self) -> list[tuple[Role, Entry]]:
        """Who is asked what, roles one after the other."""
        return [(role, entry) for role in self.roles for entry in self.entries]

    def requests_of(self, case: Case, samples: int | None = None) -> tuple[Request, ...]:
        """Return what one of the cases asks; `samples` overrides the comparison's number."""
        fields = self.comparison.fields
        return case.requests(samples or fields.samples, fields.seed)

    def asks(self, samples: int | None = None) -> tuple[Request, ...]:
        """Return all that the relation asks, in the order of `asked`."""
        cases = (entry.cases[role] for role, entry in self.asked)
        return tuple(r for case in cases for r in self.requests_of(case, samples))
