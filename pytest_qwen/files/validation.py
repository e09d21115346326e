"""A document checked against a pydantic model: each of its errors becomes a problem with a line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from pytest_qwen.files.pydantic_messages import wanted
from pytest_qwen.files.yaml_lines import Document, Loc, Problem, SpecError
from pytest_qwen.messages.names import nearest

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Declared:
    """A document that declares something by a name, and its keys, validated."""

    fields: Any
    document: Document

    @property
    def name(self) -> str:
        """The unique name, under the key `behavior`."""
        name: str = self.fields.behavior
        return name

    @property
    def line(self) -> int:
        """The line of the `behavior:` key."""
        return self.document.line(("behavior",))


def validate(model: type[Model], document: Document) -> Model:
    """Validate a document with a pydantic model.

    Raises:
        SpecError: each of pydantic's errors as a problem with its line.
    """
    if not isinstance(document.data, dict):
        got = type(document.data).__name__
        raise SpecError(document.problem((), "a mapping of keys to values", got))
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        # An item that cannot be read also leaves its list too short: that is no second mistake.
        told = [e for e in errors if e["type"] != "too_short" or not e["input"]]
        problems = (_problem(model, document, e) for e in told)
        raise SpecError(*dict.fromkeys(problems)) from None


def _problem(model: type[BaseModel], document: Document, error: Any) -> Problem:
    loc: Loc = error["loc"]
    name, got = loc[-1] if loc else "", repr(error["input"])
    match error["type"]:
        case "extra_forbidden":
            fields = _model_at(model, loc[:-1]).model_fields
            return document.problem(loc, "a known key", repr(name), nearest(name, fields))
        case "missing":
            return document.problem(loc, f"the key {name!r}", "none", "add it")
        case "literal_error" if isinstance(error["input"], str):
            known = re.findall(r"'([^']*)'", error["ctx"]["expected"])
            loc = tuple(part for part in loc if part != "[key]")
            return document.problem(loc, f"one of {', '.join(known)}", got, nearest(got, known))
        case "string_type" if not isinstance(error["input"], dict | list):
            loc = tuple(step for step in loc if step != "str")
            return document.problem(loc, "text", got, "put it in quotes")
        case "int_type" | "float_type" if loc[-1] in {"int", "float"}:
            return document.problem(loc[:-1], "text", got, "put it in quotes")
        case "either":
            return document.problem(loc, error["msg"], "neither or both")
        case "list_type" | "tuple_type":
            return document.problem(loc, wanted(error), got, "begin each item with '- '")
        case _:
            return document.problem(loc, wanted(error), got)


def _model_at(model: type[BaseModel], loc: Loc) -> type[BaseModel]:
    """Return the model that describes the mapping at `loc`."""
    for step in loc:
        if isinstance(step, str) and step in model.model_fields:
            found = _models_in(model.model_fields[step].annotation)
            model = found[0] if found else model
    return model


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _models_in(inner)]
