"""The reviewers' page: one HTML file from one record, or from a baseline and a candidate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_qwen.messages.reason import Language


def page_of(
    record: Path,
    baseline: Path | None = None,
    language: Language = "en",
    gate: Path | None = None,
    preflight: Path | None = None,
) -> bytes:
    """Return the page of a record, compared with a baseline if there is one, as UTF-8.

    `gate` is what `pytest-qwen gate` decided about the two; `preflight` is what differs between
    their families, as `pytest-qwen preflight` found.

    Raises:
        CommandError: one of the files cannot be read.
    """
    from pytest_qwen.report.beside import read_decision, read_preflight
    from pytest_qwen.report.contents import Contents
    from pytest_qwen.report.page import render
    from pytest_qwen.report.run import read
    from pytest_qwen.report.words import Words

    now, was = read(record), read(baseline) if baseline else None
    decision = read_decision(gate, now, was) if gate and was else None
    differing = read_preflight(preflight) if preflight and was else None
    return render(Contents(Words(language), now, was, decision, differing)).encode()
