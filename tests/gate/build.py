"""Records for tests, made by the code that makes real ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pytest_qwen.files.yaml_lines import parse
from pytest_qwen.judging.lines import (
    JudgedSample,
    asked_line,
    error_line,
    judged_whole,
    sample_line,
    whole_line,
)
from pytest_qwen.model_io.message import Message
from pytest_qwen.model_io.reply import Reply
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.sampling import Sampling
from pytest_qwen.record.codec import from_data
from pytest_qwen.record.schema import (
    MORE_THAN,
    CaseLine,
    RunLine,
    SampleLine,
)
from pytest_qwen.record.writing import RecordWriter
from pytest_qwen.spec.expectation import parse_expectation
from pytest_qwen.traits.verdict import Verdict

RUN = {
    "schema": 2,
    "family": "tiny",
    "checkpoints": {"instruct": {"checkpoint": "old", "fingerprint": "f0", "template": "t0"}},
    "attempt": 1,
}

Sample = bool | str | None | Mapping[str, bool]
"""Passed or not; the kind of an error; None where nothing was recorded; or each trait by name."""


def items(behaviors: int, rate: float = 1.0, prompts: int = 1, k: int = 1) -> dict[str, list[bool]]:
    """Return cases `bN/pM` of which the first `rate` pass, all samples alike."""
    names = [f"b{b}/p{p}" for b in range(behaviors) for p in range(prompts)]
    passing = round(rate * len(names))
    return {name: [i < passing] * k for i, name in enumerate(names)}


ARGUMENTS = {"finish": "stop", "sentences": 1, "thinking": "closed"}


def expectation(trait: str) -> Any:
    document = parse(f"{trait}:", "x.yaml")[0]
    return parse_expectation({trait: ARGUMENTS.get(trait)}, document, ())


def lines_of(
    name: str, scores: Sequence[Sample], text: str = "", seed: int = 0, **fields: Any
) -> list[SampleLine]:
    """Return the lines of a case called `behavior/prompt`."""
    behavior, _, prompt = name.partition("/")
    request = Request(
        "instruct",
        (Message(role="user", content=fields.pop("prompt", f"问 {name}")),),
        "chat",
        Sampling(temperature=0.7, **fields.pop("sampling", {})),
        seed,
        thinking=False,
    )
    node = f"behaviors/{behavior}.yaml::{behavior}[instruct-{prompt}]"
    asked = asked_line(node, behavior, prompt, request, len(scores)).but(**fields)
    lines = []
    for i, sample in enumerate(scores):
        reply_text = text or f"说 {name} {sample}"
        reply = Reply(text=reply_text, answer=reply_text, seed=seed, sample=i)
        if isinstance(sample, str):
            lines.append(error_line(asked, sample, f"sample {i}", reply))
        elif sample is not None:
            passed = sample if isinstance(sample, Mapping) else {"asks_back": sample}
            verdicts = tuple((expectation(t), Verdict(ok, "x")) for t, ok in passed.items())
            lines.append(sample_line(asked, JudgedSample(reply, verdicts)))
    return lines


def held_line(asked: SampleLine, passed: bool | None) -> CaseLine:
    """Return the line of what a case is held to, from that of a sample."""
    args = {"prompt": "p", "measure": "answer_length 'words'", "of": "answer"}
    line = whole_line(asked, MORE_THAN, 4, args, "v0")
    if passed is None:
        return error_line(line, "timeout", "sample 0")
    message = "" if passed else f"x.yaml:4: expected more, got less in {asked.case}\n    p: `` 说"
    return judged_whole(line, message, {"got": "7, p 9"})


def header(**fields: Any) -> RunLine:
    """Return the header of a record."""
    return from_data(RunLine, {**RUN, **fields})


def record(
    path: Path,
    cases: Mapping[str, Sequence[Sample]],
    *,
    run: Mapping[str, Any] | None = None,
    ends: bool = True,
    held: Mapping[str, bool | None] | None = None,
    **fields: Any,
) -> Path:
    """Write a record of cases, by name their samples; `fields` change what every line says.

    `held` has by name which cases keep their `more_than`; None is one that could not be judged.
    """
    writer = RecordWriter(path, header(**(run or {})))
    expected = []
    for name, samples in cases.items():
        lines = lines_of(name, samples, **fields)
        behavior, _, prompt = name.partition("/")
        expected.append(f"behaviors/{behavior}.yaml::{behavior}[instruct-{prompt}]")
        writer.write(lines)
        if name in (held or {}):
            writer.write([held_line(lines[0], held[name])])
    if ends:
        writer.close(expected, 0)
    return path
