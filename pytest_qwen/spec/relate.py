"""A comparison's relations, bound to the prompts of the behaviors that they name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from pytest_qwen.files.pydantic_messages import Loc
from pytest_qwen.files.yaml_lines import Problem, SpecError
from pytest_qwen.messages.names import nearest, repeated
from pytest_qwen.messages.reason import Reason
from pytest_qwen.spec.behavior import Behavior
from pytest_qwen.spec.cases import case_of
from pytest_qwen.spec.comparison import MARGIN, Comparison, RelationFields, Sign
from pytest_qwen.spec.expectation import parse_check, parse_measure
from pytest_qwen.spec.library import Library
from pytest_qwen.spec.parameters import Filled, fill, fill_prompts, places
from pytest_qwen.spec.relation import Entry, Relation, Score
from pytest_qwen.stats.paired import largest_drop, sign_flip_p


def relate(comparison: Comparison, library: Library) -> list[Relation]:
    """Return the relations of a comparison, in order.

    Raises:
        SpecError: a behavior, trait, measure or parameter does not exist, a role comes twice, or
            no replies whatever could show the relation.
    """
    problems: list[Problem] = []
    relations: list[Relation] = []
    ids: list[str] = []
    for i, fields in enumerate(comparison.fields.compare):
        try:
            behaviors = _behaviors(comparison, i, library)
            relation = _relation(comparison, i, behaviors)
        except SpecError as error:
            problems += error.problems
            continue
        problems += _undecidable(relation, fields, i)
        ids.append(relation.id)
        n = ids.count(relation.id)
        relations.append(replace(relation, id=f"{relation.id}-{n}") if n > 1 else relation)
    if problems:
        raise SpecError(*problems)
    return relations


def _behaviors(comparison: Comparison, i: int, library: Library) -> list[Behavior]:
    """Return the behaviors that a relation names."""
    document, fields = comparison.document, comparison.fields.compare[i]
    problems, behaviors = [], []
    for name in fields.names:
        loc = _where(fields, i, fields.names.index(name))
        named = library.find(name)
        behaviors += named
        if not named:
            known = nearest(name, library.names())
            problems.append(document.problem(loc, "the name of a behavior", repr(name), known))
        elif len(named) > 1:
            lines = " and ".join(f"{b.document.path}:{b.line}" for b in named)
            problems.append(document.problem(loc, f"one behavior {name!r}", f"it in {lines}"))
    for number in repeated(fields.names):
        loc, got = _where(fields, i, number), f"{fields.names[number]!r} again"
        problems.append(document.problem(loc, "every behavior once", got))
    if problems:
        raise SpecError(*problems)
    return behaviors


def _where(fields: RelationFields, i: int, number: int) -> Loc:
    loc: Loc = ("compare", i, "rate") if fields.rate else ("compare", i)
    plural = (fields.rate or fields).behaviors is not None
    return (*loc, "behaviors", number) if plural else (*loc, "behavior")


def _relation(comparison: Comparison, i: int, behaviors: Sequence[Behavior]) -> Relation:
    document, fields = comparison.document, comparison.fields.compare[i]
    kind = "rate" if fields.rate else "measure"
    raw = fields.rate.trait if fields.rate else fields.measure
    entries: list[Entry] = []
    problems = _unknown_parameters(comparison, i, raw, behaviors)
    for behavior in behaviors if not problems else ():
        for filled in fill_prompts(behavior):
            try:
                score = _score(comparison, i, raw, filled)
            except SpecError as error:
                problems += error.problems
                continue
            cases = {role: case_of(behavior, role, filled) for role in fields.roles}
            prompt = "-".join([filled.prompt.id, *filled.parameters])
            entries.append(Entry(behavior.name if behaviors[1:] else prompt, cases, score))
    if problems:
        raise SpecError(*dict.fromkeys(problems))
    claim = Reason("relation.measure", measure=_shown(raw))
    if fields.rate:
        claim = Reason("relation.rate", trait=_shown(raw))
    return Relation(
        comparison,
        f"{kind}-{_name(raw)}",
        document.line(("compare", i)),
        claim,
        fields.roles,
        fields.signs,
        fields.margin or MARGIN,
        tuple(entries),
    )


def _unknown_parameters(
    comparison: Comparison, i: int, raw: Any, behaviors: Sequence[Behavior]
) -> list[Problem]:
    """Return a problem for each `{name}` that not every prompt of the behaviors has a value for.

    Where no behavior has parameters, `{name}` means itself, as it does in behaviors.
    """
    known: dict[str, list[set[str]]] = {
        b.name: [{*b.fields.parameters, *prompt.values} for prompt in b.fields.prompts]
        for b in behaviors
    }
    if not any(any(names) for names in known.values()):
        return []
    loc = _check_loc(comparison.fields.compare[i], i)
    return [
        comparison.document.problem(
            loc, f"a parameter of {name}", f"{{{place}}}", nearest(place, set().union(*names))
        )
        for name, names in known.items()
        for place in sorted(places(raw).difference(set[str].intersection(*names)))
    ]


def _check_loc(fields: RelationFields, i: int) -> Loc:
    return ("compare", i, "rate", "trait") if fields.rate else ("compare", i, "measure")


def _score(comparison: Comparison, i: int, raw: Any, filled: Filled) -> Score:
    """Return what scores the k parts of a case: by the share with the trait, or a measure."""
    document, loc = comparison.document, _check_loc(comparison.fields.compare[i], i)
    node = fill(raw, filled.values)
    if comparison.fields.compare[i].rate is None:
        return parse_measure(node, document, loc)
    check = parse_check(node, document, loc)
    if check.over == "replies":
        do = "compare the measure itself"
        raise SpecError(document.problem(loc, "a trait of single samples", str(check), do))
    return lambda parts: sum(check.judge(part).passed is True for part in parts) / len(parts)


def _shown(raw: Any) -> str:
    """Return a trait or measure as a message shows it, its parameters not filled in."""
    if not isinstance(raw, dict):
        return str(raw)
    return ", ".join(f"{name} {value!r}" for name, value in raw.items())


def _name(raw: Any) -> str:
    """Return the name of a trait or measure, of `not` with what is negated, for an id: ASCII."""
    if not isinstance(raw, dict):
        return str(raw) if str(raw).isascii() else "own"
    name = next((key for key in raw if key != "of"), "")
    return f"not-{_name(raw[name])}" if name == "not" else _name(name)


def _undecidable(relation: Relation, fields: RelationFields, i: int) -> list[Problem]:
    """Return a problem for each step of the order that no replies whatever could show."""
    document, loc = relation.comparison.document, ("compare", i, "order")
    problems = []
    if repeated(relation.roles):
        problems.append(document.problem(loc, "every role once", repr(fields.order)))
    if fields.rate is None and "<=" in relation.signs:
        do = "a measure has no bounds, so that no number of replies rules a drop out"
        problems.append(document.problem(loc, "< between roles of a measure", "<=", do))
    if fields.margin is not None and "<=" not in relation.signs:
        problems.append(document.problem(("compare", i, "margin"), "a margin with <=", "<"))
    n = len(relation.units)
    least = max(_least(sign, relation) for sign in relation.signs)
    if n < least:
        what = "behaviors, or one behavior," if fields.names[1:] else "prompts"
        expected = f"at least {least} {what} to be {relation.confidence:.0%} sure"
        problems.append(document.problem(loc, expected, str(n), "add some"))
    return problems


def _least(sign: Sign, relation: Relation) -> int:
    """Return how many units show a step where all of them rise from 0 to 1."""
    alpha = 1 - relation.confidence

    def shown(n: int) -> bool:
        best = [1.0] * n
        if sign == "<":
            return sign_flip_p(best) <= alpha
        return largest_drop(best, relation.confidence) <= relation.margin

    return next(n for n in count(1) if shown(n))
