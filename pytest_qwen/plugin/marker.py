"""What the behavior marker of a Python test asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import pytest
from pydantic import Field, ValidationError

from pytest_qwen.files.fields import Switches
from pytest_qwen.files.pydantic_messages import Mistake, mistakes
from pytest_qwen.model_io.message import Message
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.sampling import Sampling
from pytest_qwen.model_io.vocabulary import PROMPT_AS, As, Role


class MarkerArguments(Sampling):
    """The arguments of `@behavior`; sampling parameters are arguments of their own."""

    role: Role
    prompt: Annotated[str, Field(min_length=1)] | None = None
    messages: Annotated[tuple[Message, ...], Field(min_length=1)] | None = None
    samples: Annotated[int, Field(ge=1, strict=True)] = 1
    seed: Annotated[int, Field(ge=0, lt=2**63, strict=True)] = 0
    prompt_as: As | None = None
    thinking: bool | None = None
    template: Switches = Field({})


def requests(marker: pytest.Mark, samples: int | None = None) -> tuple[Request, ...]:
    """Return a request for each sample that a marker asks for.

    Raises:
        ValueError: an argument is missing, unknown or of the wrong kind.
    """
    if marker.args:
        raise ValueError(f"expected @behavior(role=…, prompt=…), got {marker.args[0]!r} unnamed")
    try:
        asked = MarkerArguments.model_validate(marker.kwargs)
    except ValidationError as error:
        raise _refused(mistakes(error, MarkerArguments, marker.kwargs)[0]) from None
    if (asked.prompt is None) == (asked.messages is None):
        raise ValueError("expected @behavior with prompt=… or messages=…, got neither or both")
    messages = asked.messages or (Message(role="user", content=asked.prompt or ""),)
    sampling = Sampling(**{name: getattr(asked, name) for name in Sampling.model_fields})
    return tuple(
        Request(
            asked.role,
            messages,
            asked.prompt_as or PROMPT_AS[asked.role],
            sampling,
            asked.seed,
            sample,
            asked.thinking,
            asked.template,
        )
        for sample in range(samples or asked.samples)
    )


def problems(items: Sequence[pytest.Item]) -> list[str]:
    """Return what is wrong with the markers of items that use `reply` or `replies`, by line."""
    lines = []
    for item in items:
        marker = asks(item)
        if marker is None:
            continue
        try:
            _check_alone(item)
            requests(marker)
        except ValueError as error:
            path, line, _ = item.location
            lines.append(f"{path}:{(line or 0) + 1}: {error}")
    return lines


def _check_alone(item: pytest.Item) -> None:
    """Refuse two markers on one function: pytest would take the inner one.

    Raises:
        ValueError: there are more.
    """
    marks = getattr(getattr(item, "function", None), "pytestmark", ())
    if sum(mark.name == "behavior" for mark in marks) > 1:
        raise ValueError("expected one @behavior on a test, got more: write a test for each")


def asks(item: pytest.Item | pytest.Collector) -> pytest.Mark | None:
    """Return the behavior marker of a Python test that uses `reply` or `replies`."""
    if {"reply", "replies"}.isdisjoint(getattr(item, "fixturenames", ())):
        return None
    return item.get_closest_marker("behavior")


def _refused(mistake: Mistake) -> ValueError:
    kind, _, expected, got, do = mistake
    if kind == "unknown":
        return ValueError(f"expected an argument of @behavior, got {got}: {do}")
    if kind == "missing":
        return ValueError(f"expected @behavior with {mistake.place}=…, got none")
    do = f": {do}" if do else ""
    return ValueError(f"expected {expected} as {mistake.place} of @behavior, got {got}{do}")
