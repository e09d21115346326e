"""The record's way from a test to the file: on the test's report, through xdist, to one writer."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_qwen.check import LINES
from pytest_qwen.core.record import RecordWriter, error_line
from pytest_qwen.session import open_record
from pytest_qwen.snapshots import DRIFT

WRITER = pytest.StashKey[RecordWriter]()
DRIFTS = pytest.StashKey[list[str]]()
SELECTED = pytest.StashKey[list[str]]()
"""Where tests run: the ids of the selected cases, until the first report has taken them along."""
EXPECTED = pytest.StashKey[dict[str, None]]()
"""Where the record is written: the ids of the cases that must report, in order."""


def select(session: pytest.Session) -> None:
    """Remember which of the collected items are cases."""
    cases = [item.nodeid for item in session.items if item.get_closest_marker("behavior")]
    if cases:
        session.config.stash[SELECTED] = cases


def attach(item: pytest.Item, report: pytest.TestReport) -> None:
    """Put what the record needs on a report, as plain data that xdist can send."""
    selected = item.config.stash.get(SELECTED, None)
    lines = item.stash.get(LINES, []) if report.when == "call" or report.failed else []
    if selected or lines:
        drift = item.stash.get(DRIFT, None)
        sent = {"expected": selected or [], "lines": lines, "drift": drift}
        report.qwen = sent  # type: ignore[attr-defined]
        item.config.stash[SELECTED] = []
    for line in lines:
        if not line["verdicts"] and line["error"] is None:
            line["verdicts"] = [_test_verdict(report)]


def _test_verdict(report: pytest.TestReport) -> dict[str, Any]:
    """Return the verdict of a sample without traits: that of the Python test's own asserts."""
    said = report.longreprtext.strip().splitlines()
    evidence = {"got": said[-1] if said else "no failed assert"}
    return {"trait": "test", "args": None, "passed": report.passed, "evidence": evidence}


def write(config: pytest.Config, report: pytest.TestReport) -> None:
    """Write the lines of a report into the record; a crashed worker's test gets one of its own."""
    sent: dict[str, Any] = getattr(report, "qwen", {})
    expected = config.stash.setdefault(EXPECTED, {})
    expected.update(dict.fromkeys(sent.get("expected", [])))
    crashed = str(report.when) == "???"
    lines = sent.get("lines", [])
    if crashed and report.nodeid in expected:
        fields = {"kind": "sample", "case": report.nodeid}
        lines = [error_line(fields, "crash", report.longreprtext)]
    if sent.get("drift"):
        config.stash.setdefault(DRIFTS, []).append(sent["drift"])
    if lines:
        if WRITER not in config.stash:
            config.stash[WRITER] = open_record(config)
        try:
            config.stash[WRITER].write(lines)
        except OSError as error:
            said = f"--qwen-record: expected a file that can be written, got {error}"
            pytest.exit(said, pytest.ExitCode.USAGE_ERROR)


def close(config: pytest.Config, status: int) -> None:
    """Write the record's last line."""
    if writer := config.stash.get(WRITER, None):
        expected = config.stash[EXPECTED]
        writer.close(list(expected), status)


def summarize(config: pytest.Config, terminal: pytest.TerminalReporter) -> None:
    """Say where snapshots drifted and where the record is; nothing in a run without samples."""
    drifts = config.stash.get(DRIFTS, [])
    if drifts:
        terminal.section("snapshots of another environment that differ here", sep="-")
        for drift in drifts:
            terminal.line(drift)
        terminal.line("accept with --snapshot-update, or fail with --qwen-strict-snapshots")
    if (writer := config.stash.get(WRITER, None)) and terminal.verbosity >= 0:
        path = writer.path
        shown = path.relative_to(config.rootpath) if path.is_relative_to(config.rootpath) else path
        terminal.line(f"record of {len(writer.cases)} cases: {shown}")
