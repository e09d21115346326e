"""A measure with bounds is a trait over the replies of a case."""

from __future__ import annotations

from collections.abc import Sequence
from functools import wraps
from typing import Any

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.trait import Measure, Trait
from pytest_qwen.traits.verdict import Part, Verdict


def trait_of(measure: Measure) -> Trait:
    """Return the trait that compares a measure's number with `at_least` and `at_most`."""

    @wraps(measure.compute)
    def judge(
        parts: Sequence[Part], at_least: float | None, at_most: float | None, **arguments: Any
    ) -> Verdict:
        number = measure(parts, **arguments)
        passed = (at_least is None or number >= at_least) and (at_most is None or number <= at_most)
        got = Reason("checks.measure", measure=measure.name, number=number)
        return Verdict(passed, got, (), {measure.name: number})

    def check(at_least: float | None, at_most: float | None, **arguments: Any) -> None:
        if at_least is None and at_most is None:
            raise ValueError("at_least or at_most")
        if at_least is not None and at_most is not None and at_least > at_most:
            raise ValueError("at_least no greater than at_most")
        if measure.check:
            measure.check(**arguments)

    return Trait(
        measure.name,
        judge,
        measure.of,
        check,
        "replies",
        measure,
        version=measure.version,
        needs=measure.needs,
    )
