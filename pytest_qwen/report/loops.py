"""Where a reply goes round in circles, whatever ended it."""

from __future__ import annotations

import re
from functools import cache

from pytest_qwen.model_io.reply import Reply
from pytest_qwen.record.schema import SampleLine
from pytest_qwen.report.marks import Loop
from pytest_qwen.traits.builtin.continuation_loop import continuation_loop
from pytest_qwen.traits.verdict import Part

_LOOKED_AT = 20_000
_ROUNDS = re.compile(r"(.{1,200}?)\1{3,}", re.DOTALL)
"""A unit four times and more: what the trait calls a loop of tokens."""


@cache
def loop_in(text: str) -> Loop | None:
    """Return the unit that a text says over and over, and how often."""
    verdict = continuation_loop(Part(text, Reply(text="")))
    if not verdict.passed or not verdict.spans:
        return None
    (start, end), unit = verdict.spans[0], str(verdict.values["unit"])
    in_a_row = "period" in verdict.values
    first_end = min(start + len(unit), end) if in_a_row else end
    return Loop(start, first_end, end, int(verdict.values["count"]))


def loops_of(sample: SampleLine) -> tuple[Loop | None, Loop | None]:
    """Return the loops in answer and thinking, where a verdict found one or the reply was cut off.

    To look at every text would take longer than all the rest of the page.
    """
    times = _told(sample)
    if times is None and not sample.truncated:
        return None, None
    found = loop_in(sample.shown), loop_in(sample.thought)
    if times is None or any(found):
        return found
    return _in_characters(sample.shown, times), _in_characters(sample.thought, times)


def has_loop(sample: SampleLine) -> bool:
    """Say whether a sample loops, also where its tokens do and its text does not show it."""
    return _told(sample) is not None or any(loops_of(sample))


def _told(sample: SampleLine) -> int | None:
    """Return how often the loop came again that a verdict found."""
    for verdict in sample.verdicts:
        told, count = verdict.evidence, verdict.evidence.get("count")
        shows = isinstance(count, int) and bool({"unit", "period"} & told.keys())
        if shows and continuation_loop.__name__ in verdict.traits:
            return count
    return None


def _in_characters(text: str, times: int) -> Loop | None:
    """Find in a text a loop that its tokens have; its edges may be other tokens."""
    found = _ROUNDS.finditer(text[:_LOOKED_AT])
    rounds = (match for match in found if len(match[0]) >= (times - 1) * len(match[1]))
    run = max(rounds, key=lambda match: len(match[0]), default=None)
    if run is None:
        return None
    size = len(run[1])
    return Loop(run.start(), run.start() + size, run.end(), len(run[0]) // size)
