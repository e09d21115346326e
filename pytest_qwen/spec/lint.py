"""What is allowed in a spec and cannot be meant.

Such as expectations that no reply meets together, and shares that the samples cannot miss. Each
rule is a generator of problems over the cases of a behavior, listed in `RULES`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any

from pytest_qwen.files.yaml_lines import Problem
from pytest_qwen.spec.behavior import Behavior
from pytest_qwen.spec.cases import Case
from pytest_qwen.spec.expectation import Group, Leaf, Node
from pytest_qwen.traits.builtin.ifeval.conflicts import conflicts


def lint(behavior: Behavior, cases: Sequence[Case]) -> list[Problem]:
    """Return each thing about a behavior's cases that cannot be meant, once."""
    found = [problem for case in cases for rule in RULES for problem in rule(behavior, case)]
    return list(dict.fromkeys(found))


def _undecided_shares(behavior: Behavior, case: Case) -> Iterator[Problem]:
    """A share that as many samples as these can only meet by all of them, though it is not 1."""
    k = behavior.fields.samples
    for expectation in case.expectations:
        share = expectation.at_least
        if share < 1 and math.ceil(share * k - 1e-9) == k:
            enough = next(n for n in range(k, 10_001) if math.ceil(share * n - 1e-9) < n)
            yield Problem(
                behavior.document.path,
                expectation.line,
                f"a share that {k} samples can miss by one",
                f"at_least {share:g}, which is all of them",
                f"draw {enough} samples, or write 1",
            )


def _contradictions(behavior: Behavior, case: Case) -> Iterator[Problem]:
    """Two things that no reply meets together, and too many samples must meet them."""
    required = [(e, node) for e in case.expectations for node in _required(e.check)]
    for (one, a), (other, b) in combinations(required, 2):
        together = one is other or one.at_least + other.at_least > 1
        if together and (why := _excludes(a, b)):
            yield Problem(
                behavior.document.path,
                other.line,
                f"something that goes with `{a}` in line {one.line}",
                f"`{b}`, which {why}",
                "remove one",
            )


def _required(node: Node) -> Iterator[Node]:
    """Yield what must all be met for a check to be."""
    if isinstance(node, Group) and node.how == "all":
        for part in node.parts:
            yield from _required(part)
    else:
        yield node


def _repetitions(behavior: Behavior, case: Case) -> Iterator[Problem]:
    """The same expectation twice."""
    for one, other in combinations(case.expectations, 2):
        if str(one) == str(other):
            yield Problem(
                behavior.document.path,
                other.line,
                "it once",
                f"`{other}` as in line {one.line}",
                "remove one",
            )


Rule = Callable[[Behavior, Case], Iterator[Problem]]
RULES: tuple[Rule, ...] = (_undecided_shares, _contradictions, _repetitions)


def _excludes(a: Node, b: Node) -> str:
    """Say why two checks do not go together; "" where they may."""
    never = "no reply can meet with it"
    if _negated(a) == str(b) or _negated(b) == str(a):
        return never
    if not (isinstance(a, Leaf) and isinstance(b, Leaf)):
        return ""
    name = a.bound.trait.name
    if name != b.bound.trait.name or a.of != b.of:
        return ""
    arguments = a.bound.arguments, b.bound.arguments
    if name == "ifeval" and _conflict(*arguments):
        return "IFEval never gives with it"
    return never if name in _EXCLUDES and _EXCLUDES[name](*arguments) else ""


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
    return {str(one) for one in (value if isinstance(value, list) else [value])}


def _apart(name: str) -> Excludes:
    """Return what says that two lists of allowed values have none in common."""
    return lambda a, b: _listed(a[name]).isdisjoint(_listed(b[name]))


def _bounds_apart(a: Arguments, b: Arguments) -> bool:
    """Say whether two counts of the same thing can never both be kept."""
    if any(a[name] != b[name] for name in a if name not in {"exactly", "at_least", "at_most"}):
        return False
    least = max(_bound(one, "at_least", 0) for one in (a, b))
    most = min(_bound(one, "at_most", math.inf) for one in (a, b))
    return least > most


def _bound(arguments: Arguments, name: str, otherwise: float) -> float:
    exactly, bound = arguments["exactly"], arguments[name]
    return exactly if exactly is not None else otherwise if bound is None else bound


def _conflict(a: Arguments, b: Arguments) -> bool:
    """Say whether IFEval never gives two instructions together."""
    pair = (a["instruction_id"], b["instruction_id"])
    return pair[0] != pair[1] and bool(conflicts(pair))


_NUMBERS = {"num_words", "num_sentences", "frequency", "let_frequency", "capital_frequency"}
_RELATIONS = {"relation", "let_relation", "capital_relation"}


def _relations_apart(a: Arguments, b: Arguments) -> bool:
    """Say whether one instruction wants at least as many as the other wants less than."""
    if any(a[name] != b.get(name) for name in a if name not in _NUMBERS | _RELATIONS):
        return False
    wanted = {}
    for one in (a, b):
        relation = next((one[name] for name in _RELATIONS if name in one), None)
        wanted[relation] = next((one[name] for name in _NUMBERS if name in one), None)
    least, below = wanted.get("at least"), wanted.get("less than")
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
