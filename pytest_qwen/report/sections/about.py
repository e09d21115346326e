"""What the records say of themselves: family, checkpoints, options, versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pytest_qwen.messages.reason import from_json, in_language
from pytest_qwen.report.contents import Contents
from pytest_qwen.report.run import RecordedRun
from pytest_qwen.report.texts.yaml_text import yaml_text
from pytest_qwen.report.words import Words

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
                (label, [(name, text[:_LIMIT]) for name, text in _facts(run, contents.words)])
                for run, label in contents.runs
            ]
        )


def _facts(run: RecordedRun, words: Words) -> Iterator[tuple[str, str]]:
    header = run.header
    yield from (
        (words.record, run.path),
        ("sha256", run.digest[:16]),
        (words.family, header.family),
    )
    for role, checkpoint in header.checkpoints.items():
        if checkpoint:
            names = (checkpoint.checkpoint, checkpoint.fingerprint, checkpoint.environment)
            reasons = (from_json({"code": code, "values": {}}) for code in run.lanes.get(role, ()))
            lanes = [in_language(reason, words.language) for reason in reasons if reason]
            yield role, " · ".join(filter(None, [*names, *lanes]))
    options = {name: value for name, value in header.options.items() if value not in (None, [])}
    yield words.options, yaml_text(options)
    yield words.versions, yaml_text(header.versions)
    yield words.attempt, str(header.attempt)
