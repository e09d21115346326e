"""Every hook, option and fixture, each a few lines that call one function elsewhere.

The plugin loads in every project of its environment, so nothing heavy is imported until a test
needs it: pydantic with the first behavior, torch with the first reply that is not in the store.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_qwen.plugin import options
from pytest_qwen.plugin.run.output_files import check_output_files
from pytest_qwen.plugin.run.run_state import CONTROL, PLAN, Run, begin_run, run_of
from pytest_qwen.plugin.shown.progress import Progress
from pytest_qwen.spec.discovery import holds_behaviors

if TYPE_CHECKING:
    from pytest_qwen.engine.host import GeneratorHost
    from pytest_qwen.engine.models import Model, Models
    from pytest_qwen.model_io.reply import Reply
    from pytest_qwen.spec.cases import Case
    from pytest_qwen.spec.relation import Relation


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of the group "qwen"."""
    options.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register markers and tags, pytest-html's hooks where it is, and check what was asked for."""
    options.add_markers(config)
    run, plugins = begin_run(config), config.pluginmanager
    if plugins.hasplugin("html"):
        from pytest_qwen.plugin.shown import html

        plugins.register(html.Rows(run), "pytest_qwen.html")
    if not run.is_worker:
        check_output_files(run)
        run.progress = Progress(config)
        plugins.register(run.progress, "pytest_qwen.progress")
        plugins.register(Recorder(run), "pytest_qwen.recorder")
        if plugins.hasplugin("xdist") and hasattr(socket, "AF_UNIX"):
            plugins.register(Generators(run.progress), "pytest_qwen.generators")
    if run.options.family_name or run.options.model:
        _ = run.family  # a wrong name is no test's fault
    if run.options.gate_against and not run.is_worker:
        from pytest_qwen.plugin import gate_watch

        run.watch = gate_watch.open_watch(run)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect YAML files that declare behaviors."""
    named = parent.session.isinitpath(file_path)
    if not holds_behaviors(file_path, parent.config.rootpath, named):
        return None
    from pytest_qwen.plugin.collect import BehaviorModule

    return BehaviorModule.from_parent(parent, path=file_path)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Make a wrong behavior marker an error of the file it stands in, on workers too."""
    report = yield
    items = [item for item in report.result or () if isinstance(item, pytest.Item)]
    marked = [item for item in items if item.get_closest_marker("behavior")]
    if marked and isinstance(collector, pytest.Module | pytest.Class):
        from pytest_qwen.plugin import marker

        if problems := marker.problems(marked):
            report.outcome, report.longrepr, report.result = "failed", "\n".join(problems), []
    return report


def pytest_itemcollected(item: pytest.Item) -> None:
    """Give Python tests with the behavior marker the mark of their role."""
    if item.get_closest_marker("behavior") is None:
        return
    from pytest_qwen.plugin import marker

    if marked := marker.asks(item):
        item.add_marker(marked.kwargs["role"])
    if marked or "qwen_check" in getattr(item, "fixturenames", ()):
        run_of(item.config).cases.add(item.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the cases of a run that the gate watches in the order of its blocks."""
    if run_of(config).options.gate_against:
        from pytest_qwen.plugin import gate_watch

        gate_watch.order(run_of(config), items)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Remember which cases were selected."""
    run = run_of(session.config)
    run.selected = [item for item in session.items if item.nodeid in run.cases]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the record's lines of a case on its report."""
    report = yield
    run = run_of(item.config)
    if item.nodeid in run.cases:
        from pytest_qwen.plugin import recording

        raised = call.excinfo.value if call.excinfo else None
        recording.attach(run, item, report, raised)
        if run.options.record_only:
            recording.forgive(report, raised)
    return report


class Recorder:
    """The hooks of the process that writes the record: the controller, where there are workers."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.session: pytest.Session | None = None
        self._reports: dict[str, list[pytest.TestReport]] = {}

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Remember what a look may end."""
        self.session = session

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker in which blocks the gate wants its cases."""
        if self.run.watch:
            node.workerinput[PLAN] = self.run.watch.plan

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None]:
        """Write a report's lines; `???` is how xdist reports a test that killed its worker.

        When all have seen a test's reports the lines are let go: pytest keeps reports to the end.
        """
        plugins = self.run.config.pluginmanager
        crashed = str(report.when) == "???" and plugins.hasplugin("xdist")
        if hasattr(report, "qwen") or crashed:
            from pytest_qwen.plugin import recording

            if why := recording.write(self.run, report):
                for session in (self.session, plugins.getplugin("dsession")):
                    if session is not None:  # the latter is xdist's, which does not ask the session
                        session.shouldstop = why
        yield
        if hasattr(report, "qwen"):
            self._reports.setdefault(report.nodeid, []).append(report)
        if report.when == "teardown":
            for written in self._reports.pop(report.nodeid, ()):
                del written.qwen

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """End the record and make its page.

        A run that the gate watched has the gate's exit status; a page that was asked for and is not
        there is an error.
        """
        if writer := self.run.writer:
            from pytest_qwen.plugin import recording

            failed = bool(session.testsfailed)
            status = recording.finish(self.run, writer, int(exitstatus), failed=failed)
            session.exitstatus = status

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where record and page are, and which snapshots drifted."""
        if writer := self.run.writer:
            from pytest_qwen.plugin import recording

            recording.summarize(self.run, writer, terminalreporter)


class Generators:
    """The hooks of the process that has workers: it keeps the models for them."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.host: GeneratorHost | None = None

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker where to ask for a generator."""
        from pytest_qwen.engine.host import GeneratorHost

        with suppress(OSError):  # without sockets, workers load the models themselves
            self.host = self.host or GeneratorHost(self.progress.show)
            node.workerinput[CONTROL] = str(self.host.path)

    def pytest_unconfigure(self) -> None:
        """End the generator processes."""
        if self.host:
            self.host.close()


@pytest.fixture(scope="session")
def qwen_family(pytestconfig: pytest.Config) -> Iterator[Models]:
    """The models of the chosen family; a checkpoint is loaded when it is first asked."""
    from pytest_qwen.engine.store import StoreError
    from pytest_qwen.plugin.run.opening import open_models

    try:
        models = open_models(run_of(pytestconfig))
    except StoreError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
    yield models
    models.close()


@pytest.fixture(scope="session")
def qwen_base(qwen_family: Models) -> Model:
    """The family's base model: `complete` continues a text."""
    return qwen_family["base"]


@pytest.fixture(scope="session")
def qwen_instruct(qwen_family: Models) -> Model:
    """The family's instruct model: `chat` answers."""
    return qwen_family["instruct"]


@pytest.fixture(scope="session")
def qwen_reasoning(qwen_family: Models) -> Model:
    """The family's reasoning model: `chat` thinks and answers."""
    return qwen_family["reasoning"]


@pytest.fixture
def replies(qwen_family: Models, request: pytest.FixtureRequest) -> list[Reply]:
    """The samples that the test's behavior marker asks for."""
    from pytest_qwen.plugin.run_item import run_marker

    return run_marker(qwen_family, request)


@pytest.fixture
def reply(replies: list[Reply]) -> Reply:
    """The first of the replies that the test's behavior marker asks for."""
    return replies[0]


@pytest.fixture
def qwen_check(
    qwen_family: Models, request: pytest.FixtureRequest
) -> Callable[[Case | Relation], None]:
    """What runs a case, or a relation between roles, from YAML."""
    from pytest_qwen.plugin.run_item import run

    return lambda case: run(case, qwen_family, request)
