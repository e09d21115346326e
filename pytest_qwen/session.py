"""What options open for a run: the family, its models with the store, and the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import pytest

from pytest_qwen import marker
from pytest_qwen.core.names import nearest
from pytest_qwen.core.plan import Case, Request
from pytest_qwen.core.record import RecordWriter
from pytest_qwen.core.relation import Relation
from pytest_qwen.core.reply import ROLES, Role
from pytest_qwen.core.source import SpecError
from pytest_qwen.engine import Options
from pytest_qwen.engine.client import RemoteGenerator
from pytest_qwen.engine.environment import resolve
from pytest_qwen.engine.models import Models
from pytest_qwen.engine.store import Store
from pytest_qwen.family.checkpoint import CheckpointError
from pytest_qwen.family.family import Family, load_family
from pytest_qwen.live import LIVE
from pytest_qwen.options import CONTROL, FOLDER, chosen_family, timeout

CASES = pytest.StashKey[list[pytest.Item]]()
"""The selected items that ask models for replies, in order."""

RECORDED = ("family", "model", "samples", "exact", "whole")
"""The options that decide what is generated and how it may be compared."""


def open_family(config: pytest.Config) -> Family:
    """Load the family that option, environment or configuration name.

    Raises:
        pytest.UsageError: it cannot be found or read.
    """
    try:
        return load_family(chosen_family(config) or "tiny", _models(config))
    except SpecError as error:
        raise pytest.UsageError(str(error)) from None


def _models(config: pytest.Config) -> Mapping[Role, str]:
    models: dict[Role, str] = {}
    for binding in config.getoption("--qwen-model"):
        name, _, checkpoint = binding.partition("=")
        role = next((role for role in ROLES if role == name), None)
        if role is None or not checkpoint:
            do = "name a folder or a hub id" if role else nearest(name, ROLES)
            raise pytest.UsageError(
                f"--qwen-model: expected ROLE=CHECKPOINT, got {binding!r}: {do}"
            )
        models[role] = checkpoint
    return models


def open_models(config: pytest.Config) -> Models:
    """Return the family's models with the store that was asked for; nothing is loaded yet.

    Raises:
        StoreError: the store cannot be used.
    """
    place = config.getoption("--qwen-store")
    folder = None if place == "off" else _path(config, place, "store")
    options = Options(
        rows=config.getoption("--qwen-batch"),
        seconds=timeout(config),
        exact=config.getoption("--qwen-exact"),
    )
    control = Path(getattr(config, "workerinput", {}).get(CONTROL, ""))
    opens = {
        "family": chosen_family(config) or "tiny",
        "models": _models(config),
        "store": folder and str(folder),
        "options": asdict(options),
    }

    def generator(models: Models) -> RemoteGenerator:
        devices = {role: resolve(b.device) for role, b in models.family.roles.items()}
        return RemoteGenerator(control, opens, devices, models.missing)

    return Models(
        open_family(config),
        Store(folder) if folder else None,
        planned=lambda: planned(config),
        options=options,
        generator=generator if control.is_socket() else None,
        tell=live.show if (live := config.stash.get(LIVE, None)) else None,
    )


def planned(config: pytest.Config) -> Iterator[Request]:
    """Yield what the selected cases will ask, in their order."""
    samples = config.getoption("--qwen-samples")
    for item in config.stash.get(CASES, ()):
        callspec = getattr(item, "callspec", None)
        case = callspec.params.get("qwen_case") if callspec else None
        if isinstance(case, Case):
            yield from case.asks(samples, early=may_end_early(config, case))
        elif isinstance(case, Relation):
            yield from case.asks(samples)
        elif mark := marker.asks(item):
            yield from marker.requests(mark, samples)


def may_end_early(config: pytest.Config, case: Case) -> bool:
    """Say whether replies may end when verdicts are certain; what a snapshot holds is whole."""
    return not config.getoption("--qwen-whole") and not has_snapshot(config, case)


def has_snapshot(config: pytest.Config, case: Case) -> bool:
    """Say whether a case's replies are compared with a snapshot in this run."""
    samples, exact = config.getoption("--qwen-samples"), config.getoption("--qwen-exact")
    return case.behavior.fields.snapshot and samples is None and bool(exact)


def open_record(config: pytest.Config) -> RecordWriter:
    """Return the writer of the run's record; the file is made with the first sample."""
    models = Models(open_family(config))
    run = {
        "suite": config.args,
        "family": models.family.name,
        "checkpoints": {role: _checkpoint(models, role) for role in models.family.roles},
        "options": {name: config.getoption(f"--qwen-{name}") for name in RECORDED},
        "versions": {name: version(name) for name in ("pytest", "pytest-qwen")},
        "attempt": 1,
    }
    return RecordWriter(_path(config, config.getoption("--qwen-record"), "record.jsonl"), run)


def _checkpoint(models: Models, role: Role) -> dict[str, str | None]:
    """Describe a role's checkpoint; of one that is missing or unsafe only its name is known."""
    name = models.family.roles[role].checkpoint
    try:
        fingerprint = models.checkpoint(role).fingerprint
        where = str(models.environment(role))
    except CheckpointError:
        return {"checkpoint": name, "fingerprint": None, "environment": None}
    return {"checkpoint": name, "fingerprint": fingerprint, "environment": where}


def _path(config: pytest.Config, given: str | None, default: str) -> Path:
    """Return a path below where pytest was called, or the default below its root directory.

    The default folder keeps itself out of version control, as pytest's cache does.
    """
    if given:
        return config.invocation_params.dir / given
    folder = config.rootpath / FOLDER
    with suppress(OSError):  # whoever writes there next says what is wrong
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / ".gitignore").exists():
            (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    return folder / default
