"""A case in a row of pytest-html: the reviewers' view of its samples, in little room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from pytest_qwen.record.case import RecordedCase
from pytest_qwen.record.codec import line_from_data
from pytest_qwen.record.schema import ComparisonLine, JudgedLine
from pytest_qwen.report.page import macros
from pytest_qwen.report.replies import ReplyView, reply_view
from pytest_qwen.report.sections.cases import ExpectationView, expectation_view, messages
from pytest_qwen.report.texts.marked import sample_texts
from pytest_qwen.report.texts.marks import Shown, TextBudget
from pytest_qwen.report.words import Words

SAMPLES, BYTES = 20, 40_000
"""Samples of a case, and bytes of their texts, that a row shows; the record has all."""

WORDS = Words("en")
"""The page of pytest-html is in English."""


class RowView(NamedTuple):
    """The prompt, how many samples met what is expected, and the first replies.

    `others` says how many more samples there are, and what of the case has no sample.
    """

    messages: list[tuple[str, Shown]]
    expectations: list[ExpectationView]
    replies: list[ReplyView]
    others: list[str]


def cells(names: dict[str, str], link: str) -> list[str]:
    """Return the cells of a row's own columns as HTML; `link` is where the last one leads to."""
    row, last = macros("row.jinja", WORDS), [*names][-1]
    return [row.cell(name, text, link if name == last else "") for name, text in names.items()]


def escaped(text: str) -> str:
    """Return a text as HTML."""
    return str(macros("row.jinja", WORDS).escaped(text))


def details(lines: Sequence[dict[str, Any]]) -> str:
    """Return the details of a case as HTML, from its lines of the record."""
    return str(macros("row.jinja", WORDS).details(_view([line_from_data(line) for line in lines])))


def _view(lines: Sequence[JudgedLine]) -> RowView:
    comparisons = (line for line in lines if isinstance(line, ComparisonLine))
    others = [text for line in comparisons for text in _comparison(line)]
    cases = [case for case in RecordedCase.of(lines) if case.samples]
    if not cases:
        return RowView([], [], [], others)
    case = cases[0]
    first = case.samples[:SAMPLES]
    budget = TextBudget((text for s in first for text in (s.shown, s.thought)), BYTES, packed=0)
    if more := len(case.samples) - len(first):
        others.append(f"{WORDS('more_samples', n=more)}: see the record")
    return RowView(
        messages=messages(case, budget),
        expectations=[
            expectation_view(expected, case, WORDS)._replace(other="") for expected in case.expected
        ],
        replies=[reply_view(sample_texts(sample, budget), WORDS) for sample in first],
        others=others,
    )


def _comparison(line: ComparisonLine) -> Iterator[str]:
    """Yield what is claimed, the mean of every role, and the scores of every prompt."""
    yield f"{line.claim}, {line.order}"
    if line.error:
        yield f"{line.error.kind}: {line.error.message}"
    for step in line.steps or ():
        low, high = step.means
        sides = f"{step.lower} {low:.3g} {step.sign} {step.upper} {high:.3g}"
        yield f"{'✓' if step.passed else '✗'} {sides}"
    for prompt in islice(line.prompts or (), SAMPLES):
        scores = ", ".join(f"{role} {score:.3g}" for role, score in prompt.scores.items())
        yield f"{prompt.behavior}[{prompt.prompt_id}]: {scores}"
