"""Judge a suite by replies that are there already: the lines of a record, as a run writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pytest_qwen.judging.case import judge, sample_lines
from pytest_qwen.judging.comparison import (
    asked_comparison,
    comparison_line,
    scores_of,
    steps,
)
from pytest_qwen.judging.elsewhere import ReplyKey, reply_key
from pytest_qwen.judging.lines import asked_line, error_line
from pytest_qwen.judging.related_prompts import asked_relation, judged_relation
from pytest_qwen.messages.reason import Reason
from pytest_qwen.model_io.reply import BROKEN, Reply
from pytest_qwen.model_io.request import Request
from pytest_qwen.record.parts import RecordedError, RecordedReply
from pytest_qwen.record.schema import MISSING, ComparisonLine, JudgedLine, SampleLine
from pytest_qwen.spec.cases import Case
from pytest_qwen.spec.relation import Relation

Suite = Mapping[str, Case | Relation]
"""What becomes a test each, by its id, in the order of the files."""


@dataclass(frozen=True)
class SuiteJudge:
    """Judges a suite.

    Args:
        replies: what there is.
        complete: fills what a request leaves open.
        lacking: says why something is left out, "" where it is not.
        samples: how many of each case, where it is not as the behaviors say.
    """

    replies: Mapping[ReplyKey, Reply]
    complete: Callable[[Request], Request]
    lacking: Callable[[Case | Relation], str]
    samples: int | None = None

    def lines(self, suite: Suite) -> Iterator[list[JudgedLine]]:
        """Yield the lines of each test of the suite."""
        for node, asked in suite.items():
            kind = SampleLine if isinstance(asked, Case) else ComparisonLine
            if reason := self.lacking(asked):
                yield [kind(case=node, error=RecordedError.of("skipped", reason))]
                continue
            try:
                lines = self._judged(node, asked)
            except Exception as error:  # noqa: BLE001 - a trait of a user's own may raise anything
                message = " ".join(f"{type(error).__name__}: {error}".split())
                lines = [kind(case=node, error=RecordedError(kind="call", message=message))]
            yield lines

    def _judged(self, node: str, asked: Case | Relation) -> list[JudgedLine]:
        if isinstance(asked, Case):
            return list(self._case(node, asked))
        return [self._relation(node, asked)]

    def requests(self, suite: Suite) -> Iterator[tuple[Case, Request]]:
        """Yield all that the suite asks, complete, each with its case."""
        for asked in suite.values():
            if self.lacking(asked):
                continue
            if isinstance(asked, Relation):
                for role, entry in asked.asked:
                    case = entry.cases[role]
                    for request in asked.requests_of(case, self.samples):
                        yield case, self.complete(request)
                continue
            for case in (asked, *(held.case for held in asked.held)):
                for request in case.requests(self.samples):
                    yield case, self.complete(request)

    def _case(self, node: str, case: Case) -> Iterator[JudgedLine]:
        requests = case.requests(self.samples)
        first = self.complete(requests[0])
        asked = asked_line(node, case.behavior.name, case.prompt_id, first, len(requests))
        replies, missing = self._given(case, requests)
        whole = [reply for reply in replies if reply.finish not in BROKEN]
        judged = judge(case, whole) if whole else []
        yield from sample_lines(asked, case, judged)
        broken = [reply for reply in replies if reply.finish in BROKEN]
        yield from (
            error_line(asked, r.finish, Reason("judging.sample", n=r.sample), r) for r in broken
        )
        for sample in missing:
            line = error_line(asked, MISSING, Reason("judging.no_reply", n=sample))
            yield line.but(reply=RecordedReply(sample=sample))
        if missing or broken:
            return
        for held in case.held:
            relation = asked_relation(asked, case, held)
            others, lacking = self._given(held.case, held.case.requests(self.samples))
            if lacking:
                values = {"n": len(lacking), "prompt": held.case.prompt_id}
                message = Reason("judging.prompt_without_replies", **values)
                yield error_line(relation, MISSING, message)
            else:
                yield judged_relation(relation, case, held, judged, others)

    def _relation(self, node: str, relation: Relation) -> ComparisonLine:
        asked = asked_comparison(node, relation)
        replies: list[Reply] = []
        missing = 0
        for role, entry in relation.asked:
            case = entry.cases[role]
            given, lacking = self._given(case, relation.requests_of(case, self.samples))
            replies += given
            missing += len(lacking) + sum(reply.finish in BROKEN for reply in given)
        if missing:
            return error_line(asked, MISSING, Reason("judging.replies_missing", n=missing))
        try:
            scores = scores_of(relation, replies, self.samples)
        except ValueError as error:
            return error_line(asked, "measure", str(error))
        return comparison_line(asked, relation, steps(relation, scores), scores)

    def _given(self, case: Case, requests: Sequence[Request]) -> tuple[list[Reply], list[int]]:
        """Return the replies to requests, and the samples that have none."""
        keys = [reply_key(case, self.complete(request)) for request in requests]
        replies = [self.replies[key] for key in keys if key in self.replies]
        return replies, [key.sample for key in keys if key not in self.replies]
