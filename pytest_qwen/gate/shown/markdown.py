"""A gate's decision for a pull request. Model text stands in fences that it cannot close."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_qwen.gate.artifact import TEXT, Artifact, CaseChange
from pytest_qwen.gate.shown.wording import HEAD, cells, headline, worse
from pytest_qwen.messages.reason import Language, Reason, in_language
from pytest_qwen.messages.visible import visible

LIMIT = 900_000
"""Bytes of a summary: GitHub takes 1 MiB for a job's."""

_SIGNS = {"PASS": "✅", "MINOR": "🟡", "REGRESSED": "❌", "INCONCLUSIVE": "❔", "INVALID": "⛔"}
_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~@&:$])")


def summary(gate: Artifact, language: Language = "en") -> str:
    """Return the summary; changed cases that would make it too long are left out."""
    text = "\n".join(_before_cases(gate, language))
    size, blocks = len(text.encode()), []
    for case in gate.flips:
        block = "\n".join(_changed_case(case, language))
        size += len(block.encode())
        if size > LIMIT:
            break
        blocks.append(block)
    if blocks:
        title = Reason("gate.changed_cases", shown=len(blocks), total=gate.flips_total)
        opened = f"\n<details><summary>{_sentence(title, language)}</summary>"
        blocks = [opened, *blocks, "\n</details>"]
    return "\n".join([text, *blocks, ""])


def _before_cases(gate: Artifact, language: Language) -> Iterator[str]:
    def say(text: str) -> str:
        return _sentence(text, language)

    yield f"## {_SIGNS[gate.verdict]} {say(headline(gate))}\n"
    yield from (f"- {plain(in_language(reason, language))}" for reason in gate.reasons[:50])
    if gate.gated:
        yield f"\n| {' | '.join(in_language(cell, language) for cell in HEAD)} |"
        yield f"| --- |{' ---: |' * (len(HEAD) - 2)} --- |"
        for row in gate.gated:
            texts = (in_language(cell, language) for cell in cells(row, gate.policy.margin))
            yield f"| {' | '.join(map(plain, texts))} |"
    if gate.severe:
        yield f"\n{say(Reason('gate.all_to_none', names=list(gate.severe[:50])))}"
    if gate.lost:
        lost = Reason("gate.relations_lost", shown=len(gate.lost), total=gate.lost_total)
        yield f"\n{say(lost)}"
        for relation in gate.lost:
            message = in_language(relation.text, language)[:TEXT]
            yield from (f"\n**{plain(relation.case)}**\n", fenced(message))
    if lower := worse(gate, 10):
        yield f"\n{say(Reason('gate.advice'))}\n"
        yield from (f"- {plain(in_language(rates, language))}" for rates in lower)
    yield from (f"\n{say(Reason('gate.note', text=note))}" for note in gate.notes[:20])
    yield from (f"\n{say(Reason('gate.next', text=step))}" for step in gate.todo)


def _sentence(text: str, language: Language) -> str:
    sentence = in_language(text, language)
    return plain(sentence[:1].upper() + sentence[1:])


def plain(text: str) -> str:
    r"""Return one line of text in which Markdown, HTML, mentions and addresses mean nothing.

    >>> print(plain("![x](http://a)"))
    \!\[x\]\(http\://a\)
    """
    return _MARKUP.sub(r"\\\1", " ".join(visible(text[:2000]).split()))


def fenced(text: str) -> str:
    """Return text in a fence that is longer than any run of backticks in it."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{visible(text)}\n{fence}"


def _changed_case(case: CaseChange, language: Language) -> Iterator[str]:
    passed = f"{case.passed_before} → {case.passed_after} / {case.samples}"
    yield f"\n**{plain(case.case)}**: {passed}"
    for example in case.examples[:1]:
        for side, sample in (
            (Reason("gate.before"), example.before),
            (Reason("gate.after"), example.after),
        ):
            title = Reason("gate.of_sample", side=side, sample=example.sample)
            yield f"\n{in_language(title, language)}\n"
            yield fenced(sample.text) if sample else in_language(Reason("gate.no_reply"), language)
