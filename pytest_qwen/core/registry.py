"""Traits by name, and the binding of what a spec writes behind a name to a trait's arguments.

@trait
def starts_with(part: Part, prefix: str) -> Verdict: ...

bind("starts_with", "结论：")        # the first argument as a scalar
bind("length", {"at_most": 80})      # or all of them by name
bind("continuation_loop", None)      # or none
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, get_type_hints, overload

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from pytest_qwen.core.names import nearest
from pytest_qwen.core.origin import source_version
from pytest_qwen.core.verdict import Of, Part, Verdict

Judge = Callable[..., Verdict]
Check = Callable[..., None]


class Refused(ValueError):
    """A trait's name or arguments that cannot be used: what was expected, what came, what to do."""

    def __init__(self, expected: str, got: str, do: str = "") -> None:
        super().__init__(f"expected {expected}, got {got}" + (f": {do}" if do else ""))
        self.expected, self.got, self.do = expected, got, do


class UnknownName(Refused):
    """A trait that nobody registered."""


class BadArguments(Refused):
    """Arguments that a trait does not take."""


@dataclass(frozen=True)
class Trait:
    """A named, pure check over a part of a reply, registered by `@trait`."""

    name: str
    judge: Judge
    of: Of
    check: Check | None = None

    @cached_property
    def arguments(self) -> type[BaseModel]:
        """The trait's parameters after the first, as a pydantic model that forbids others."""
        hints = get_type_hints(self.judge)
        fields: dict[str, Any] = {
            p.name: (hints[p.name], ... if p.default is p.empty else p.default)
            for p in list(inspect.signature(self.judge).parameters.values())[1:]
        }
        config = ConfigDict(extra="forbid", arbitrary_types_allowed=False)
        return create_model(self.name, __config__=config, **fields)

    @cached_property
    def version(self) -> str:
        """The version of the code that judges; records keep it."""
        return source_version(self.judge)


@dataclass(frozen=True)
class Bound:
    """A trait with its arguments, ready to judge; its `str` is what a message says was expected."""

    trait: Trait
    raw: Any
    arguments: Mapping[str, Any]

    def __call__(self, part: Part) -> Verdict:
        verdict = self.trait.judge(part, **self.arguments)
        if not isinstance(verdict, Verdict):
            home = f"{self.trait.judge.__module__}.{self.trait.name}"
            raise TypeError(f"{home}: expected a Verdict, got {verdict!r}: return Verdict(…)")
        return replace(verdict, passed=bool(verdict.passed), of=part.of)

    def __str__(self) -> str:
        bare = self.raw is None or self.raw is True
        return self.trait.name if bare else f"{self.trait.name} {self.raw!r}"


_traits: dict[str, Trait] = {}


@overload
def trait(judge: Judge, /) -> Judge: ...
@overload
def trait(*, of: Of = "answer", check: Check | None = None) -> Callable[[Judge], Judge]: ...
def trait(judge: Judge | None = None, /, *, of: Of = "answer", check: Check | None = None) -> Any:
    """Register a function `(part, **arguments) -> Verdict` as the trait of the same name.

    Args:
        judge: the function; its first parameter is a `Part`, the others are what a spec may write.
        of: the part that is judged where a spec does not say `of:`.
        check: given the arguments by name when they are bound, raises a `ValueError` that says
            what was expected where types cannot say it.

    Raises:
        ValueError: another function has the name, or an argument has no annotation.
    """

    def register(judge: Judge) -> Judge:
        name = judge.__name__.rstrip("_")
        for parameter in list(inspect.signature(judge).parameters.values())[1:]:
            if parameter.annotation is parameter.empty or parameter.kind.name.startswith("VAR"):
                raise ValueError(f"{name}: expected annotated arguments, got {parameter}")
        known = _traits.get(name)
        if known and known.judge.__module__ != judge.__module__:
            raise ValueError(
                f"the trait {name!r} is already registered by {known.judge.__module__}"
            )
        _traits[name] = Trait(name, judge, of, check)
        return judge

    return register if judge is None else register(judge)


def traits() -> Mapping[str, Trait]:
    """Return every registered trait by name, the built-in ones included."""
    import pytest_qwen.core.traits  # noqa: F401 - registers the built-in traits

    return _traits


def bind(name: str, raw: Any) -> Bound:
    """Bind what a spec writes behind a trait's name (`raw`) to the trait's arguments.

    Raises:
        UnknownName: no trait has this name.
        BadArguments: the trait does not take these arguments.
    """
    known = traits()
    if name not in known:
        raise UnknownName("a trait", repr(name), nearest(name, known))
    found = known[name]
    parameters = list(found.arguments.model_fields)
    match raw:
        case None | True:
            values: dict[str, Any] = {}
        case dict():
            values = raw
        case _ if parameters:
            values = {parameters[0]: raw}
        case _:
            raise BadArguments(f"{name} without arguments", repr(raw))
    try:
        arguments = found.arguments(**values)
    except ValidationError as error:
        raise _explain(name, parameters, error) from None
    except TypeError:
        raise BadArguments(f"names as arguments of {name}", repr(raw)) from None
    bound = {p: getattr(arguments, p) for p in parameters}
    if found.check:
        try:
            found.check(**bound)
        except ValueError as error:
            raise BadArguments(f"{name} with {error}", repr(raw)) from None
    return Bound(found, raw, bound)


def _explain(name: str, parameters: list[str], error: ValidationError) -> BadArguments:
    # A misspelt name is also a missing one: the misspelling is what to tell.
    problem = max(error.errors(include_url=False), key=lambda e: e["type"] == "extra_forbidden")
    argument = str(problem["loc"][0]) if problem["loc"] else name
    if problem["type"] == "extra_forbidden":
        known = nearest(argument, parameters)
        return BadArguments(f"an argument of {name}", repr(argument), known)
    if problem["type"] == "missing":
        return BadArguments(f"{name} with {argument!r}", "none", f"write `{name}: …`")
    said = problem["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return BadArguments(f"{said} as {argument!r} of {name}", repr(problem["input"]))
