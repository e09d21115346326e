"""A document checked against a pydantic model: each of its errors becomes a problem with a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from pytest_qwen.files.pydantic_messages import mistakes
from pytest_qwen.files.yaml_lines import Document, SpecError

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
        wrong = mistakes(error, model, document.data)
        raise SpecError(
            *(document.problem(m.loc, m.expected, m.got, m.do) for m in wrong)
        ) from None
