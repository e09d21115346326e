"""JSON files that commands write for machines and for each other: gate.json, preflight.json.

Whoever reads one takes it from strangers: it is checked as a whole, and refused in one line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from pytest_qwen.files.pydantic_messages import explain
from pytest_qwen.messages.error import CommandError


class JsonPart(BaseModel):
    """A part of such a file: values of the declared type only; unknown keys are ignored."""

    model_config = ConfigDict(strict=True)


Model = TypeVar("Model", bound=BaseModel)


def load(model: type[Model], path: Path, what: str, do: str) -> Model:
    """Read a file.

    Args:
        model: what it must hold.
        path: the file.
        what: what it is called.
        do: what to do where it is something else.

    Raises:
        CommandError: it cannot be read, or holds something else.
    """
    try:
        return model.model_validate_json(path.read_bytes())
    except OSError as error:
        raise CommandError(f"{path}: expected {what}, got {error.strerror}: {do}") from None
    except ValidationError as error:
        raise CommandError(f"{path}: {explain(error, what)}: {do}") from None


def dumped(data: Mapping[str, Any]) -> bytes:
    """Return data as the bytes of a file: sorted keys, strict JSON, UTF-8."""
    text = json.dumps(data, sort_keys=True, allow_nan=False, ensure_ascii=False, indent=1)
    return f"{text}\n".encode()
