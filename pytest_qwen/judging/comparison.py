"""The steps of a relation, decided: what was found, what it shows, and what a person is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import fmean

from pytest_qwen.messages.visible import log_safe
from pytest_qwen.model_io.reply import Reply
from pytest_qwen.model_io.vocabulary import Role
from pytest_qwen.record.parts import PromptScores, RecordedStep
from pytest_qwen.record.plain import plain
from pytest_qwen.record.schema import ComparisonLine
from pytest_qwen.spec.comparison import Sign
from pytest_qwen.spec.relation import Relation
from pytest_qwen.stats.paired import largest_drop, sign_flip_p, units_needed

Scores = Mapping[str, Sequence[float]]
"""For each role the score of every entry of a relation, in order."""

SHOWN = 5
"""Prompts that go against the order that a message lists; the record has all."""


def scores_of(relation: Relation, replies: Sequence[Reply], samples: int | None) -> Scores:
    """Return the scores of a relation's prompts from the replies to all that it asks, in order.

    Raises:
        ValueError: a measure is not defined for the replies to a prompt; says which.
    """
    scores: dict[str, list[float]] = {role: [] for role in relation.roles}
    rest = iter(replies)
    for role, entry in relation.asked:
        case = entry.cases[role]
        parts = case.parts([next(rest) for _ in relation.requests_of(case, samples)])
        try:
            scores[role].append(entry.score(parts))
        except ValueError as error:
            raise ValueError(f"no number for {entry.name}, {role}: {error}") from None
    return scores


def steps(relation: Relation, scores: Scores) -> list[RecordedStep]:
    """Compare each role with the next, paired by unit, whose score is the mean of its entries."""
    by_unit: Scores = {role: _by_unit(relation, scores[role]) for role in relation.roles}
    neighbours = zip(pairwise(relation.roles), relation.signs, strict=True)
    return [_step(relation, pair, sign, by_unit) for pair, sign in neighbours]


def _step(relation: Relation, pair: tuple[Role, Role], sign: Sign, by_unit: Scores) -> RecordedStep:
    low, high = (by_unit[role] for role in pair)
    rises = [b - a for a, b in zip(low, high, strict=True)]
    step = RecordedStep(*pair, sign, (fmean(low), fmean(high)), fmean(rises), len(rises))
    if sign == "<":
        p = sign_flip_p(rises)
        return step.but(p=p, passed=p <= 1 - relation.confidence + 1e-9)
    drop = largest_drop(rises, relation.confidence)
    return step.but(drop=drop, passed=drop <= relation.margin)


def _by_unit(relation: Relation, scores: Sequence[float]) -> list[float]:
    gathered: dict[str, list[float]] = {unit: [] for unit in relation.units}
    for entry, score in zip(relation.entries, scores, strict=True):
        gathered[entry.unit].append(score)
    return [fmean(values) for values in gathered.values()]


def steps_missed(relation: Relation, compared: Sequence[RecordedStep], scores: Scores) -> str:
    """Return a message on the steps that are not shown, "" where all are."""
    paragraphs = [_paragraph(relation, step, scores) for step in compared if not step.passed]
    return log_safe("\n".join(paragraphs))


def _paragraph(relation: Relation, step: RecordedStep, scores: Scores) -> str:
    low, high = step.means
    claim = f"{relation.claim} {step.lower} {step.sign} {step.upper}"
    got = f"{step.lower} {low:.3g}, {step.upper} {high:.3g} over {_units(relation)}"
    where = f"{relation.comparison.document.path}:{relation.line}"
    lines = [f"{where}: expected {claim}, got {got} {_reason(relation, step)}"]
    against = _against(relation, step, scores)
    lines += (
        f"    {name}: {step.lower} {a:.3g}, {step.upper} {b:.3g}" for name, a, b in against[:SHOWN]
    )
    if len(against) > SHOWN:
        lines.append(f"    … and {len(against) - SHOWN} more that go against it")
    return "\n".join(lines if against else [*lines, "    no prompt goes against it"])


def _units(relation: Relation) -> str:
    n, prompts = len(relation.units), len(relation.entries)
    if relation.behaviors > 1:
        return f"{n} behaviors with {prompts} prompts"
    return f"{n} prompts"


def _reason(relation: Relation, step: RecordedStep) -> str:
    """Say why a step is not shown, and what would show it."""
    sure = f"to be {relation.confidence:.0%} sure"
    if step.p is not None:
        return f"(p = {step.p:.2g}): {sure}, p must be at most {1 - relation.confidence:.2g}"
    needed = units_needed(relation.margin, relation.confidence)
    return (
        f"(a drop of {step.drop:.2g} is possible): {sure}, it must be at most "
        f"{relation.margin:g}, as {needed} without any difference would show"
    )


def _against(
    relation: Relation, step: RecordedStep, scores: Scores
) -> list[tuple[str, float, float]]:
    """Return the prompts whose scores fall, the largest fall first."""
    pairs = zip(relation.entries, scores[step.lower], scores[step.upper], strict=True)
    falling = [(entry.name, a, b) for entry, a, b in pairs if b < a]
    return sorted(falling, key=lambda scored: scored[2] - scored[1])


def asked_comparison(nodeid: str, relation: Relation) -> ComparisonLine:
    """Return the record's line of a relation without what came of it."""
    return ComparisonLine(
        case=nodeid,
        behavior=relation.comparison.name,
        relation=relation.id,
        line=relation.line,
        claim=plain(relation.claim),
        claim_code=plain(relation.claim.to_json()),
        order=relation.order,
        confidence=relation.confidence,
        margin=relation.margin,
    )


def comparison_line(
    asked: ComparisonLine, relation: Relation, compared: Sequence[RecordedStep], scores: Scores
) -> ComparisonLine:
    """Return the record's line of a relation: the steps, and the scores of every prompt."""
    return asked.but(
        passed=all(step.passed for step in compared),
        steps=list(compared),
        prompts=[
            PromptScores(
                behavior=entry.behavior,
                prompt_id=entry.prompt_id,
                scores={role: plain(scores[role][i]) for role in relation.roles},
            )
            for i, entry in enumerate(relation.entries)
        ],
    )
