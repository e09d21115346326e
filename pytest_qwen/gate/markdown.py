"""A gate's decision for a pull request. Model text stands in fences that it cannot close."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_qwen.gate.artifact import Artifact, ChangedCase
from pytest_qwen.gate.table import HEAD, NO_MORE, cells, headline, rates
from pytest_qwen.messages.visible import visible

LIMIT = 900_000
"""Bytes of a summary: GitHub takes 1 MiB for a job's."""

_SIGNS = {"PASS": "✅", "MINOR": "🟡", "REGRESSED": "❌", "INCONCLUSIVE": "❔", "INVALID": "⛔"}
_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~@&:$])")


def summary(gate: Artifact) -> str:
    """Return the summary; changed cases that would make it too long are left out."""
    text = "\n".join(_before(gate))
    size, blocks = len(text.encode()), []
    for case in gate.flips:
        block = "\n".join(_changed_case(case))
        size += len(block.encode())
        if size > LIMIT:
            break
        blocks.append(block)
    if blocks:
        count = f"{len(blocks)} of {gate.flips_total} items that changed"
        blocks = [f"\n<details><summary>{count}</summary>", *blocks, "\n</details>"]
    return "\n".join([text, *blocks, ""])


def _before(gate: Artifact) -> Iterator[str]:
    yield f"## {_SIGNS[gate.verdict]} {plain(headline(gate))}\n"
    yield from (f"- {plain(reason)}" for reason in gate.reasons[:50])
    if gate.gated:
        yield f"\n| {' | '.join(HEAD)} |\n| --- |{' ---: |' * (len(HEAD) - 2)} --- |"
        for row in gate.gated:
            yield f"| {' | '.join(map(plain, cells(row, gate.policy.margin)))} |"
    if gate.severe:
        yield f"\nFrom all passing to all failing: {plain(', '.join(gate.severe[:50]))}"
    if gate.lost:
        yield f"\n{NO_MORE.capitalize()} ({len(gate.lost)} of {gate.lost_total}):"
        for relation in gate.lost:
            yield from (f"\n**{plain(relation.case)}**\n", fenced(relation.message))
    if worse := [row for row in gate.advisory if row.change < 0][:10]:
        yield "\nNot gated, but look here:\n"
        yield from (f"- {plain(row.name)}: {plain(rates(row))}" for row in worse)
    yield from (f"\nNote: {plain(note)}" for note in gate.notes[:20])
    yield from (f"\nNext: {plain(do)}" for do in gate.todo)


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


def _changed_case(case: ChangedCase) -> Iterator[str]:
    passed = f"{case.passed_before} to {case.passed_after} of {case.samples}"
    yield f"\n**{plain(case.case)}**: {passed}"
    for example in case.examples[:1]:
        for name, sample in (("before", example.before), ("after", example.after)):
            yield f"\n{name}, sample {example.sample}:\n"
            yield fenced(sample.text) if sample else "(no reply)"
