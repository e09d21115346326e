"""JSON that is shown beside records: what a gate decided, what preflight found. It is untrusted."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from pytest_qwen.files.json_file import load as load_json
from pytest_qwen.messages.error import CommandError
from pytest_qwen.report.run import ReportError

Model = TypeVar("Model", bound=BaseModel)


def load(kind: type[Model], path: Path, what: str, do: str) -> Model:
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
        return load_json(kind, path, what, do)
    except CommandError as error:
        raise ReportError(str(error)) from None
