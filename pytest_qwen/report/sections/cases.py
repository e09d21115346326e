"""The cases: each prompt with what the roles replied, and the filters that find them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from pytest_qwen.messages.visible import visible
from pytest_qwen.record.again import again
from pytest_qwen.record.case import RecordedCase, Share
from pytest_qwen.report.anchor import anchor
from pytest_qwen.report.badges import Badge, badges, counts
from pytest_qwen.report.compare import ComparedCase
from pytest_qwen.report.contents import Contents
from pytest_qwen.report.groups import PromptGroup, by_behavior, by_prompt
from pytest_qwen.report.replies import Samples, reason
from pytest_qwen.report.sections.relations import place
from pytest_qwen.report.texts.marks import Shown, TextBudget, show
from pytest_qwen.report.texts.yaml_text import yaml_text
from pytest_qwen.report.words import Phrase, Words

_MOST_MESSAGES = 50
_TAGS = ("failed", "regressed", "different", "flaky", "loop", "truncated", "snapshot")
_OF_TWO = frozenset({"regressed", "different"})


class Filters(NamedTuple):
    """What cases can be filtered by: tags with their texts, and names."""

    tags: list[tuple[str, str]]
    roles: list[str]
    behaviors: list[str]
    traits: list[str]


class ExpectationView(NamedTuple):
    """An expectation with how many samples met it, the verdict on the whole case, its place.

    `other` leads to the other prompt of a relation, "" where there is none.
    """

    counts: str
    bad: bool
    trait: str
    args: str
    verdict: Phrase | None
    other: str
    place: str


class CaseView(NamedTuple):
    """A case of a prompt; `folded` where nothing is new about it."""

    id: str
    case: str
    tags: str
    role: str
    traits: str
    title: str
    counts: str
    bad: bool
    badges: list[Badge]
    folded: bool
    expectations: list[ExpectationView]
    samples: Samples
    command: str


class PromptView(NamedTuple):
    """A prompt: its messages with their roles, "" where it has one, and its cases."""

    behavior: str
    name: str
    messages: list[tuple[str, Shown]]
    layout: str
    cases: list[CaseView]


@dataclass(frozen=True)
class Cases:
    """All prompts, the most urgent first, made one by one since there may be thousands."""

    template: ClassVar[str] = "cases.jinja"
    filters: Filters
    prompts: Iterator[PromptView]

    @classmethod
    def of(cls, contents: Contents) -> Cases:
        """Prepare the cases."""
        words = contents.words
        hidden = (set() if contents.was else _OF_TWO) | (set() if contents.strays else {"snapshot"})
        return cls(
            filters=Filters(
                tags=[(tag, words(tag)) for tag in _TAGS if tag not in hidden],
                roles=contents.roles,
                behaviors=[behavior for behavior, _ in by_behavior(contents.cases)],
                traits=sorted({trait for case in contents.cases for trait in case.traits}),
            ),
            prompts=(_prompt(group, contents) for group in by_prompt(contents.cases)),
        )


def _prompt(group: PromptGroup, contents: Contents) -> PromptView:
    asked = messages(group.cases[0].case, contents.budget)
    layout = "stack" if contents.was else "columns"
    cases = [_case(case, contents) for case in group.cases]
    return PromptView(group.behavior, group.name, asked, layout, cases)


def messages(case: RecordedCase, budget: TextBudget) -> list[tuple[str, Shown]]:
    """Return the messages of a case's prompt with their roles, "" where it has one."""
    asked = case.samples[0].messages
    return [
        (message.role if len(asked) > 1 else "", show(message.content, budget))
        for message in asked[:_MOST_MESSAGES]
    ]


def _case(compared: ComparedCase, contents: Contents) -> CaseView:
    case, words = compared.case, contents.words
    before = f"{counts(compared.was)} → " if compared.compared else ""
    return CaseView(
        id=compared.id,
        case=case.id,
        tags=" ".join(compared.tags),
        role=case.names[1],
        traits=" ".join(sorted(compared.traits)),
        title=case.names[1] or case.id,
        counts=before + counts(compared.now),
        bad=compared.now is not None and not compared.now.met,
        badges=badges(compared, words),
        folded=compared.calm,
        expectations=[expectation_view(expected, case, words) for expected in case.expected],
        samples=Samples.of(compared, contents.budget, words),
        command=command(case.id, contents),
    )


def expectation_view(expected: Share, case: RecordedCase, words: Words) -> ExpectationView:
    """Return the view of an expectation of a case."""
    first, whole = expected.first, expected.whole
    at_least = (
        f"{words.at_least} {100 * expected.at_least:.4g} % · " if expected.at_least != 1 else ""
    )
    return ExpectationView(
        counts=f"{'✓' if expected.met else '✗'} {expected.passed}/{expected.judged}",
        bad=not expected.met,
        trait=first.trait,
        args=yaml_text(first.args)[:400],
        verdict=words.phrase(reason(whole), 240) if whole else None,
        other=f"#{anchor(whole.other)}" if whole and whole.other else "",
        place=at_least + place(case.id, first.line),
    )


def command(case: str, contents: Contents) -> str:
    """Return what repeats a case, in one line that a shell reads as words."""
    line = visible(again(case, contents.now.header.options))
    return line.replace("\n", "\\n").replace("\t", "\\t")
