"""The record of a run: where it goes, and what its first line says."""

from __future__ import annotations

from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pytest_qwen.engine.models import Models
from pytest_qwen.family.checkpoint import CheckpointError
from pytest_qwen.model_io.vocabulary import Role
from pytest_qwen.plugin.run.opening import path_for
from pytest_qwen.plugin.run.run_state import Run
from pytest_qwen.record.again import REPEATED
from pytest_qwen.record.baseline import refuse_baseline
from pytest_qwen.record.parts import RecordedCheckpoint
from pytest_qwen.record.reading import RecordError, read_lines
from pytest_qwen.record.schema import SCHEMA, RunLine
from pytest_qwen.record.writing import RecordWriter, check_regular


def open_record(run: Run) -> RecordWriter:
    """Return the writer of the run's record; the file is made with the first sample.

    Raises:
        OSError: what is at the record's place is no file.
        CommandError: an approved baseline is there.
    """
    models = Models(run.family)
    path = record_path(run)
    check_regular(path)
    refuse_baseline(path)
    header = RunLine(
        schema=SCHEMA,
        suite=run.config.args,
        **run.suite,
        family=models.family.name,
        checkpoints={role: _checkpoint(models, role) for role in models.family.roles},
        options=repeated(run),
        versions={name: version(name) for name in ("pytest", "pytest-qwen")},
    )
    header.attempt = _attempt(path, header)
    return RecordWriter(path, header)


def repeated(run: Run) -> dict[str, Any]:
    """Return the options that a case is repeated with, by name."""
    return {name: getattr(run.options, name) for name in REPEATED}


def record_path(run: Run) -> Path:
    """Return where the run's record goes."""
    return path_for(run, run.options.record, "record.jsonl")


def _attempt(path: Path, header: RunLine) -> int:
    """Count how often this suite was recorded here with these checkpoints, one after the other."""
    try:
        before = next(read_lines(path)).line
    except (OSError, RecordError):
        return 1
    if not isinstance(before, RunLine):
        return 1
    same = (before.suite_hash, before.checkpoints) == (header.suite_hash, header.checkpoints)
    return before.attempt + 1 if same else 1


def _checkpoint(models: Models, role: Role) -> RecordedCheckpoint:
    """Describe what answers a role; of what cannot be used only the names are known."""
    binding = models.family.roles[role]
    recorded = RecordedCheckpoint(checkpoint=binding.checkpoint, engine=binding.engine)
    with suppress(CheckpointError):
        identity = models.engine(role).identity
        recorded.fingerprint, recorded.template = identity.fingerprint, identity.template
        recorded.environment = identity.environment
    return recorded
