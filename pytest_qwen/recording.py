"""The record's way from a test to the file: on the test's report, through xdist, to one writer."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from pytest_qwen.check import LINES
from pytest_qwen.core.record import Line, RecordWriter, error_line
from pytest_qwen.session import open_record
from pytest_qwen.snapshots import DRIFT

WRITER = pytest.StashKey[RecordWriter]()
DRIFTS = pytest.StashKey[list[str]]()
SELECTED = pytest.StashKey[list[str]]()
"""Where tests run: the ids of the selected cases, until the first report has taken them along."""
REPORT = pytest.StashKey[str]()
"""What is said of the page that was asked for."""
EXPECTED = pytest.StashKey[dict[str, None]]()
"""Where the record is written: the ids of the cases that must report, in order."""


def attach(item: pytest.Item, report: pytest.TestReport) -> None:
    """Put what the record needs on a case's report, as plain data that xdist can send."""
    selected = item.config.stash.get(SELECTED, [])
    item.config.stash[SELECTED] = []
    lines: list[Line] = []
    if report.when == "call" or not report.passed:
        lines, item.stash[LINES] = item.stash.get(LINES, []), []
    if report.skipped and not lines:
        lines = [error_line({"kind": "sample", "case": item.nodeid}, "skipped", _reason(report))]
    for line in lines:
        if not line["verdicts"] and line["error"] is None:
            line["verdicts"] = [_test_verdict(report)]
    if selected or lines:
        sent = {"expected": selected, "lines": lines, "drift": item.stash.get(DRIFT, None)}
        report.qwen = sent  # type: ignore[attr-defined]


def _test_verdict(report: pytest.TestReport) -> dict[str, Any]:
    """Return the verdict of a sample without traits: that of the Python test's own asserts."""
    passed = None if report.skipped else report.passed
    evidence = {"got": _reason(report) or "no failed assert"}
    return {"trait": "test", "args": None, "passed": passed, "evidence": evidence}


def _reason(report: pytest.TestReport) -> str:
    """Return the last line of what a report tells: the assert, or why a test was skipped."""
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])
    return next(iter(report.longreprtext.strip().splitlines()[-1:]), "")


def write(config: pytest.Config, report: pytest.TestReport) -> None:
    """Write the lines of a report into the record; a crashed worker's test gets one of its own."""
    sent: dict[str, Any] = getattr(report, "qwen", {})
    expected = config.stash.setdefault(EXPECTED, {})
    expected.update(dict.fromkeys(sent.get("expected", [])))
    lines = sent.get("lines", [])
    # A worker that dies at once has not told what it expects; YAML is always a case.
    is_case = report.nodeid in expected or ".yaml::" in report.nodeid or ".yml::" in report.nodeid
    if str(report.when) == "???" and is_case:
        fields = {"kind": "sample", "case": report.nodeid}
        lines = [error_line(fields, "crash", report.longreprtext)]
    if sent.get("drift"):
        config.stash.setdefault(DRIFTS, []).append(sent["drift"])
    if not lines:
        return
    try:
        if WRITER not in config.stash:
            config.stash[WRITER] = open_record(config)
        config.stash[WRITER].write(lines)
    except OSError as error:
        said = f"--qwen-record: expected a file that can be written, got {error}"
        pytest.exit(said, pytest.ExitCode.USAGE_ERROR)


def close(config: pytest.Config, status: int) -> None:
    """Write the record's last line."""
    if writer := config.stash.get(WRITER, None):
        expected = config.stash[EXPECTED]
        writer.close(list(expected), status)


def report(config: pytest.Config) -> bool:
    """Make the page that was asked for; return False where it cannot be written."""
    asked: str | None = config.getoption("--qwen-report")
    writer = config.stash.get(WRITER, None)
    if not asked or not writer:
        return True
    from pytest_qwen.report import page_of
    from pytest_qwen.report.run import ReportError

    path = config.invocation_params.dir / asked
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        page = page_of(writer.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(page)
        part.replace(path)
    except (OSError, ReportError) as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        config.stash[REPORT] = f"--qwen-report: expected a page at {path}, got {error}"
        return False
    config.stash[REPORT] = f"page for reviewers: {_shown(config, path)}"
    return True


def _shown(config: pytest.Config, path: Path) -> Path:
    return path.relative_to(config.rootpath) if path.is_relative_to(config.rootpath) else path


def summarize(config: pytest.Config, terminal: pytest.TerminalReporter) -> None:
    """Say where snapshots drifted and where the record is; nothing in a run without samples."""
    drifts = config.stash.get(DRIFTS, [])
    if drifts:
        terminal.section("snapshots of another environment that differ here", sep="-")
        for drift in drifts:
            terminal.line(drift)
        terminal.line("accept with --snapshot-update, or fail with --qwen-strict-snapshots")
    if (writer := config.stash.get(WRITER, None)) and terminal.verbosity >= 0:
        terminal.line(f"record of {len(writer.cases)} cases: {_shown(config, writer.path)}")
    if told := config.stash.get(REPORT, ""):
        failed = told.startswith("--")
        if failed or terminal.verbosity >= 0:
            terminal.line(told, red=failed)
