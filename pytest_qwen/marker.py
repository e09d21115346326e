"""What the behavior marker of a Python test asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from pytest_qwen.core.names import nearest
from pytest_qwen.core.plan import Request
from pytest_qwen.core.reply import ROLES
from pytest_qwen.core.sampling import Sampling
from pytest_qwen.core.spec import PROMPT_AS, Message

_OWN = ("role", "prompt", "messages", "samples", "seed", "prompt_as", "thinking")


def add_role(item: pytest.Item, marker: pytest.Mark) -> None:
    """Check the marker of a Python test and give the test the mark of its role, for `-m`.

    Raises:
        pytest.UsageError: the marker cannot be read; the text names the test's line.
    """
    try:
        item.add_marker(requests(marker)[0].role)
    except ValueError as error:
        path, line, _ = item.location
        raise pytest.UsageError(f"{path}:{(line or 0) + 1}: {error}") from None


def requests(marker: pytest.Mark, samples: int | None = None) -> tuple[Request, ...]:
    """Return a request for each sample that a marker asks for.

    Raises:
        ValueError: an argument is missing, unknown or of the wrong kind.
    """
    said: Mapping[str, Any] = marker.kwargs
    if marker.args:
        raise ValueError(f"expected @behavior(role=…, prompt=…), got {marker.args[0]!r} unnamed")
    known = (*_OWN, *Sampling.model_fields)
    for name in said:
        if name not in known:
            raise ValueError(
                f"expected an argument of @behavior, got {name!r}: {nearest(name, known)}"
            )
    role = said.get("role")
    if role not in ROLES:
        raise ValueError(f"expected @behavior(role=…), got {role!r}: {nearest(role, ROLES)}")
    if ("prompt" in said) == ("messages" in said):
        raise ValueError("expected @behavior with prompt=… or messages=…, got neither or both")
    given = said.get("messages") or [{"role": "user", "content": said.get("prompt")}]
    try:
        messages = tuple(map(Message.model_validate, given))
        sampling = Sampling(**{n: v for n, v in said.items() if n in Sampling.model_fields})
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        name = ".".join(map(str, problem["loc"]))
        raise ValueError(
            f"expected {name} as @behavior takes it ({problem['msg']}), got {problem['input']!r}"
        ) from None
    prompt_as = said.get("prompt_as", PROMPT_AS[role])
    return tuple(
        Request(role, messages, prompt_as, sampling, said.get("seed", 0), i, said.get("thinking"))
        for i in range(samples or said.get("samples", 1))
    )
