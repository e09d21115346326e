"""The files that a gate is given, read; what cannot be read is said in one line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pytest_qwen.messages.error import CommandError

if TYPE_CHECKING:
    from pytest_qwen.gate.compared.evidence import Evidence
    from pytest_qwen.gate.policy import Policy


def read_policy(path: Path | None) -> Policy:
    """Read a policy, or say in a line why it cannot be read; the default policy without a path."""
    from pytest_qwen.gate.policy import Policy, load_policy

    if path is None:
        return Policy()
    from pytest_qwen.files.yaml_lines import SpecError

    try:
        return load_policy(path)
    except SpecError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(f"{path}: expected a policy file, got {error.strerror}") from None


def evidence(path: Path) -> Evidence:
    """Read a record, or say in a line why it cannot be read."""
    from pytest_qwen.gate.compared.evidence import read_evidence
    from pytest_qwen.record.reading import RecordError

    try:
        return read_evidence(path)
    except RecordError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        do = "name what --qwen-record wrote"
        raise CommandError(f"{path}: expected a record, got {error.strerror}: {do}") from None
