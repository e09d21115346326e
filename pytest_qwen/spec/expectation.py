"""What a spec expects of a reply: a tree of traits, and how many samples must meet it.

- starts_with: "结论："                              a trait with its argument
- thinking: closed
  at_least: 0.75                                     of the samples
- any: [continuation_loop, {not: {sentences: 1}}]    combined
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_args

from pytest_qwen.files.pydantic_messages import Loc
from pytest_qwen.files.yaml_lines import Document, SpecError
from pytest_qwen.messages.names import nearest
from pytest_qwen.messages.reason import Reason
from pytest_qwen.model_io.vocabulary import How, Of
from pytest_qwen.traits.registry import (
    Bound,
    BoundMeasure,
    Over,
    Refused,
    UnknownName,
    bind,
    bind_measure,
    traits,
)
from pytest_qwen.traits.verdict import Part, Verdict


@dataclass(frozen=True)
class Leaf:
    """One trait, judged on one part of a reply."""

    bound: Bound
    of: Of

    @property
    def over(self) -> Over:
        """Whether the trait judges one reply or all replies of a case at once."""
        return self.bound.trait.over

    def judge(self, seen: Part | Sequence[Part]) -> Verdict:
        """Judge the part that this trait looks at, of a reply or of each reply of a case."""
        if isinstance(seen, Part):
            return self.bound(seen.select(self.of))
        return self.bound([part.select(self.of) for part in seen])

    def __str__(self) -> str:
        elsewhere = "" if self.of == self.bound.trait.of else f" of {self.of}"
        return f"{self.bound}{elsewhere}"


@dataclass(frozen=True)
class Group:
    """Several checks combined: all, any, not (exactly one) or none of them.

    All judge one reply, or all judge the replies of a case.
    """

    how: How
    parts: tuple[Leaf | Group, ...]

    @property
    def over(self) -> Over:
        """Whether the checks judge one reply or all replies of a case at once."""
        return self.parts[0].over

    def judge(self, seen: Part | Sequence[Part]) -> Verdict:
        """Judge every part and combine the verdicts; the evidence is of those that decided."""
        verdicts = [node.judge(seen) for node in self.parts]
        match self.how:
            case "all":
                return _combine(verdicts, decides=False)
            case "any":
                return _combine(verdicts, decides=True)
            case "not" | "none":
                return ~_combine(verdicts, decides=True)

    def __str__(self) -> str:
        if self.how == "not":
            return f"not {self.parts[0]}"
        return f"{self.how} of ({', '.join(map(str, self.parts))})"


Node = Leaf | Group


def _combine(verdicts: list[Verdict], decides: bool) -> Verdict:
    """Merge verdicts; those that equal `decides` settle the matter where there are any.

    Else those do that could not be judged (the strong logic of Kleene, 1952).
    """
    outcomes = {verdict.passed for verdict in verdicts}
    passed = decides if decides in outcomes else None if None in outcomes else not decides
    telling = [verdict for verdict in verdicts if verdict.passed is passed]
    of = telling[0].of if len({v.of for v in telling}) == 1 else "text"
    spans = tuple(s for v in telling for s in v.spans if v.of == of)
    values = {name: value for v in telling for name, value in v.values.items()}
    reasons = list(dict.fromkeys(v.got for v in telling))
    got = reasons[0] if len(reasons) == 1 else Reason("reason.several", reasons=reasons)
    return Verdict(passed, got, spans, values, of)


@dataclass(frozen=True)
class Expectation:
    """A check, the share of samples that must meet it, and the line where it stands.

    `raw` is the check as it was written, parameters filled in.
    """

    check: Leaf | Group
    at_least: float
    line: int
    name: str
    args: Any
    raw: Any

    @property
    def over(self) -> Over:
        """Whether every reply has a verdict, or the replies of a case have one together."""
        return self.check.over

    @cached_property
    def version(self) -> str:
        """The version of each trait in it, in their order: `1`, `1+2`."""
        return "+".join(str(leaf.bound.trait.version) for leaf in leaves(self.check))

    def __str__(self) -> str:
        return str(self.check)


def leaves(check: Leaf | Group) -> Iterator[Leaf]:
    """Yield the traits of a check where they stand, in their order."""
    if isinstance(check, Leaf):
        yield check
    else:
        for part in check.parts:
            yield from leaves(part)


def parse_expectation(raw: Any, document: Document, loc: Loc) -> Expectation:
    """Read one item of an `expect` list.

    Raises:
        SpecError: an unknown trait or key, or arguments that the trait does not take.
    """
    at_least = _share(raw.get("at_least", 1.0)) if isinstance(raw, dict) else 1.0
    if at_least is None:
        where, got = (*loc, "at_least"), repr(raw["at_least"])
        raise SpecError(document.problem(where, "a share in (0, 1]", got, "such as 0.75"))
    has_share = isinstance(raw, dict) and "at_least" in raw
    if has_share:
        raw = {key: value for key, value in raw.items() if key != "at_least"}
    name = next((k for k in raw if k != "of"), None) if isinstance(raw, dict) else raw
    args = raw.get(name) if isinstance(raw, dict) else None
    check, line = _node(raw, document, loc), document.line(loc)
    if check.over == "replies" and has_share:
        what = f"move `at_least` inside `{name}`: it judges all samples together"
        raise SpecError(document.wrong((*loc, "at_least"), what))
    return Expectation(check, at_least, line, str(name), args, raw)


def parse_check(raw: Any, document: Document, loc: Loc) -> Leaf | Group:
    """Read a trait or a combination of traits, without a share of the samples.

    Raises:
        SpecError: see `parse_expectation`.
    """
    return _node(raw, document, loc)


def parse_measure(raw: Any, document: Document, loc: Loc) -> BoundMeasure:
    """Read a measure: its name, or its name with arguments, and `of` beside it.

    Raises:
        SpecError: no measure has the name, or not with these arguments.
    """
    node = {raw: None} if isinstance(raw, str) else raw
    names = [key for key in node if key != "of"] if isinstance(node, dict) else []
    if len(names) != 1:
        raise SpecError(document.problem(loc, "one measure", repr(raw), "such as `distinct_2`"))
    of = node.get("of")
    if of not in (None, *get_args(Of)):
        raise SpecError(document.problem((*loc, "of"), " or ".join(get_args(Of)), repr(of)))
    try:
        return bind_measure(names[0], node[names[0]], of)
    except Refused as error:
        raise _refused(document, loc, error) from None


def _refused(document: Document, loc: Loc, error: Refused) -> SpecError:
    problem = document.problem(loc, error.expected, error.got, error.do)
    return SpecError(problem._replace(is_unknown_name=isinstance(error, UnknownName)))


def _share(raw: Any) -> float | None:
    """Return a share of the samples; None for what is none."""
    try:
        share = 0.0 if isinstance(raw, bool) else float(raw)
    except (TypeError, ValueError):
        return None
    return share if 0 < share <= 1 else None


def _node(raw: Any, document: Document, loc: Loc) -> Leaf | Group:
    if isinstance(raw, str):
        raw = {raw: None}
    if not isinstance(raw, dict):
        raise SpecError(document.problem(loc, "a trait", repr(raw), "such as `starts_with: …`"))
    names = [key for key in raw if key != "of"]
    if "at_least" in names:
        what = "move `at_least` beside the outermost trait or combination: it counts samples"
        raise SpecError(document.wrong((*loc, "at_least"), what))
    if len(names) != 1:
        got = " and ".join(map(repr, names)) or "none"
        unknown = [n for n in names if n not in traits() and n not in get_args(How)]
        do = nearest(unknown[0], [*traits(), *get_args(How), "of", "at_least"]) if unknown else ""
        raise SpecError(document.problem(loc, "one trait an item", got, do))
    name, inside = names[0], (*loc, names[0])
    if name in get_args(How):
        if "of" in raw:
            what = f"move `of` to the traits inside `{name}`: each judges its own part"
            raise SpecError(document.wrong(loc, what))
        return Group(name, tuple(_parts(name, raw[name], document, inside)))
    try:
        bound = bind(name, raw[name])
    except Refused as error:
        raise _refused(document, inside, error) from None
    of = raw.get("of", bound.trait.of)
    if of not in get_args(Of):
        raise SpecError(document.problem((*loc, "of"), " or ".join(get_args(Of)), repr(of)))
    return Leaf(bound, of)


def _parts(how: str, raw: Any, document: Document, loc: Loc) -> list[Leaf | Group]:
    if how == "not":
        return [_node(raw, document, loc)]
    if not isinstance(raw, list) or not raw:
        raise SpecError(document.problem(loc, f"a list of traits under {how!r}", repr(raw)))
    nodes = [_node(item, document, (*loc, i)) for i, item in enumerate(raw)]
    for i, node in enumerate(nodes):
        if node.over != nodes[0].over:
            expected = f"under {how!r} traits of single samples or of all samples at once"
            got = f"{nodes[0]} and {node}"
            do = "make them expectations of their own"
            raise SpecError(document.problem((*loc, i), expected, got, do))
    return nodes
