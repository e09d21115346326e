"""What a spec writes after a name, checked and bound to a function's arguments.

starts_with: "结论："             the first argument as a scalar or a list
length: {at_most: 80}             or all of them by name
asks_back                         or none
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from pytest_qwen.files.pydantic_messages import Mistake, mistakes
from pytest_qwen.messages.names import shortened

Check = Callable[..., None]


class Refused(ValueError):
    """A name or arguments that cannot be used: what was expected, what came, what to do."""

    def __init__(self, expected: str, got: str, do: str = "") -> None:
        super().__init__(f"expected {expected}, got {got}" + (f": {do}" if do else ""))
        self.expected, self.got, self.do = expected, got, do


class UnknownName(Refused):
    """A trait or a measure that nobody registered."""


class BadArguments(Refused):
    """Arguments that a trait or a measure does not take."""


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    return list(inspect.signature(function).parameters.values())[1:]


def check_signature(name: str, function: Callable[..., Any], *, open_ended: bool = False) -> None:
    """Raise a ValueError unless every parameter after the first is annotated.

    None may be a * either, unless the function is `open_ended`.
    """
    for parameter in _parameters(function):
        star = parameter.kind.name.startswith("VAR") and not open_ended
        if parameter.annotation is parameter.empty or star:
            raise ValueError(f"{name}: expected annotated arguments, got {parameter}")


def arguments_of(name: str, *functions: Callable[..., Any]) -> type[BaseModel]:
    """Return functions' parameters after the first, as a pydantic model that forbids others."""
    fields: dict[str, Any] = {
        p.name: (get_type_hints(function)[p.name], ... if p.default is p.empty else p.default)
        for function in functions
        for p in _parameters(function)
        if p.kind is not p.VAR_KEYWORD
    }
    config = ConfigDict(extra="forbid", arbitrary_types_allowed=False)
    return create_model(name, __config__=config, **fields)


def bind_arguments(name: str, model: type[BaseModel], raw: Any, check: Check | None) -> Any:
    """Return the arguments by name that `raw`, the value after a name in a spec, stands for.

    Raises:
        BadArguments: these are not the arguments of `model`, or `check` refuses them.
    """
    parameters = list(model.model_fields)
    match raw:
        case None | True:
            values: dict[str, Any] = {}
        case dict():
            values = raw
        case _ if parameters:
            values = {parameters[0]: raw}
        case _:
            raise BadArguments(f"{name} without arguments", _shown(raw))
    try:
        arguments = model(**values)
    except ValidationError as error:
        raise _refused(name, mistakes(error, model, values)[0]) from None
    except TypeError:
        raise BadArguments(f"names as arguments of {name}", _shown(raw)) from None
    bound = {p: getattr(arguments, p) for p in parameters}
    if check:
        try:
            check(**bound)
        except ValueError as error:
            raise BadArguments(f"{name} with {error}", _shown(raw)) from None
    return bound


def _shown(raw: Any) -> str:
    return shortened(repr(raw), 300)


def _refused(name: str, mistake: Mistake) -> BadArguments:
    kind, _, expected, got, do = mistake
    place = mistake.place or name
    if kind == "unknown":
        return BadArguments(f"an argument of {name}", got, do)
    if kind == "missing":
        return BadArguments(f"{name} with {place!r}", got, f"write `{name}: …`")
    return BadArguments(f"{expected} as {place!r} of {name}", got, do)
