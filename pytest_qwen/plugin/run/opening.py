"""What options open for a run: the family, and its models with the store."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path

import pytest

from pytest_qwen.engine import Options
from pytest_qwen.engine.client import RemoteGenerator
from pytest_qwen.engine.models import Models
from pytest_qwen.engine.store import Store, StoreError
from pytest_qwen.family.family import Family, bindings, load_family
from pytest_qwen.files.yaml_lines import SpecError
from pytest_qwen.model_io.vocabulary import Role
from pytest_qwen.plugin.options import FOLDER
from pytest_qwen.plugin.run.run_state import CONTROL, Run
from pytest_qwen.plugin.run.suite import planned


def open_family(run: Run) -> Family:
    """Load the family that option, environment or configuration name.

    Raises:
        pytest.UsageError: it cannot be found or read.
    """
    try:
        return load_family(run.options.family_name or "tiny", _models(run))
    except SpecError as error:
        raise pytest.UsageError(str(error)) from None


def _models(run: Run) -> Mapping[Role, str]:
    try:
        return bindings(run.options.model)
    except ValueError as error:
        raise pytest.UsageError(f"--qwen-model: {error}") from None


def open_models(run: Run) -> Models:
    """Return the family's models with the store that was asked for; nothing is loaded yet.

    Raises:
        StoreError: the store cannot be used.
    """
    asked, folder = run.options, store_folder(run)
    options = Options(rows=asked.batch, seconds=asked.timeout, exact=asked.exact)
    control = Path(run.worker_input.get(CONTROL, ""))
    opens = {
        "family": asked.family_name or "tiny",
        "models": _models(run),
        "store": folder and str(folder),
        "options": asdict(options),
    }

    def generator(models: Models) -> RemoteGenerator:
        def places(role: Role) -> Sequence[str]:
            return models.engine(role).places

        return RemoteGenerator(control, opens, places, models.missing)

    return Models(
        run.family,
        Store(folder) if folder else None,
        planned=lambda: planned(run),
        options=options,
        generator=generator if control.is_socket() else None,
        seed_offset=asked.seed_offset,
        tell=run.progress.show if run.progress else None,
    )


def store_folder(run: Run) -> Path | None:
    """Return where the run's replies are kept; None where they are not."""
    place = run.options.store
    return None if place == "off" else path_for(run, place, "store")


def unused_replies(run: Run) -> str:
    """Return a line on replies that no run uses, because an older release kept them; or ""."""
    folder = store_folder(run)
    if folder is None:
        return ""
    try:
        with closing(Store(folder, create=False)) as store:
            count = store.unused()
    except StoreError:  # whoever asked it for a reply has said so
        return ""
    command = shlex.join(["pytest-qwen", "store", "prune", os.path.relpath(folder)])
    replies = "1 reply" if count == 1 else f"{count:,} replies"
    what = f"{replies} of an older release in the store, which no run uses"
    return f"{what}: `{command}` removes them" if count else ""


def path_for(run: Run, given: str | None, default: str) -> Path:
    """Return a path below where pytest was called, or the default below its root directory.

    The default folder keeps itself out of version control, as pytest's cache does.
    """
    if given:
        return run.config.invocation_params.dir / given
    folder = run.config.rootpath / FOLDER
    with suppress(OSError):  # whoever writes there next says what is wrong
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / ".gitignore").exists():
            (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    return folder / default
