"""What pydantic refuses, in the words of one who writes YAML or JSON.

    try:
        Sampling.model_validate(data)
    except ValidationError as error:
        for mistake in mistakes(error, Sampling, data):
            print(mistake)                  temperature: expected at least 0, got -1

A mistake says the place, what was expected, what there was and what to write instead; whoever asks
puts path and line before it. No word of it is pydantic's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from pytest_qwen.files.pydantic_words import TEXT, choices_of, expected_of
from pytest_qwen.messages.names import closest, nearest, shorten, shortened

Model = TypeVar("Model", bound=BaseModel)
Loc = tuple[str | int, ...]


class Mistake(NamedTuple):
    """One thing that is wrong with data: `kind` tells a key that is unknown from one that lacks."""

    kind: Literal["unknown", "missing", "value"]
    loc: Loc
    expected: str
    got: str
    do: str = ""

    @property
    def place(self) -> str:
        """Where it is, as keys and numbers of items: `prompts.0.id`."""
        return ".".join(map(str, self.loc))

    def __str__(self) -> str:
        do = f": {self.do}" if self.do else ""
        return f"{self.place}: expected {self.expected}, got {self.got}{do}"


def checked(model: type[Model], data: Any) -> Model:
    """Return the data of a caller as a model.

    Raises:
        ValueError: it does not fit: `temperature: expected at least 0, got -1`.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        mistake = mistakes(error, model, data)[0]
    raise ValueError(str(mistake))


def mistakes(error: ValidationError, model: type[BaseModel], data: Any) -> list[Mistake]:
    """Return everything that is wrong with the data of a model, a misspelt key first.

    Where one of several kinds of value is expected, all of them are one mistake.
    """
    errors = error.errors(include_url=False)
    # An item that cannot be read also leaves its list too short: that is no second mistake.
    errors = [e for e in errors if e["type"] != "too_short" or not e["input"]]
    by_place: dict[Loc, list[Mistake]] = {}
    for details in errors:
        mistake = _mistake(details, model, data)
        by_place.setdefault(mistake.loc, []).append(mistake)
    # Of a union's members the one that could be read furthest is what was meant.
    around = {place[:n] for place in by_place for n in range(len(place))}
    merged = [_merged(same) for place, same in by_place.items() if place not in around]
    return sorted(merged, key=lambda mistake: mistake.kind != "unknown")


def explain(error: ValidationError, what: str = "the line") -> str:
    """Say what was expected and what there was: the first problem of data called `what`."""
    details = error.errors(include_url=False)[0]
    where = ".".join(map(str, details["loc"])) or what
    if details["type"] == "missing":
        return f"expected {where}, got none"
    got = details["input"]
    if isinstance(got, bytes):
        got = got.decode(errors="replace")
    return f"expected {expected_of(details)} as {where}, got {shorten(str(got), 40)}"


def _mistake(details: Mapping[str, Any], model: type[BaseModel], data: Any) -> Mistake:
    loc, got = _real(details["loc"], data), details["input"]
    name = str(loc[-1]) if loc else ""
    match details["type"]:
        case "extra_forbidden":
            do = nearest(name, _model_at(model, loc[:-1]).model_fields)
            return Mistake("unknown", loc, "a known key", repr(name), do)
        case "missing":
            loc = (*loc, details["loc"][-1])
            return Mistake("missing", loc, f"the key {loc[-1]!r}", "none", "add it")
        case "literal_error" | "enum" if isinstance(got, str):
            close = closest(got, choices_of(details))
            do = f"did you mean {close!r}?" if close else ""
            return Mistake("value", loc, expected_of(details), _shown(got), do)
        case "either":
            return Mistake("value", loc, details["msg"], "neither or both")
        case "list_type" | "tuple_type":
            do = "begin each item with '- '"
            return Mistake("value", loc, expected_of(details), _shown(got), do)
    expected = expected_of(details)
    scalar = not isinstance(got, dict | list | tuple)
    do = "put it in quotes" if expected == TEXT and scalar else ""
    return Mistake("value", loc, expected, _shown(got), do)


def _merged(alternatives: Sequence[Mistake]) -> Mistake:
    """Make one of what the members of a union expected at one place."""
    quoted = [mistake for mistake in alternatives if mistake.do == "put it in quotes"]
    if quoted or len(alternatives) == 1:
        return (quoted or alternatives)[0]
    expected = list(dict.fromkeys(mistake.expected for mistake in alternatives))
    if "a number" in expected and "a whole number" in expected:
        expected.remove("a whole number")
    return alternatives[0]._replace(expected=" or ".join(expected))


def _real(loc: Loc, data: Any) -> Loc:
    """Return a place without what pydantic puts into it for keys and for members of unions."""
    place: list[str | int] = []
    for step in loc:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            continue
        place.append(step)
    return tuple(place)


def _model_at(model: type[BaseModel], loc: Loc) -> type[BaseModel]:
    """Return the model that describes the mapping at `loc`."""
    for step in loc:
        if isinstance(step, str) and step in model.model_fields:
            inner = _models_in(model.model_fields[step].annotation)
            model = inner[0] if inner else model
    return model


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _models_in(inner)]


def _shown(value: Any) -> str:
    return shortened(repr(value), 100)
