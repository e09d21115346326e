"""Likely mistakes: what is allowed in a spec and cannot be what its writer meant.

Such as expectations that no reply meets together, and shares that the samples cannot miss. Each
rule is a generator of a line and a reason for a case of a behavior, listed in `RULES`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any

from pytest_qwen.files.yaml_lines import Problem
from pytest_qwen.messages.reason import Reason
from pytest_qwen.spec.behavior import Behavior
from pytest_qwen.spec.cases import Case
from pytest_qwen.spec.expectation import Group, Leaf, Node
from pytest_qwen.traits.builtin.ifeval.conflicts import conflicts

LikelyMistake = tuple[int, Reason]
"""The line of a likely mistake, and what it is."""


def lint(behavior: Behavior, cases: Sequence[Case]) -> list[Problem]:
    """Return each likely mistake in a behavior's cases once."""
    mistakes = (mistake for case in cases for rule in RULES for mistake in rule(case))
    return [Problem(behavior.document.path, *mistake) for mistake in dict.fromkeys(mistakes)]


def _undecided_shares(case: Case) -> Iterator[LikelyMistake]:
    """A share that as many samples as these can only meet by all of them, though it is not 1."""
    k = case.behavior.fields.samples
    for expectation in case.expectations:
        share = expectation.at_least
        if share < 1 and math.ceil(share * k - 1e-9) == k:
            enough = next(n for n in range(k, 10_001) if math.ceil(share * n - 1e-9) < n)
            why = Reason("lint.share", share=f"{share:g}", samples=k, enough=enough)
            yield expectation.line, why


def _contradictions(case: Case) -> Iterator[LikelyMistake]:
    """Two things that no reply meets together, and too many samples must meet them."""
    required = [(e, node) for e in case.expectations for node in _required(e.check)]
    for (first, a), (second, b) in combinations(required, 2):
        if first is not second and first.at_least + second.at_least <= 1:
            continue
        values = {"check": str(b), "other": str(a), "line": first.line}
        if _excludes(a, b):
            yield second.line, Reason("lint.contradiction", **values)
        elif _conflict(a, b):
            yield second.line, Reason("lint.ifeval_conflict", **values)


def _required(node: Node) -> Iterator[Node]:
    """Yield what must all be met for a check to be."""
    if isinstance(node, Group) and node.how == "all":
        for part in node.parts:
            yield from _required(part)
    else:
        yield node


def _repetitions(case: Case) -> Iterator[LikelyMistake]:
    """The same expectation twice."""
    for first, second in combinations(case.expectations, 2):
        if str(first) == str(second):
            yield second.line, Reason("lint.repetition", check=str(second), line=first.line)


Rule = Callable[[Case], Iterator[LikelyMistake]]
RULES: tuple[Rule, ...] = (_undecided_shares, _contradictions, _repetitions)


def _excludes(a: Node, b: Node) -> bool:
    """Say whether no reply can meet both checks."""
    if _negated(a) == str(b) or _negated(b) == str(a):
        return True
    excludes = _EXCLUDES.get(a.bound.trait.name) if isinstance(a, Leaf) else None
    return bool(excludes and _alike(a, b) and excludes(*_arguments(a, b)))


def _conflict(a: Node, b: Node) -> bool:
    """Say whether IFEval never gives two instructions together."""
    if not (isinstance(a, Leaf) and _alike(a, b) and a.bound.trait.name == "ifeval"):
        return False
    ids = [arguments["instruction_id"] for arguments in _arguments(a, b)]
    return ids[0] != ids[1] and bool(conflicts(ids))


def _alike(a: Node, b: Node) -> bool:
    """Say whether two checks are of one trait, on one part of the reply."""
    return (
        isinstance(a, Leaf)
        and isinstance(b, Leaf)
        and (a.bound.trait.name, a.of) == (b.bound.trait.name, b.of)
    )


def _arguments(*nodes: Node) -> list[Any]:
    return [node.bound.arguments for node in nodes if isinstance(node, Leaf)]


def _negated(node: Node) -> str:
    """Return what a negation negates, "" where it is none."""
    if isinstance(node, Group) and node.how in {"not", "none"} and len(node.parts) == 1:
        return str(node.parts[0])
    return ""


Arguments = Any
Excludes = Callable[[Arguments, Arguments], bool]


def _one_begins(a: str, b: str) -> bool:
    return a.startswith(b) or b.startswith(a)


def _listed(value: Any) -> set[str]:
    return set(map(str, value if isinstance(value, list) else [value]))


def _apart(name: str) -> Excludes:
    """Return what says that two lists of allowed values have none in common."""
    return lambda a, b: _listed(a[name]).isdisjoint(_listed(b[name]))


def _bounds_apart(a: Arguments, b: Arguments) -> bool:
    """Say whether two counts of the same thing can never both be kept."""
    if any(a[name] != b[name] for name in a if name not in {"exactly", "at_least", "at_most"}):
        return False
    least = max(_bound(arguments, "at_least", 0) for arguments in (a, b))
    most = min(_bound(arguments, "at_most", math.inf) for arguments in (a, b))
    return least > most


def _bound(arguments: Arguments, name: str, otherwise: float) -> float:
    exactly, bound = arguments["exactly"], arguments[name]
    return exactly if exactly is not None else otherwise if bound is None else bound


_NUMBERS = {"num_words", "num_sentences", "frequency", "let_frequency", "capital_frequency"}
_RELATIONS = {"relation", "let_relation", "capital_relation"}


def _relations_apart(a: Arguments, b: Arguments) -> bool:
    """Say whether one instruction wants at least as many as the other wants less than."""
    if any(a[name] != b.get(name) for name in a if name not in _NUMBERS | _RELATIONS):
        return False
    numbers = {}
    for arguments in (a, b):
        relation = next((arguments[name] for name in _RELATIONS if name in arguments), None)
        numbers[relation] = next((arguments[name] for name in _NUMBERS if name in arguments), None)
    least, below = numbers.get("at least"), numbers.get("less than")
    return least is not None and below is not None and least >= below


_EXCLUDES: dict[str, Excludes] = {
    "starts_with": lambda a, b: not _one_begins(a["prefix"], b["prefix"]),
    "ends_with": lambda a, b: not _one_begins(a["suffix"][::-1], b["suffix"][::-1]),
    "finish": _apart("reasons"),
    "thinking": _apart("states"),
    "one_of": _apart("choices"),
    "length": _bounds_apart,
    "sentences": _bounds_apart,
    "bullets": _bounds_apart,
    "numbered": _bounds_apart,
    "ifeval": _relations_apart,
}
"""For a trait with two sets of arguments, whether no reply meets both."""
