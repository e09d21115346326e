"""The record's way from a test to the file: on the test's report, through xdist, to one writer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_qwen.files.atomic import write_whole
from pytest_qwen.judging.lines import error_line
from pytest_qwen.messages.error import CommandError
from pytest_qwen.plugin.gate_watch import BLOCKS, WATCH, Watch
from pytest_qwen.plugin.run_item import LINES
from pytest_qwen.plugin.run_state import describe_suite, open_record, unused_replies
from pytest_qwen.plugin.snapshots import DRIFT
from pytest_qwen.plugin.source_hash import source_hash
from pytest_qwen.record.codec import line_from_data, to_data
from pytest_qwen.record.node_id import NodeId
from pytest_qwen.record.parts import RecordedError, RecordedVerdict
from pytest_qwen.record.plain import plain
from pytest_qwen.record.schema import ComparisonLine, JudgedLine, SampleLine
from pytest_qwen.record.writing import RecordWriter
from pytest_qwen.spec.discovery import holds_behaviors

WRITER = pytest.StashKey[RecordWriter]()
DRIFTS = pytest.StashKey[list[str]]()
SELECTED = pytest.StashKey[list[str]]()
"""Where tests run: the ids of the selected cases, until the first report has taken them along."""
SUITE = pytest.StashKey[dict[str, Any]]()
"""Where the record is written: what was collected, as a worker described it."""
REPORT = pytest.StashKey[str]()
"""What is said of the page that was asked for."""
UNENDED = pytest.StashKey[str]()
"""Where the record is written: why its last line could not be."""
VERDICT = pytest.StashKey[str]()
"""Where the record is written: what the gate that watched the run tells of it."""
EXPECTED = pytest.StashKey[dict[str, None]]()
"""Where the record is written: the ids of the cases that must report, in order."""


def attach(item: pytest.Item, report: pytest.TestReport) -> None:
    """Put what the record needs on a case's report, as plain data that xdist can send."""
    selected = item.config.stash.get(SELECTED, [])
    item.config.stash[SELECTED] = []
    lines: list[JudgedLine] = []
    if report.when == "call" or not report.passed:
        lines, item.stash[LINES] = item.stash.get(LINES, []), []
    if report.skipped and not lines:
        error = RecordedError(kind="skipped", message=_reason(report))
        kind = ComparisonLine if item.get_closest_marker("comparison") else SampleLine
        lines = [kind(case=item.nodeid, error=error)]
    is_yaml = "qwen_check" in getattr(item, "fixturenames", ())  # its snapshot is no verdict
    for line in lines if not is_yaml else ():
        if isinstance(line, SampleLine) and line.error is None and not line.verdicts:
            if report.when == "call" or report.skipped:
                line.verdicts = [_test_verdict(item, report)]
            else:  # a fixture's fault is not the model's
                line.error = RecordedError(kind=str(report.when), message=_reason(report))
    if selected or lines:
        drift = item.stash.get(DRIFT, None)
        sent = {"expected": selected, "lines": [to_data(line) for line in lines], "drift": drift}
        if selected:
            blocks = item.config.stash.get(BLOCKS, None)
            looks = {"looks": {"blocks": blocks}} if blocks else {}
            sent["suite"] = describe_suite(item.config) | looks
        report.qwen = sent  # type: ignore[attr-defined]


def _test_verdict(item: pytest.Item, report: pytest.TestReport) -> RecordedVerdict:
    """Return the verdict of a sample without traits: that of the Python test's own asserts."""
    return RecordedVerdict(
        trait="test",
        version=source_hash(item.function),  # type: ignore[attr-defined]
        passed=None if report.skipped else report.passed,
        evidence={"got": _reason(report) or "no failed assert"},
    )


def forgive(report: pytest.TestReport, raised: BaseException | None) -> None:
    """Let a Python test pass that only its asserts failed: its record has the verdict.

    What YAML misses is not raised to begin with; other errors are no verdicts on a model.
    """
    only = isinstance(raised, AssertionError | pytest.fail.Exception)
    lines = getattr(report, "qwen", {}).get("lines", [])
    judged = bool(lines) and all(line["error"] is None for line in lines)
    if report.when == "call" and report.failed and only and judged:
        report.outcome, report.longrepr = "passed", None


def _reason(report: pytest.TestReport) -> str:
    """Return the last line of what a report tells: the assert, or why a test was skipped."""
    if isinstance(report.longrepr, tuple):
        reason = report.longrepr[2]
    else:
        reason = next(iter(report.longreprtext.strip().splitlines()[-1:]), "")
    return str(plain(reason))


def write(config: pytest.Config, report: pytest.TestReport) -> str:
    """Write the lines of a report into the record; a crashed worker's test gets one of its own.

    Returns:
        Why the run should end now: what a look of the gate saw. "" where it should go on.
    """
    sent: dict[str, Any] = getattr(report, "qwen", {})
    expected = config.stash.setdefault(EXPECTED, {})
    expected.update(dict.fromkeys(sent.get("expected", [])))
    suite = config.stash.setdefault(SUITE, {})
    watch = config.stash.get(WATCH, None)
    if not suite:  # all workers say the same
        suite.update(sent.get("suite", {}))
        if watch and suite:
            _begin(watch, suite)
    lines: list[JudgedLine] = [line_from_data(line) for line in sent.get("lines", [])]
    if str(report.when) == "???" and (report.nodeid in expected or _is_yaml(config, report)):
        lines = [error_line(SampleLine(case=report.nodeid), "crash", report.longreprtext)]
    if sent.get("drift"):
        config.stash.setdefault(DRIFTS, []).append(sent["drift"])
    if not lines:
        return ""
    try:
        if WRITER not in config.stash:
            config.stash[WRITER] = open_record(config, suite)
        config.stash[WRITER].write(lines)
    except OSError as error:
        pytest.exit(_unwritten(error), pytest.ExitCode.USAGE_ERROR)
    return watch.look(config.stash[WRITER]) if watch else ""


def _unwritten(error: OSError) -> str:
    return f"--qwen-record: expected a file that can be written, got {error}"


def _begin(watch: Watch, suite: dict[str, Any]) -> None:
    try:
        watch.begin(suite)
    except CommandError as error:
        pytest.exit(str(error), pytest.ExitCode.USAGE_ERROR)


def close(config: pytest.Config, status: int, *, failed: bool) -> int:
    """Write the record's last line; return pytest's exit status.

    A record without that line is a run that was cut off, so where it does not fit that is an error.
    A run that a look ended was not interrupted. One that the gate watched and in which nothing but
    misses failed has the gate's exit status.
    """
    writer, watch = config.stash.get(WRITER, None), config.stash.get(WATCH, None)
    if writer is None:
        return status
    expected, look = [*config.stash[EXPECTED]], None
    if watch and watch.stopped:
        expected, look = watch.expected(), watch.looks
        if status == pytest.ExitCode.INTERRUPTED:
            status = int(pytest.ExitCode.TESTS_FAILED if failed else pytest.ExitCode.OK)
    try:
        writer.close(expected, status, look)
    except OSError as error:
        config.stash[UNENDED] = _unwritten(error)
        return int(pytest.ExitCode.USAGE_ERROR)
    if watch is None or status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        return status
    config.stash[VERDICT], verdict = watch.verdict(writer.path)
    return status or verdict


def report(config: pytest.Config) -> bool:
    """Make the page that was asked for; return False where it cannot be written."""
    asked: str | None = config.getoption("--qwen-report")
    writer = config.stash.get(WRITER, None)
    if not asked or not writer:
        return True
    from pytest_qwen.report import page_of

    path = config.invocation_params.dir / asked
    try:
        page = page_of(writer.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, page)
    except (OSError, CommandError) as error:
        config.stash[REPORT] = f"--qwen-report: expected a page at {path}, got {error}"
        return False
    config.stash[REPORT] = f"page for reviewers: {_shown(config, path)}"
    return True


def _is_yaml(config: pytest.Config, report: pytest.TestReport) -> bool:
    """Say whether a report is of a case from YAML: a worker that dies at once did not tell."""
    path = config.rootpath / NodeId.parse(report.nodeid).path
    return path.is_file() and holds_behaviors(path, config.rootpath, named=True)


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
        if unused := unused_replies(config):
            terminal.line(unused)
        cases = "1 case" if len(writer.cases) == 1 else f"{len(writer.cases)} cases"
        terminal.line(f"record of {cases}: {_shown(config, writer.path)}")
        if config.getoption("--qwen-record-only"):
            terminal.line(
                f"misses in {len(writer.missed)} of them, which fail no recording: "
                "compare two records with `pytest-qwen gate`"
            )
    if why := config.stash.get(UNENDED, ""):
        terminal.line(why, red=True)
    if told := config.stash.get(REPORT, ""):
        failed = told.startswith("--")
        if failed or terminal.verbosity >= 0:
            terminal.line(told, red=failed)
    if verdict := config.stash.get(VERDICT, ""):
        terminal.section("gate", sep="-")
        terminal.line(verdict)
