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
from pytest_qwen.plugin.options import FOLDER
from pytest_qwen.plugin.run import CONTROL, Run
from pytest_qwen.plugin.source_hash import source_hash
from pytest_qwen.record.again import REPEATED
from pytest_qwen.record.parts import RecordedCheckpoint
from pytest_qwen.record.plain import plain
from pytest_qwen.record.reading import RecordError, approvals, read_lines
from pytest_qwen.record.schema import SCHEMA, RunLine
from pytest_qwen.record.writing import RecordWriter
from pytest_qwen.spec.cases import Case
from pytest_qwen.spec.relation import Relation


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


def planned(run: Run) -> Iterator[Request]:
    """Yield what the selected cases will ask, in their order, but for what the family lacks."""
    for item in run.selected:
        case = _case(item)
        if not (case and run.family.lacking(case.needs)):
            yield from _requests(item, run.options.samples)


def _case(item: pytest.Item) -> Case | Relation | None:
    """Return the case, or the relation of a comparison, of an item from YAML."""
    callspec = getattr(item, "callspec", None)
    case = callspec.params.get("qwen_case") if callspec else None
    return case if isinstance(case, Case | Relation) else None


def _requests(item: pytest.Item, samples: int | None) -> Sequence[Request]:
    match _case(item):
        case Case() as case:
            return case.asks(samples)
        case Relation() as relation:
            return relation.asks(samples)
    mark = marker.asks(item)
    return marker.requests(mark, samples) if mark else ()


def describe_suite(run: Run) -> dict[str, Any]:
    """Return a hash of what the selected cases ask and expect, and the versions of their traits.

    The models are no part of it: two runs with one hash did the same to different models.
    """
    digest = hashlib.sha256(b"[")  # of one JSON text, which is never whole: it has megabytes
    versions: dict[str, str] = {}
    for number, item in enumerate(sorted(run.selected, key=attrgetter("nodeid"))):
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
        asked = [item.nodeid, [r.to_json() for r in _requests(item, run.options.samples)], expected]
        text = json.dumps(asked, sort_keys=True, default=str)
        digest.update((b", " if number else b"") + text.encode("utf-8", "surrogatepass"))
    digest.update(b"]")
    return {"suite_hash": digest.hexdigest()[:32], "traits": dict(sorted(versions.items()))}


def open_record(run: Run) -> RecordWriter:
    """Return the writer of the run's record; the file is made with the first sample.

    Raises:
        OSError: an approved baseline is at the record's place, or what is no file.
    """
    models = Models(run.family)
    path = record_path(run)
    if path.exists() and not path.is_file():  # a device may be read without end
        raise OSError(f"{path}, which is no regular file: name another place")
    if approvals(path).exists():
        do = "which only `pytest-qwen approve` replaces: record beside it"
        raise OSError(f"an approved baseline, {path}, {do}")
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


def store_folder(run: Run) -> Path | None:
    """Return where the run's replies are kept; None where they are not."""
    place = run.options.store
    return None if place == "off" else _path(run, place, "store")


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


def record_path(run: Run) -> Path:
    """Return where the run's record goes."""
    return _path(run, run.options.record, "record.jsonl")


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


def _path(run: Run, given: str | None, default: str) -> Path:
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
