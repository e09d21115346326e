"""What the records say of themselves: family, checkpoints, options, versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pytest_qwen.report.contents import Contents
from pytest_qwen.report.run import RecordedRun
from pytest_qwen.report.yaml_text import yaml_text

_LIMIT = 2000


@dataclass(frozen=True)
class About:
    """For each run its name, "" where it is the only one, and its facts."""

    template: ClassVar[str] = "about.jinja"
    runs: list[tuple[str, list[tuple[str, str]]]]

    @classmethod
    def of(cls, contents: Contents) -> About:
        """Collect the facts."""
        return cls(
            [
                (label, [(name, text[:_LIMIT]) for name, text in _facts(run)])
                for run, label in contents.runs
            ]
        )


def _facts(run: RecordedRun) -> Iterator[tuple[str, str]]:
    header = run.header
    yield from (("record", run.path), ("sha256", run.digest[:16]), ("family", header.family))
    for role, checkpoint in header.checkpoints.items():
        if checkpoint:
            names = (checkpoint.checkpoint, checkpoint.fingerprint, checkpoint.environment)
            yield role, " · ".join(filter(None, names))
    options = {name: value for name, value in header.options.items() if value not in (None, [])}
    yield "options", yaml_text(options)
    yield "versions", yaml_text(header.versions)
    yield "attempt", str(header.attempt)
