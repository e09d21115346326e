"""Snapshots: what each case said, in `snapshots/<family>/<role>/<behavior>.ambr`, read like code.

A snapshot names the environment that made it. Where the same environment gives another text, the
case fails with a diff. Texts are not promised to be equal on another device or another version of
torch: there a difference is reported as drift, and fails only when that is asked for.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import pytest
from syrupy.data import SnapshotCollections
from syrupy.extensions.amber import AmberSnapshotExtension
from syrupy.location import PyTestLocation

from pytest_qwen.engine.models import Models
from pytest_qwen.messages.reason import Reason
from pytest_qwen.model_io.reply import Reply
from pytest_qwen.model_io.request import Request
from pytest_qwen.plugin.run.run_state import run_of
from pytest_qwen.record.node_id import NodeId
from pytest_qwen.record.parts import SnapshotDifference
from pytest_qwen.record.snapshot_text import Parts, differences, render
from pytest_qwen.spec.cases import Case

FOLDER = "snapshots"
"""Below pytest's root directory."""


class QwenSnapshots(AmberSnapshotExtension):
    """One file a family, role and behavior; environment and tokens do not make a difference."""

    root: ClassVar[Path]
    prune: ClassVar[bool]
    tolerant: ClassVar[bool]
    drifts: ClassVar[list[str]]

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        """Return the folder of the item's role."""
        return str(cls.root / _case(test_location).role)

    @classmethod
    def get_file_basename(cls, *, test_location: PyTestLocation, index: Any) -> str:  # noqa: ARG003
        """Name the file after the behavior."""
        return _case(test_location).behavior.name

    @classmethod
    def matches_test_location(
        cls, *, test_location: PyTestLocation, snapshot_location: str
    ) -> bool:
        """Say whether a file is the item's: it is named after the behavior, not after the YAML."""
        return Path(snapshot_location).stem == NodeId.parse(test_location.nodeid).behavior

    @classmethod
    def discovery_dirname(cls, *, test_location: PyTestLocation) -> str:  # noqa: ARG003
        """Return the folder of all roles; syrupy asks for tests of other kinds too."""
        return str(cls.root)

    def discover_snapshots(self, **_: Any) -> SnapshotCollections:
        """Find the snapshots that cases could use, only when pruning was asked for.

        Another selection, role or family would otherwise make some of them look unused, and an
        update would delete them.
        """
        snapshots = SnapshotCollections()
        for file in self.root.rglob(f"*.{self.file_extension}") if self.prune else ():
            snapshots.add(self.read_snapshot_collection(snapshot_location=str(file)))
        return snapshots

    def serialize(self, data: Any, **_: Any) -> str:
        """Keep the text as it is: it is made readable before."""
        return str(data)

    def matches(self, *, serialized_data: Any, snapshot_data: Any) -> bool:
        """Compare what was said; another environment may say something else."""
        before, now = Parts.of(snapshot_data), Parts.of(serialized_data)
        if before.conversation == now.conversation:
            return True
        if before.environment == now.environment or not self.tolerant:
            return False
        flip = before.flip(now)
        self.drifts.append(f"was {before.environment}, is {now.environment}; {flip}")
        return True


@cache
def _extension(root: Path, prune: bool, tolerant: bool) -> type[QwenSnapshots]:
    """Return the extension with these settings: syrupy keeps what it has read by the class."""
    settings = {"root": root, "prune": prune, "tolerant": tolerant, "drifts": []}
    return type(QwenSnapshots.__name__, (QwenSnapshots,), settings)


def _case(location: PyTestLocation) -> Case:
    case: Case = location.item.callspec.params["qwen_case"]  # type: ignore[attr-defined]
    return case


class Compared(NamedTuple):
    """What there was, "" where nothing was compared; the message, "" where nothing fails.

    `differs` is what the record keeps of each sample that differs, `drift` a line on a snapshot
    of another environment that differs here.
    """

    got: str = ""
    message: str = ""
    differs: Mapping[int, SnapshotDifference] = {}
    drift: str = ""


def compare(
    case: Case,
    requests: Sequence[Request],
    replies: Sequence[Reply],
    models: Models,
    fixtures: pytest.FixtureRequest,
) -> Compared:
    """Compare a case with its snapshot."""
    config, document = fixtures.config, case.behavior.document
    asked = run_of(config).options
    if not config.pluginmanager.hasplugin("syrupy"):  # switched off by `-p no:syrupy`
        return Compared()
    strict = asked.strict_snapshots or config.option.update_snapshots
    root = config.rootpath / FOLDER / models.family.name
    extension = _extension(root, asked.prune_snapshots, not strict)
    drifts = extension.drifts
    drifts.clear()
    snapshot = fixtures.getfixturevalue("snapshot").use_extension(extension)
    environment = models.engine(case.role).identity.environment
    text = render(models.complete(requests[0]), replies, environment)
    met = snapshot == text
    if met and not drifts:
        return Compared(Reason("snapshot.same"))
    result = list(snapshot.executions.values())[-1]
    where = f"{document.path}:{document.line(('snapshot',))}"
    accept = "accept it with --snapshot-update"
    if result.recalled_data is None:
        file = Path(result.snapshot_location).relative_to(config.rootpath)
        message = f"{where}: expected a snapshot in {file}, got none: {accept}"
        return Compared(Reason("snapshot.missing"), message)
    before, now = Parts.of(result.recalled_data), Parts.of(text)
    differs = differences(before, now)
    if met:
        drift = f"{fixtures.node.nodeid}: {drifts[0]}"
        return Compared(Reason("snapshot.other_environment"), "", differs, drift)
    lines = [before.flip(now), *_diff(before, now)]
    diff = "\n".join(f"    {line}" for line in lines)
    message = f"{where}: expected the text of the snapshot, got another: {accept}\n{diff}"
    return Compared(Reason("snapshot.another"), message, differs)


def _diff(old: Parts, new: Parts) -> list[str]:
    before, now = ([part.environment, *part.conversation.splitlines()] for part in (old, new))
    return list(difflib.unified_diff(before, now, "snapshot", "now", n=1, lineterm=""))
