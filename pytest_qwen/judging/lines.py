"""The lines of a record, made of what was asked and of what was judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pytest_qwen.judging.loops import unjudged_loop
from pytest_qwen.messages.reason import Reason
from pytest_qwen.messages.visible import log_safe
from pytest_qwen.model_io.reply import Reply
from pytest_qwen.model_io.request import Request
from pytest_qwen.record.codec import from_data
from pytest_qwen.record.parts import (
    RecordedError,
    RecordedMessage,
    RecordedReply,
    RecordedVerdict,
)
from pytest_qwen.record.plain import plain
from pytest_qwen.record.schema import CaseLine, ComparisonLine, SampleLine
from pytest_qwen.spec.expectation import Expectation
from pytest_qwen.traits.verdict import Verdict

AnyLine = TypeVar("AnyLine", SampleLine, CaseLine, ComparisonLine)


@dataclass(frozen=True)
class JudgedSample:
    """One sample with the verdict of every expectation of its case."""

    reply: Reply
    verdicts: tuple[tuple[Expectation, Verdict], ...]


def asked_line(
    nodeid: str, behavior: str, prompt_id: str, request: Request, samples: int
) -> SampleLine:
    """Return a sample's line without what came of it: what was asked, how many samples of it.

    `request` is any of the case's, complete: the sampling parameters are those that were used.
    """
    messages = (message.model_dump() for message in request.messages)
    return SampleLine(
        case=nodeid,
        behavior=behavior,
        role=request.role,
        prompt_id=prompt_id,
        cluster=behavior,
        prompt=[RecordedMessage(**plain(message)) for message in messages],
        prompt_as=request.prompt_as,
        thinking=request.thinking,
        sampling=plain(request.sampling.given()),
        seed=request.seed,
        samples=samples,
    )


def sample_line(asked: SampleLine, sample: JudgedSample) -> SampleLine:
    """Return the line of one judged sample."""
    verdicts = [
        RecordedVerdict(
            trait=expectation.name,
            args=plain(expectation.args),
            version=expectation.version,
            passed=verdict.passed,
            evidence=plain(verdict.evidence()),
            line=expectation.line,
            at_least=expectation.at_least,
        )
        for expectation, verdict in sample.verdicts
    ]
    line = asked.but(reply=recorded(sample.reply), verdicts=verdicts)
    loop = unjudged_loop(sample.reply, verdicts)
    return line.but(loop=loop) if loop else line


def recorded(reply: Reply) -> RecordedReply:
    """Return a reply as a record has it: without margins, which would double its size."""
    fields = reply.to_json()
    del fields["margins"]
    token_ids = fields.pop("token_ids")  # numbers already: making them plain took a tenth of replay
    return from_data(RecordedReply, {**plain(fields), "token_ids": token_ids})


def whole_line(
    asked: SampleLine, trait: str, line: int, args: Any = None, version: str | None = None
) -> CaseLine:
    """Return the line of a verdict on a whole case, without what came of it.

    Args:
        asked: what was asked of the case's samples.
        trait: `SAME_AS`, `MORE_THAN` or `SNAPSHOT`: the key of the YAML that asks for it.
        line: where it stands.
        args: what stands behind it.
        version: of the code that judges.
    """
    return CaseLine(
        case=asked.case,
        behavior=asked.behavior,
        role=asked.role,
        prompt_id=asked.prompt_id,
        cluster=asked.cluster,
        trait=trait,
        args=plain(args),
        version=version,
        line=line,
    )


def judged_whole(line: CaseLine, message: str, evidence: Mapping[str, Any]) -> CaseLine:
    """Return the line of a verdict on a whole case, which passed where there is no message."""
    code = {"message_code": message.to_json()} if isinstance(message, Reason) else {}
    text = plain(log_safe(message))
    return line.but(passed=not message, evidence=plain(evidence), message=text, **plain(code))


def evidence_of(got: str) -> dict[str, Any]:
    """Return the evidence of what there was, with its code where it is a `Reason`."""
    return {"got": str(got), "reason": got.to_json()} if isinstance(got, Reason) else {"got": got}


def error_line(line: AnyLine, kind: str, message: str, reply: Reply | None = None) -> AnyLine:
    """Return the line of an infrastructure error: of a sample perhaps with its reply."""
    failed = line.but(error=RecordedError.of(str(kind), message))
    if reply and isinstance(failed, SampleLine):
        failed.reply = recorded(reply)
    return failed
