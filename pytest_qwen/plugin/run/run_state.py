"""One run of pytest as the plugin sees it. Light: it is made in every project."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_qwen.plugin.run.run_options import RunOptions

if TYPE_CHECKING:
    from pytest_qwen.family.family import Family
    from pytest_qwen.plugin.gate_watch import Watch
    from pytest_qwen.plugin.shown.progress import Progress
    from pytest_qwen.record.writing import RecordWriter
    from pytest_qwen.spec.loading import Spec

CONTROL = "qwen_control"
"""What the controller calls the socket of its generators in a worker's input."""

PLAN = "qwen_plan"
"""What it calls the plan of the looks there."""


@dataclass
class Run:
    """All that the plugin keeps of a run. Under `-n`, each process has one of its own.

    The first group is filled where tests run, the second where the record is written: without
    workers both are in one process.
    """

    config: pytest.Config
    options: RunOptions

    specs: dict[Path, list[Spec]] = field(default_factory=dict)
    """The behavior files that were read."""
    behaviors: dict[str, Spec] = field(default_factory=dict)
    """The first behavior of each name."""
    cases: set[str] = field(default_factory=set)
    """The ids of the items that ask models for replies; others are left alone."""
    selected: list[pytest.Item] = field(default_factory=list)
    """Those of them that will run, in order."""
    announced: bool = False
    """Whether a report has told their ids to the process that writes the record."""
    blocks: list[list[str]] = field(default_factory=list)
    """The cases between two looks of a gate that watches the run."""

    progress: Progress | None = None
    watch: Watch | None = None
    suite: dict[str, Any] = field(default_factory=dict)
    """What was selected, as the first report described it."""
    expected: dict[str, None] = field(default_factory=dict)
    """The ids of the cases that must report, in order."""
    writer: RecordWriter | None = None
    """The record, from the first sample on."""
    drifts: list[str] = field(default_factory=list)
    """Snapshots of another environment that differ here, a line each."""
    page: Path | None = None
    """The page for reviewers, once it is written."""
    problems: list[str] = field(default_factory=list)
    """Why the end of the record, or the page, could not be written."""
    verdict: str = ""
    """What the gate that watched the run says."""

    @cached_property
    def family(self) -> Family:
        """The family that was chosen.

        Raises:
            pytest.UsageError: it cannot be found or read.
        """
        from pytest_qwen.plugin.run.opening import open_family

        return open_family(self)

    @property
    def worker_input(self) -> dict[str, Any]:
        """What the controller told this worker, nothing where this is none."""
        return getattr(self.config, "workerinput", {})

    @property
    def is_worker(self) -> bool:
        """Whether this is a process of `-n` that runs tests for another."""
        return hasattr(self.config, "workerinput")


_RUN = pytest.StashKey[Run]()


def begin_run(config: pytest.Config) -> Run:
    """Make the run's object.

    Raises:
        pytest.UsageError: an option or the configuration has a value that cannot be used.
    """
    run = config.stash[_RUN] = Run(config, RunOptions.of(config))
    return run


def run_of(config: pytest.Config) -> Run:
    """Return the run of a configuration, that of an item or a session as well."""
    return config.stash[_RUN]
