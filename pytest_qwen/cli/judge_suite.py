"""`pytest-qwen judge BEHAVIORS REPLIES`: judge replies made elsewhere by the suite's own files."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pytest_qwen.cli.judge_summary import tell, tell_left_out
from pytest_qwen.cli.output import output
from pytest_qwen.cli.own_traits import load_traits, unusable
from pytest_qwen.cli.validate import behavior_files, tests_in
from pytest_qwen.engine.models import Models
from pytest_qwen.family.checkpoint import CheckpointError, open_checkpoint
from pytest_qwen.family.family import bindings, load_family
from pytest_qwen.family.protocol import read_protocol
from pytest_qwen.family.template import Template
from pytest_qwen.files.yaml_lines import SpecError
from pytest_qwen.judging.elsewhere import Answers
from pytest_qwen.judging.suite import Suite, SuiteJudge
from pytest_qwen.judging.suite_hash import SuiteTest, describe_suite
from pytest_qwen.messages.error import CommandError
from pytest_qwen.messages.reason import Reason
from pytest_qwen.messages.visible import visible
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.vocabulary import Role
from pytest_qwen.record.node_id import NodeId
from pytest_qwen.record.parts import RecordedCheckpoint
from pytest_qwen.record.reading import RecordError
from pytest_qwen.record.schema import SCHEMA, JudgedLine, RunLine
from pytest_qwen.record.writing import RecordWriter, check_regular
from pytest_qwen.spec.cases import Case
from pytest_qwen.spec.relation import Relation

Lines = Callable[[str], Iterator[tuple[int, bytes]]]
"""Yields the lines of a file with their numbers."""


def judge_suite(args: argparse.Namespace, lines: Lines) -> int:
    """Judge the replies, or write what is to be answered; return the exit status."""
    _check_usage(args)
    load_traits(args.traits)
    try:
        suite, family = _suite(Path(args.cases)), load_family(args.family)
        named = bindings(args.model)
    except SpecError as error:
        raise unusable(error) from None
    except ValueError as error:
        raise CommandError(f"--model: {error}") from None
    models = Models(family, seed_offset=args.seed_offset)
    filled = _Filled(models)

    def lacking(asked: Case | Relation) -> str:
        roles = [asked.role] if isinstance(asked, Case) else asked.roles
        for role in roles:
            if role not in family.roles:
                return Reason("family.no_role", family=family.name, role=role)
            if named and role not in named:
                return Reason("judging.role_without_replies", role=role, roles=list(named))
        return family.lacking(asked.needs)

    judge = SuiteJudge({}, filled.complete, lacking, args.samples)
    answers = Answers(judge.requests(suite))
    if args.template:
        _write_template(args.template, answers, filled)
        return 0
    wrong = _add_all(answers, args.replies, lines)
    header = _header(args, named, suite, answers.run)
    judge = replace(judge, replies=answers.replies)
    written = _record(args.record, header, suite, judge)
    missing = [line for line in written if line.error and line.error.kind != "skipped"]
    judged = [asked for asked in suite.values() if isinstance(asked, Case) and not lacking(asked)]
    tell_left_out(missing, judged, answers.run)
    tell(args.record, written, wrong, answers.others)
    return 1 if wrong or missing else 0


def _check_usage(args: argparse.Namespace) -> None:
    """Refuse options that contradict each other, and a record in the place of what is read."""
    if args.output or (args.template and (args.record or args.replies)):
        given = {"-o": args.output, "--template": args.template, "--record": args.record}
        got = " and ".join([*(name for name, value in given.items() if value)])
        got += " and REPLIES" * bool(args.template and args.replies)
        raise CommandError(
            f"{args.cases}: expected REPLIES --record R.jsonl, or --template FILE, got {got}"
        )
    if not args.template and not (args.replies and args.record):
        got = "no --record" if args.replies else "no REPLIES"
        raise CommandError(f"{args.cases}: expected REPLIES and --record R.jsonl, got {got}")
    option, place = ("--template", args.template) if args.template else ("--record", args.record)
    try:
        if args.record:
            check_regular(args.record)
    except OSError as error:
        raise CommandError(f"--record: expected a file that can be written, got {error}") from None
    for file in (Path(args.replies or "-"), *behavior_files([Path(args.cases)])):
        if file.exists() and place.exists() and file.samefile(place):
            got = f"{place}, which is read: name another"
            raise CommandError(f"{option}: expected a file that can be written, got {got}")


def _add_all(answers: Answers, replies: str, lines: Lines) -> int:
    """Take each line of the replies; return how many are wrong, which is told."""
    wrong = 0
    try:
        for number, text in lines(replies):
            if problem := answers.add(text, replies, number):
                wrong += 1
                print(visible(str(problem)), file=sys.stderr)
    except RecordError as error:
        raise CommandError(visible(str(error))) from None
    return wrong


def _suite(path: Path) -> Suite:
    """Return the tests of a file or folder by their ids, as pytest has them from here."""
    suite: dict[str, Case | Relation] = {}
    for file in behavior_files([path]):
        place = file.resolve()
        shown = place.relative_to(Path.cwd()) if place.is_relative_to(Path.cwd()) else file
        for name, items in tests_in(file):
            for item in items:
                suite[str(NodeId(shown.as_posix(), name, item.id))] = item
    return suite


class _Filled:
    """Fills and renders requests by the family; of a role that cannot be opened says so, once."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._templates: dict[Role, Template | None] = {}
        self._unknown: set[Role] = set()

    def complete(self, request: Request) -> Request:
        """Return a request with all that its text depends on, as it is where that is not known."""
        if request.role not in self._unknown:
            try:
                return self._models.complete(request)
            except CheckpointError as error:
                self._unknown.add(request.role)
                what = "sampling is as the behaviors say, prompts are messages"
                print(f"{request.role}: {visible(error.problem)}: {what}", file=sys.stderr)
        return request

    def rendered(self, request: Request) -> str | None:
        """Return the text of a prompt, None where the template is not known."""
        if request.prompt_as == "text":
            return request.text
        role = request.role
        if role not in self._templates:
            self._templates[role] = None
            with suppress(CheckpointError):
                family = self._models.family
                checkpoint = open_checkpoint(family.roles[role], family, weights=False)
                self._templates[role] = read_protocol(checkpoint.path)[1]
        template = self._templates[role]
        thinking = {} if request.thinking is None else {"enable_thinking": request.thinking}
        messages = [message.model_dump() for message in request.messages]
        if template is None:
            return None
        with suppress(CheckpointError):
            return template.render(messages, **thinking, **request.template)
        return None


def _write_template(place: Path, answers: Answers, filled: _Filled) -> None:
    """Write a line for each reply that is asked for."""
    with output(None if place == Path("-") else place) as file:
        for key, request in answers.requests.items():
            line: dict[str, Any] = {
                **key._asdict(),
                "sampling": request.sampling.given(),
                "messages": [message.model_dump() for message in request.messages],
                "rendered": filled.rendered(request),
            }
            file.write(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n")


def _header(
    args: argparse.Namespace, named: Iterable[Role], suite: Suite, run: RunLine | None
) -> RunLine:
    models = dict(binding.partition("=")[::2] for binding in args.model)
    checkpoints: dict[str, RecordedCheckpoint | None] = {
        role: RecordedCheckpoint(checkpoint=models[role]) for role in named
    }
    tests = (SuiteTest(node, case.asks(args.samples), case) for node, case in suite.items())
    described = {"suite": [args.cases], **describe_suite(tests)}
    if run is not None:  # a record knows whose replies these are
        return run.but(**described, **({"checkpoints": checkpoints} if named else {}))
    return RunLine(
        schema=SCHEMA,
        **described,
        family=args.family,
        checkpoints=checkpoints,
        options={"family": args.family, "samples": args.samples, "seed_offset": args.seed_offset},
        versions={"pytest-qwen": version("pytest-qwen")},
    )


def _record(path: Path, header: RunLine, suite: Suite, judge: SuiteJudge) -> list[JudgedLine]:
    """Write the record, and return its lines."""
    writer, written = RecordWriter(path, header), []
    try:
        for lines in judge.lines(suite):
            writer.write(lines)
            written += lines
        writer.close(list(suite), 0)
    except OSError as error:
        got = f"expected a file to write, got {error.strerror}: name another with --record"
        raise CommandError(f"{path}: {got}") from None
    return written
