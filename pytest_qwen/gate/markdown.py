"""A gate's decision for a pull request. Model text stands in fences that it cannot close."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pytest_qwen.gate.table import HEAD, NO_MORE, cells, headline, rates
from pytest_qwen.messages.visible import visible

LIMIT = 900_000
"""Bytes of a summary: GitHub takes 1 MiB for a job's."""

_SIGNS = {"PASS": "✅", "MINOR": "🟡", "REGRESSED": "❌", "INCONCLUSIVE": "❔", "INVALID": "⛔"}
_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~@&:$])")


def summary(gate: Mapping[str, Any]) -> str:
    """Return the summary; flips that would make it too long are left out."""
    text = "\n".join(_before(gate))
    size, shown = len(text.encode()), 0
    flips = []
    for flip in gate["flips"]:
        block = "\n".join(_flip(flip))
        size += len(block.encode())
        if size > LIMIT:
            break
        flips.append(block)
        shown += 1
    if flips:
        title = f"\n<details><summary>{shown} of {gate['flips_total']} items that changed</summary>"
        flips = [title, *flips, "\n</details>"]
    return "\n".join([text, *flips, ""])


def _before(gate: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {_SIGNS[gate['verdict']]} {plain(headline(gate))}\n"
    yield from (f"- {plain(reason)}" for reason in gate["reasons"][:50])
    if gate["gated"]:
        yield f"\n| {' | '.join(HEAD)} |\n| --- |{' ---: |' * (len(HEAD) - 2)} --- |"
        for row in gate["gated"]:
            yield f"| {' | '.join(map(plain, cells(row, gate['policy']['margin'])))} |"
    if gate["severe"]:
        yield f"\nFrom all passing to all failing: {plain(', '.join(gate['severe'][:50]))}"
    if gate["lost"]:
        yield f"\n{NO_MORE.capitalize()} ({len(gate['lost'])} of {gate['lost_total']}):"
        for one in gate["lost"]:
            yield from (f"\n**{plain(one['case'])}**\n", fenced(one["message"]))
    if worse := [row for row in gate["advisory"] if row["change"] < 0][:10]:
        yield "\nNot gated, but look here:\n"
        yield from (f"- {plain(row['name'])}: {plain(rates(row))}" for row in worse)
    yield from (f"\nNote: {plain(note)}" for note in gate["notes"][:20])
    yield from (f"\nNext: {plain(do)}" for do in gate["todo"])


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


def _flip(flip: Mapping[str, Any]) -> Iterator[str]:
    n = flip["samples"]
    yield f"\n**{plain(flip['case'])}**: {flip['passed_before']} to {flip['passed_after']} of {n}"
    for said in flip["said"][:1]:
        for name in ("before", "after"):
            yield f"\n{name}, sample {said['sample']}:\n"
            yield fenced(said[name]["text"]) if said[name] else "(no reply)"
