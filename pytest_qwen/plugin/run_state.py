"""What options open for a run: the family, its models with the store, and the record."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import asdict
from importlib.metadata import version
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from pytest_qwen.engine import Options
from pytest_qwen.engine.client import RemoteGenerator
from pytest_qwen.engine.models import Models
from pytest_qwen.engine.store import Store, StoreError
from pytest_qwen.family.checkpoint import CheckpointError
from pytest_qwen.family.family import Family, bindings, load_family
from pytest_qwen.files.yaml_lines import SpecError
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.vocabulary import Role
from pytest_qwen.plugin import marker
from pytest_qwen.plugin.options import CONTROL, FOLDER, chosen_family, timeout
from pytest_qwen.plugin.progress import LIVE
from pytest_qwen.plugin.source_hash import source_hash
from pytest_qwen.record.again import REPEATED
from pytest_qwen.record.parts import RecordedCheckpoint
from pytest_qwen.record.plain import plain
from pytest_qwen.record.reading import RecordError, approvals, read_lines
from pytest_qwen.record.schema import SCHEMA, RunLine
from pytest_qwen.record.writing import RecordWriter
from pytest_qwen.spec.cases import Case
from pytest_qwen.spec.relation import Relation

CASES = pytest.StashKey[list[pytest.Item]]()
"""The selected items that ask models for replies, in order."""


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
    try:
        return bindings(config.getoption("--qwen-model"))
    except ValueError as error:
        raise pytest.UsageError(f"--qwen-model: {error}") from None


def open_models(config: pytest.Config) -> Models:
    """Return the family's models with the store that was asked for; nothing is loaded yet.

    Raises:
        StoreError: the store cannot be used.
    """
    folder = store_folder(config)
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
        def places(role: Role) -> Sequence[str]:
            return models.engine(role).places

        return RemoteGenerator(control, opens, places, models.missing)

    family = open_family(config)
    return Models(
        family,
        Store(folder) if folder else None,
        planned=lambda: planned(config, family),
        options=options,
        generator=generator if control.is_socket() else None,
        seed_offset=config.getoption("--qwen-seed-offset"),
        tell=live.show if (live := config.stash.get(LIVE, None)) else None,
    )


def planned(config: pytest.Config, family: Family) -> Iterator[Request]:
    """Yield what the selected cases will ask, in their order, but for what the family lacks."""
    for item in config.stash.get(CASES, ()):
        case = _case(item)
        if not (case and family.lacking(case.needs)):
            yield from _requests(item)


def _case(item: pytest.Item) -> Case | Relation | None:
    """Return the case, or the relation of a comparison, of an item from YAML."""
    callspec = getattr(item, "callspec", None)
    case = callspec.params.get("qwen_case") if callspec else None
    return case if isinstance(case, Case | Relation) else None


def _requests(item: pytest.Item) -> Sequence[Request]:
    samples = item.config.getoption("--qwen-samples")
    match _case(item):
        case Case() as case:
            return case.asks(samples)
        case Relation() as relation:
            return relation.asks(samples)
    mark = marker.asks(item)
    return marker.requests(mark, samples) if mark else ()


def has_snapshot(config: pytest.Config, case: Case) -> bool:
    """Say whether a case's replies are compared with a snapshot in this run."""
    names = ("samples", "record-only", "seed-offset")
    elsewise = any(config.getoption(f"--qwen-{name}") for name in names)
    exact: bool = config.getoption("--qwen-exact")
    return case.behavior.fields.snapshot and exact and not elsewise


def describe_suite(config: pytest.Config) -> dict[str, Any]:
    """Return a hash of what the selected cases ask and expect, and the versions of their traits.

    The models are no part of it: two runs with one hash did the same to different models.
    """
    digest = hashlib.sha256(b"[")  # of one JSON text, which is never whole: it has megabytes
    versions: dict[str, str] = {}
    for number, item in enumerate(sorted(config.stash.get(CASES, ()), key=attrgetter("nodeid"))):
        case = _case(item)
        expected: list[list[Any]]
        if isinstance(case, Relation):
            expected = [["comparison", case.claim, case.order, [case.margin, case.confidence]]]
        elif case:
            expected = [[e.name, plain(e.args), e.at_least, e.version] for e in case.expectations]
            expected += [[h.name, h.args, 1.0, h.version] for h in case.held]
            used = [leaf.bound.trait for leaf in case.leaves]
            versions |= {trait.name: str(trait.version) for trait in used}
        else:
            expected = [["test", None, 1.0, source_hash(item.function)]]  # type: ignore[attr-defined]
        asked = [item.nodeid, [r.to_json() for r in _requests(item)], expected]
        text = json.dumps(asked, sort_keys=True, default=str)
        digest.update((b", " if number else b"") + text.encode("utf-8", "surrogatepass"))
    digest.update(b"]")
    return {"suite_hash": digest.hexdigest()[:32], "traits": dict(sorted(versions.items()))}


def open_record(config: pytest.Config, suite: Mapping[str, Any]) -> RecordWriter:
    """Return the writer of the run's record; the file is made with the first sample.

    Args:
        config: pytest's.
        suite: what `describe_suite` said where the cases were collected.

    Raises:
        OSError: an approved baseline is at the record's place, or what is no file.
    """
    models = Models(open_family(config))
    path = record_path(config)
    if path.exists() and not path.is_file():  # a device may be read without end
        raise OSError(f"{path}, which is no regular file: name another place")
    if approvals(path).exists():
        do = "which only `pytest-qwen approve` replaces: record beside it"
        raise OSError(f"an approved baseline, {path}, {do}")
    run = RunLine(
        schema=SCHEMA,
        suite=config.args,
        **suite,
        family=models.family.name,
        checkpoints={role: _checkpoint(models, role) for role in models.family.roles},
        options=repeated(config),
        versions={name: version(name) for name in ("pytest", "pytest-qwen")},
    )
    run.attempt = _attempt(path, run)
    return RecordWriter(path, run)


def repeated(config: pytest.Config) -> dict[str, Any]:
    """Return the options that a case is repeated with, by name."""
    return {name: config.getoption(f"qwen_{name}") for name in REPEATED}


def store_folder(config: pytest.Config) -> Path | None:
    """Return where the run's replies are kept; None where they are not."""
    place = config.getoption("--qwen-store")
    return None if place == "off" else _path(config, place, "store")


def unused_replies(config: pytest.Config) -> str:
    """Return a line on replies that no run uses, because an older release kept them; or ""."""
    folder = store_folder(config)
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


def record_path(config: pytest.Config) -> Path:
    """Return where the run's record goes."""
    return _path(config, config.getoption("--qwen-record"), "record.jsonl")


def _attempt(path: Path, run: RunLine) -> int:
    """Count how often this suite was recorded here with these checkpoints, one after the other."""
    try:
        before = next(read_lines(path)).line
    except (OSError, RecordError):
        return 1
    if not isinstance(before, RunLine):
        return 1
    same = (before.suite_hash, before.checkpoints) == (run.suite_hash, run.checkpoints)
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
