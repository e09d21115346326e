"""JSON that is shown beside records: what a gate decided, what preflight found. It is untrusted."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from pytest_qwen.files.validation import explain
from pytest_qwen.report.run import ReportError


class Part(BaseModel):
    """A part of such a file, with no value of another type."""

    model_config = ConfigDict(strict=True)


Whole = TypeVar("Whole", bound=BaseModel)


def load(kind: type[Whole], path: Path, what: str, do: str) -> Whole:
    """Read a file.

    Args:
        kind: what it must hold.
        path: the file.
        what: what it is called.
        do: what to do where it is something else.

    Raises:
        ReportError: it cannot be read, or holds something else.
    """
    try:
        return kind.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ReportError(f"{path}: expected {what}, got {error.strerror}: {do}") from None
    except ValidationError as error:
        raise ReportError(f"{path}: {explain(error, what)}: {do}") from None
