"""Where a reply goes round in circles, as the record has it: a verdict found it, or the run did."""

from __future__ import annotations

import re
from typing import Any

from pytest_qwen.record.schema import SampleLine
from pytest_qwen.report.texts.marks import Loop
from pytest_qwen.report.texts.parts import ShownPart, shift

_TRAIT = "continuation_loop"
_LOOKED_AT = 20_000
_ROUNDS = re.compile(r"(.{1,200}?)\1{3,}", re.DOTALL)
"""A unit four times and more: what the trait calls a loop of tokens."""


def loops_of(sample: SampleLine) -> tuple[Loop | None, Loop | None]:
    """Return the loop in answer and thinking."""
    evidence = _evidence(sample)
    if evidence is None:
        return None, None
    return _loop_in(sample, "answer", evidence), _loop_in(sample, "thinking", evidence)


def has_loop(sample: SampleLine) -> bool:
    """Say whether a sample loops, also where its tokens do and its text does not show it."""
    return _evidence(sample) is not None


def _evidence(sample: SampleLine) -> dict[str, Any] | None:
    """Return what says that a sample loops: how often (`count`) and where (`spans` in `of`)."""
    for verdict in sample.verdicts:
        evidence = verdict.evidence
        shows = bool({"unit", "period"} & evidence.keys())
        if shows and _is_count(evidence.get("count")) and _TRAIT in verdict.traits:
            return evidence
    return sample.loop if sample.loop and _is_count(sample.loop.get("count")) else None


def _is_count(value: object) -> bool:
    return isinstance(value, int) and value > 0


def _loop_in(sample: SampleLine, part: ShownPart, evidence: dict[str, Any]) -> Loop | None:
    text = sample.shown if part == "answer" else sample.thought
    times = evidence["count"]
    match evidence.get("spans"), evidence.get("unit"):
        case [[int(start), int(end)], *_], str(unit):
            by = shift(sample, evidence.get("of"), part)
            if by is None or not 0 <= start + by < min(end + by, len(text)):
                return None
            start, end = start + by, min(end + by, len(text))
            in_a_row = "period" in evidence
            return Loop(start, min(start + len(unit), end) if in_a_row else end, end, times)
    return _in_characters(text, times)


def _in_characters(text: str, times: int) -> Loop | None:
    """Find in a text a loop that its tokens have; its edges may be other tokens."""
    repeats = _ROUNDS.finditer(text[:_LOOKED_AT])
    rounds = (match for match in repeats if len(match[0]) >= (times - 1) * len(match[1]))
    run = max(rounds, key=lambda match: len(match[0]), default=None)
    if run is None:
        return None
    size = len(run[1])
    return Loop(run.start(), run.start() + size, run.end(), len(run[0]) // size)
