"""The record's way from a test to the file: on the test's report, through xdist, to one writer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_qwen.files.atomic import write_whole
from pytest_qwen.judging.lines import error_line, evidence_of
from pytest_qwen.judging.suite_hash import describe_suite
from pytest_qwen.messages.error import CommandError
from pytest_qwen.messages.reason import Reason
from pytest_qwen.plugin.asking import result_of
from pytest_qwen.plugin.gate_watch import Watch
from pytest_qwen.plugin.headline import shorten_summary
from pytest_qwen.plugin.run.opening import unused_replies
from pytest_qwen.plugin.run.record_header import open_record
from pytest_qwen.plugin.run.run_state import Run
from pytest_qwen.plugin.run.source_hash import source_hash
from pytest_qwen.plugin.run.suite import suite_tests
from pytest_qwen.record.codec import line_from_data, to_data
from pytest_qwen.record.node_id import NodeId
from pytest_qwen.record.parts import RecordedError, RecordedVerdict
from pytest_qwen.record.plain import plain
from pytest_qwen.record.schema import ComparisonLine, JudgedLine, SampleLine
from pytest_qwen.record.writing import RecordWriter
from pytest_qwen.spec.discovery import holds_behaviors


def attach(
    run: Run, item: pytest.Item, report: pytest.TestReport, raised: BaseException | None
) -> None:
    """Put what the record needs on a case's report, as plain data that xdist can send."""
    result, lines = result_of(item), list[JudgedLine]()
    if report.when == "call" or not report.passed:
        lines, result.lines = result.lines, []
    if report.skipped and not lines:
        why = raised.msg if isinstance(raised, pytest.skip.Exception) else None
        error = RecordedError.of("skipped", why if isinstance(why, Reason) else _reason(report))
        kind = ComparisonLine if item.get_closest_marker("comparison") else SampleLine
        lines = [kind(case=item.nodeid, error=error)]
    is_yaml = "qwen_check" in getattr(item, "fixturenames", ())  # its snapshot is no verdict
    for line in lines if not is_yaml else ():
        if isinstance(line, SampleLine) and line.error is None and not line.verdicts:
            if report.when == "call" or report.skipped:
                line.verdicts = [_test_verdict(item, report)]
            else:  # a fixture's fault is not the model's
                line.error = RecordedError(kind=str(report.when), message=_reason(report))
    if lines or not run.announced:
        sent: dict[str, Any] = {"lines": [to_data(line) for line in lines], "drift": result.drift}
        if not run.announced:
            looks = {"looks": {"blocks": run.blocks}} if run.blocks else {}
            sent["suite"] = describe_suite(suite_tests(run)) | looks
            sent["expected"] = [selected.nodeid for selected in run.selected]
            run.announced = True
        report.qwen = sent  # type: ignore[attr-defined]
    if is_yaml and report.failed:
        shorten_summary(item, report, lines)


def _test_verdict(item: pytest.Item, report: pytest.TestReport) -> RecordedVerdict:
    """Return the verdict of a sample without traits: that of the Python test's own asserts."""
    got = _reason(report) or Reason("judging.no_failed_assert")
    if report.skipped:
        got = Reason("judging.test_skipped", why=got)
    return RecordedVerdict(
        trait="test",
        version=source_hash(item.function),  # type: ignore[attr-defined]
        passed=None if report.skipped else report.passed,
        evidence=plain(evidence_of(got)),
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
    """Return the last line of a report: the assert, or why a test was skipped."""
    if isinstance(report.longrepr, tuple):
        reason = report.longrepr[2].removeprefix("Skipped: ")
    else:
        reason = next(iter(report.longreprtext.strip().splitlines()[-1:]), "")
    return str(plain(reason))


def write(run: Run, report: pytest.TestReport) -> str:
    """Write the lines of a report into the record; a crashed worker's test gets one of its own.

    Returns:
        Why the run should end now: what a look of the gate saw. "" where it should go on.
    """
    sent: dict[str, Any] = getattr(report, "qwen", {})
    run.expected.update(dict.fromkeys(sent.get("expected", ())))
    if "suite" in sent and not run.suite:  # all workers say the same
        run.suite.update(sent["suite"])
        if run.watch:
            _begin(run.watch, run.suite)
    lines: list[JudgedLine] = [line_from_data(line) for line in sent.get("lines", ())]
    if str(report.when) == "???" and (report.nodeid in run.expected or _is_yaml(run, report)):
        lines = [error_line(SampleLine(case=report.nodeid), "crash", report.longreprtext)]
    if sent.get("drift"):
        run.drifts.append(sent["drift"])
    if not lines:
        return ""
    try:
        run.writer = run.writer or open_record(run)
        run.writer.write(lines)
    except OSError as error:
        pytest.exit(_unwritten(error), pytest.ExitCode.USAGE_ERROR)
    except CommandError as error:
        pytest.exit(f"--qwen-record: {error}", pytest.ExitCode.USAGE_ERROR)
    return run.watch.look(run.writer) if run.watch else ""


def _unwritten(error: OSError) -> str:
    return f"--qwen-record: expected a file that can be written, got {error}"


def _begin(watch: Watch, suite: dict[str, Any]) -> None:
    try:
        watch.begin(suite)
    except CommandError as error:
        pytest.exit(str(error), pytest.ExitCode.USAGE_ERROR)


def _is_yaml(run: Run, report: pytest.TestReport) -> bool:
    """Say whether a report is of a case from YAML: a worker that dies at once told nothing."""
    path = run.config.rootpath / NodeId.parse(report.nodeid).path
    return path.is_file() and holds_behaviors(path, run.config.rootpath, named=True)


def finish(run: Run, writer: RecordWriter, status: int, *, failed: bool) -> int:
    """End the record and make the page that was asked for; return pytest's exit status."""
    status = _close(run, writer, status, failed)
    if run.options.report:
        _make_page(run, writer, run.options.report)
    return status or int(pytest.ExitCode.USAGE_ERROR if run.problems else pytest.ExitCode.OK)


def _close(run: Run, writer: RecordWriter, status: int, failed: bool) -> int:
    """Write the record's last line; return pytest's exit status.

    A record without that line is a run that was cut off, so where it does not fit that is an error.
    A run that a look ended was not interrupted. One that the gate watched and in which nothing but
    cases failed has the gate's exit status.
    """
    expected, look, watch = [*run.expected], None, run.watch
    if watch and watch.stopped:
        expected, look = watch.expected(), watch.looks
        if status == pytest.ExitCode.INTERRUPTED:
            status = int(pytest.ExitCode.TESTS_FAILED if failed else pytest.ExitCode.OK)
    try:
        writer.close(expected, status, look)
    except OSError as error:
        run.problems.append(_unwritten(error))
        return int(pytest.ExitCode.USAGE_ERROR)
    if watch is None or status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        return status
    run.verdict, gate_status = watch.verdict(writer.path)
    return status or gate_status


def _make_page(run: Run, writer: RecordWriter, name: str) -> None:
    from pytest_qwen.report import page_of

    path = run.config.invocation_params.dir / name
    try:
        page = page_of(writer.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, page)
    except (OSError, CommandError) as error:
        run.problems.append(f"--qwen-report: expected a page at {path}, got {error}")
    else:
        run.page = path


def summarize(run: Run, writer: RecordWriter, terminal: pytest.TerminalReporter) -> None:
    """Say where snapshots drifted, where record and page are, and what a watching gate decided."""
    if run.drifts:
        terminal.section("snapshots of another environment that differ here", sep="-")
        for drift in run.drifts:
            terminal.line(drift)
        terminal.line("accept with --snapshot-update, or fail with --qwen-strict-snapshots")
    for line in _about_files(run, writer) if terminal.verbosity >= 0 else ():
        terminal.line(line)
    for problem in run.problems:
        terminal.line(problem, red=True)
    if run.verdict:
        terminal.section("gate", sep="-")
        terminal.line(run.verdict)


def _about_files(run: Run, writer: RecordWriter) -> Iterator[str]:
    if unused := unused_replies(run):
        yield unused
    yield f"record of {_cases(len(writer.cases))}: {_shown(run, writer.path)}"
    if run.options.record_only:
        yield (
            f"{_cases(len(writer.missed))} failed; failures do not fail a --qwen-record-only run: "
            "compare two records with `pytest-qwen gate`"
        )
    if run.page:
        yield f"page for reviewers: {_shown(run, run.page)}"


def _cases(n: int) -> str:
    return "1 case" if n == 1 else f"{n} cases"


def _shown(run: Run, path: Path) -> Path:
    root = run.config.rootpath
    return path.relative_to(root) if path.is_relative_to(root) else path
