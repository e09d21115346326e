"""Prompts with their parameters filled in, at every point of a sweep over sampling parameters."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pytest_qwen.files.pydantic_messages import Loc
from pytest_qwen.files.yaml_lines import Document, Problem, SpecError
from pytest_qwen.messages.names import nearest, repeated
from pytest_qwen.model_io.message import Message
from pytest_qwen.model_io.sampling import Sampling
from pytest_qwen.spec.behavior import Behavior, Prompt

# `{{name}}` is how a spec with parameters writes `{name}` itself.
_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}|\{(\{[A-Za-z_][A-Za-z0-9_]*\})\}")
_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,40}")


MOST = 100_000
"""Prompts of a behavior, filled in: a slip in a grid would take all memory before a test runs."""


@dataclass(frozen=True)
class Filled:
    """A prompt with its parameters filled in, at one point of the behavior's sweep.

    `parameters` and `point` are the parts of its id that stand for parameters and sampling.
    """

    prompt: Prompt
    values: Mapping[str, Any]
    sampling: Sampling
    parameters: tuple[str, ...] = ()
    point: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The id of the prompt with what was filled in: ASCII."""
        return "-".join([self.prompt.id, *self.parameters, *self.point])

    @property
    def messages(self) -> tuple[Message, ...]:
        """The conversation, with every `{name}` filled in."""
        return tuple(
            m.model_copy(update={"content": _text(m.content, self.values)})
            for m in self.prompt.conversation
        )


def fill_prompts(behavior: Behavior) -> list[Filled]:
    """Return every prompt with every combination of parameters, at every point of the sweep.

    Raises:
        SpecError: a parameter is unknown or unused, there are too many combinations, or two of
            them would have one id.
    """
    _check_parameters(behavior)
    fields = behavior.fields
    grid = [*fields.parameters.values(), *fields.sweep.values()]
    asked = len(fields.prompts) * math.prod(len(values) for values in grid)
    loc = ("parameters",) if fields.parameters else ("sweep",)
    if asked > MOST:
        expected, do = f"at most {MOST:,} prompts in all", "give fewer values"
        raise SpecError(behavior.document.problem(loc, expected, f"{asked:,}", do))
    points = [
        (point, tuple(f"{name}{value}" for name, value in point.items()))
        for point in _combinations(fields.sweep)
    ]
    filled = [
        Filled(
            prompt,
            {**values, **prompt.values},
            Sampling(**point).over(fields.sampling),
            tuple(_id(n, values, fields.parameters) for n in values),
            at,
        )
        for prompt in fields.prompts
        for values in _combinations(fields.parameters)
        for point, at in points
    ]
    for i in repeated(prompt.id for prompt in filled):
        got, do = f"{filled[i].id!r} twice", "give the values other spellings"
        raise SpecError(behavior.document.problem(loc, "one id a case", got, do))
    return filled


def fill(raw: Any, values: Mapping[str, Any]) -> Any:
    """Replace `{name}` in every text of a node; a text that is only `{n}` becomes the value."""
    if isinstance(raw, dict):
        return {key: fill(value, values) for key, value in raw.items()}
    if isinstance(raw, list):
        return [fill(item, values) for item in raw]
    if not isinstance(raw, str):
        return raw
    whole = _PLACE.fullmatch(raw)
    if whole and whole[1] in values:
        return values[whole[1]]
    return _text(raw, values)


def places(raw: Any) -> set[str]:
    """Return the names that stand as `{name}` in the texts of a node."""
    if isinstance(raw, dict | list):
        return set().union(*map(places, raw.values() if isinstance(raw, dict) else raw))
    return {name for name, _ in _PLACE.findall(raw) if name} if isinstance(raw, str) else set()


def _text(text: str, values: Mapping[str, Any]) -> str:
    if not values:
        return text
    return _PLACE.sub(lambda m: m[2] or str(values.get(m[1], m[0])), text)


def _combinations(parameters: Mapping[Any, tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    for combination in itertools.product(*parameters.values()):
        yield dict(zip(parameters, combination, strict=True))


def _id(name: str, values: dict[str, Any], parameters: dict[str, tuple[Any, ...]]) -> str:
    """Return a value as part of an id; what is not plain ASCII becomes name and number."""
    plain = str(values[name])
    return plain if _PLAIN.fullmatch(plain) else f"{name}{parameters[name].index(values[name])}"


def _check_parameters(behavior: Behavior) -> None:
    """Where names are given values, every `{name}` must have one, and each must be used."""
    fields, document = behavior.fields, behavior.document
    known = [{*fields.parameters, *prompt.values} for prompt in fields.prompts]
    if not any(known):
        return
    used: set[str] = set()
    problems: list[Problem] = []
    for loc, node in _texts(document):
        names = places(node)
        used |= names
        here = known[int(loc[1])] if loc[0] == "prompts" else set.intersection(*known)
        for name in sorted(names - here):
            lacking = name in set.union(*known)
            do = f"give {name} in the `values` of every prompt" if lacking else nearest(name, here)
            problems.append(document.problem(loc, "a declared parameter", f"{{{name}}}", do))
    declared: list[Loc] = [("parameters", name) for name in fields.parameters]
    for i, prompt in enumerate(fields.prompts):
        for name in prompt.values:
            loc = ("prompts", i, "values", name)
            declared.append(loc)
            if name in fields.parameters:
                problems.append(document.problem(loc, "a name of its own", f"the parameter {name}"))
    for loc in declared:
        if loc[-1] not in used:
            name = f"{{{loc[-1]}}}"
            what = (
                f"parameter {name} is never used: write {name} in a prompt or a trait, or remove it"
            )
            problems.append(document.wrong(loc, what))
    if problems:
        raise SpecError(*problems)


def _texts(document: Document) -> Iterator[tuple[Loc, str]]:
    """Yield the texts of a behavior in which `{name}` stands for a value."""
    for loc in document.lines:
        if loc[:1] in (("prompts",), ("expect",), ("template",)) and loc[2:3] != ("values",):
            node = document.data
            for step in loc:
                node = node[step]
            if isinstance(node, str):
                yield loc, node
