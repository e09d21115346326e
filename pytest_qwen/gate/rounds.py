"""Later rounds: both records drawn again with fresh seeds, and put together with the first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pytest_qwen.gate.evidence import Asked, Evidence, Recorded
from pytest_qwen.gate.pairing import Pair, Pairs, pair, prints
from pytest_qwen.gate.policy import Policy


def pool(rounds: Sequence[tuple[Evidence, Evidence]], policy: Policy) -> Pairs:
    """Pair each round of two records, and put the samples of all rounds together, case by case.

    Rounds ask the same of the same checkpoints, with fresh seeds.
    """
    found = pair(*rounds[0], policy)
    for i, sides in enumerate(rounds[1:], 1):
        more = pair(*sides, policy)
        found.problems += more.problems
        for before, after in zip(rounds[0], sides, strict=True):
            found.problems += _other_question(before, after)
        if again := _seen_seeds(rounds[:i], sides):
            do = "record both sides with another --qwen-seed-offset"
            told = f"expected fresh seeds, got those of another round: {again}: {do}"
            found.problems.append(f"{sides[0].path}: {told}")
        known = {one.case: one for one in more.pairs}
        found.pairs = [_together(one, known.pop(one.case, None)) for one in found.pairs]
        found.pairs += known.values()
        found.notes += (note for note in more.notes if note not in found.notes)
        found.expected += more.expected
        for side, kinds in more.missing.items():
            found.missing[side] += kinds
    return found


def other_cases(rounds: Sequence[tuple[Evidence, Evidence]]) -> Iterator[str]:
    """Yield a line for each later round that drew more of some of the cases, not of all.

    Whoever chooses what is drawn again by what was lost draws until it passes.
    """
    first = rounds[0][0]
    for later, _ in rounds[1:]:
        cases = [set(one.ids) for one in (first, later)]
        if differing := sorted(cases[0] ^ cases[1]):
            less, more = len(cases[0] - cases[1]), len(cases[1] - cases[0])
            do = "record both sides of all cases again"
            got = f"{less} less and {more} more ({differing[0]})"
            yield f"{later.path}: expected the cases of {first.path}, got {got}: {do}"


def _other_question(before: Evidence, after: Evidence) -> Iterator[str]:
    """Yield what a later round of the same side does not share with the first."""
    if prints(before) != prints(after):
        yield f"{after.path}: expected the checkpoints of {before.path}, got others"
    differing = {
        name: case
        for case in before.cases.keys() & after.cases.keys()
        for name in _fields_that_differ(before.cases[case], after.cases[case])
    }
    for name, case in sorted(differing.items()):
        yield f"{after.path}: expected the {name} of {before.path}, got another: {case}"


def _fields_that_differ(before: Recorded, after: Recorded) -> Iterator[str]:
    if before.asked and after.asked:
        old, new = (one.asked._replace(seed=None, samples=None) for one in (before, after))  # type: ignore[union-attr]
        yield from (n for n in Asked._fields if getattr(old, n) != getattr(new, n))
    if before.checks and after.checks and before.checks != after.checks:
        yield "traits"
    if before.held_otherwise(after):
        yield "relations"


def _seen_seeds(earlier: Sequence[tuple[Evidence, Evidence]], sides: Sequence[Evidence]) -> str:
    """Return a case whose seed an earlier round had, on the same side."""
    for i, side in enumerate(sides):
        for case, one in side.cases.items():
            for round_ in earlier:
                other = round_[i].cases.get(case)
                if other and other.asked and one.asked and other.asked.seed == one.asked.seed:
                    return case
    return ""


def _together(one: Pair, more: Pair | None) -> Pair:
    """Return a case with the samples of another round, numbered on."""
    if more is None:
        return one
    start = 1 + max(n for n, *_ in one.samples)
    added = tuple((start + n, before, after) for n, before, after in more.samples)
    return replace(one, samples=one.samples + added, held=one.held + more.held)
