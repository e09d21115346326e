"""What a trait and a measure are, and either with its arguments, ready to judge or to measure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, FiniteFloat, create_model

from pytest_qwen.messages.reason import Reason
from pytest_qwen.model_io.vocabulary import Capability, Of
from pytest_qwen.traits.arguments import Check, arguments_of
from pytest_qwen.traits.verdict import Part, Verdict

Judge = Callable[..., Verdict]
Compute = Callable[..., float]
Over = Literal["reply", "replies"]
"""What a trait judges at once: one reply, or all k replies of a case."""


@dataclass(frozen=True)
class Measure:
    """A named, pure function from the k replies of a case to a number, see `@measure`."""

    name: str
    compute: Compute
    of: Of
    check: Check | None = None
    version: int = 1
    needs: tuple[Capability, ...] = ()

    @cached_property
    def arguments(self) -> type[BaseModel]:
        """The measure's parameters after the first, as a pydantic model that forbids others."""
        return arguments_of(self.name, self.compute)

    def __call__(self, parts: Sequence[Part], **arguments: Any) -> float:
        """Compute the number; raises a ValueError where it is not defined for these replies."""
        if not parts:
            raise ValueError(Reason("checks.no_answer"))
        number = self.compute(parts, **arguments)
        if not isinstance(number, int | float) or not math.isfinite(number):
            home = f"{self.compute.__module__}.{self.name}"
            raise TypeError(
                f"{home}: expected a finite number, got {number!r}: "
                "raise a ValueError where it is not defined"
            )
        return float(number)


@dataclass(frozen=True)
class Trait:
    """A named, pure check, registered by `@trait`; or the bounds of a measure of that name."""

    name: str
    judge: Judge
    of: Of
    check: Check | None = None
    over: Over = "reply"
    measure: Measure | None = None
    variants: Mapping[str, Judge] = field(default_factory=dict)
    version: int = 1
    needs: tuple[Capability, ...] = ()

    @cached_property
    def arguments(self) -> type[BaseModel]:
        """The trait's parameters after the first, as a pydantic model that forbids others."""
        if self.measure is None:
            return arguments_of(self.name, self.judge)
        return create_model(self.name, __base__=self.measure.arguments, **_BOUNDS)

    @cached_property
    def arguments_by_variant(self) -> Mapping[str, type[BaseModel]]:
        """For each variant, the trait's parameters and after them the variant's own."""
        return {name: arguments_of(name, self.judge, v) for name, v in self.variants.items()}


_BOUNDS: dict[str, Any] = {
    "at_least": (FiniteFloat | None, None),
    "at_most": (FiniteFloat | None, None),
}


@dataclass(frozen=True)
class Bound:
    """A trait with its arguments, ready to judge; its `str` is what a message says was expected."""

    trait: Trait
    raw: Any
    arguments: Mapping[str, Any]

    def __call__(self, judged: Part | Sequence[Part]) -> Verdict:
        """Judge a reply, or the replies of a case; a lone reply is then a case of one.

        Truncated answers are skipped; if all are truncated there is no verdict. Nor is there one
        where the engine does not promise what the trait needs.
        """
        parts = [judged] if isinstance(judged, Part) else judged
        if lacking := _lacking(self.trait, parts[0]):
            return Verdict(None, lacking, of=parts[0].of)
        present = [part for part in parts if not part.truncated]
        if self.trait.over == "reply":
            return self._judge(present[0]) if present else _truncated(parts[0])
        counts = {
            "over": "replies",
            "n_replies": len(present),
            "n_truncated": len(parts) - len(present),
        }
        try:
            verdict = self._judge(present) if present else _truncated(parts[0])
        except ValueError as error:
            why = next((a for a in error.args if isinstance(a, Reason)), str(error))
            got = Reason("checks.not_measured", measure=self.trait.name, why=why)
            verdict = Verdict(None, got, of=parts[0].of)
        return replace(verdict, values={**counts, **verdict.values})

    def _judge(self, judged: Any) -> Verdict:
        verdict = self.trait.judge(judged, **self.arguments)
        if not isinstance(verdict, Verdict):
            home = f"{self.trait.judge.__module__}.{self.trait.name}"
            raise TypeError(f"{home}: expected a Verdict, got {verdict!r}: return Verdict(…)")
        of = judged.of if isinstance(judged, Part) else judged[0].of
        return replace(verdict, passed=bool(verdict.passed), of=of)

    def __str__(self) -> str:
        bare = self.raw is None or self.raw is True
        return self.trait.name if bare else f"{self.trait.name} {self.raw!r}"


@dataclass(frozen=True)
class BoundMeasure:
    """A measure with its arguments and the part of each reply that it is computed over."""

    measure: Measure
    raw: Any
    arguments: Mapping[str, Any]
    of: Of

    def __call__(self, parts: Sequence[Part]) -> float:
        """Compute the number over the samples of one case; it is finite.

        Truncated answers are left out.

        Raises:
            ValueError: it is not defined for these replies; the text says why.
        """
        selected = [part.select(self.of) for part in parts]
        if selected and (lacking := _lacking(self.measure, selected[0])):
            raise ValueError(lacking)
        return self.measure([part for part in selected if not part.truncated], **self.arguments)

    @property
    def version(self) -> str:
        """The version of the code that measures; records keep it."""
        return str(self.measure.version)

    def __str__(self) -> str:
        bare = self.raw is None or self.raw is True
        return self.measure.name if bare else f"{self.measure.name} {self.raw!r}"


def _lacking(judges: Trait | Measure, part: Part) -> Reason | None:
    """Say what the engine of a reply does not promise, and is needed; None where it does."""
    needs = (*judges.needs, "thinking") if part.of == "thinking" else judges.needs
    missing = [name for name in needs if name in part.reply.lacks]
    return Reason("engine.lacks", what=missing, who=judges.name) if missing else None


def _truncated(part: Part) -> Verdict:
    got = Reason("checks.truncated", n=part.reply.n_thinking_tokens)
    return Verdict(None, got, (), {"truncated": True}, part.of)
