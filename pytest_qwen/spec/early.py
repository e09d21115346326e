"""Early verdicts: a reply may end as soon as more text cannot change what the traits say of it.

until = until_settled(case.expectations)     goes with the request; "" is: to the end
is_settled(until, part)                      asked now and then while the reply is being said

A trait declares which of its verdicts is final, see `registry.trait`; a text that goes on may still
change all others. Only traits that ship with the plugin are asked: a generator process does not
know those of a user's conftest.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache

from pytest_qwen.files.yaml_lines import Document
from pytest_qwen.model_io.reply import ThinkingState
from pytest_qwen.spec.expectation import Expectation, Leaf, Node, parse_check
from pytest_qwen.traits.verdict import Part

_TOLD_APART = {ThinkingState.ABSENT, ThinkingState.CLOSED, ThinkingState.EMPTY}
"""States in which thinking and answer are what they will be, unless a tag comes out of place."""


def until_settled(expectations: Iterable[Expectation]) -> str:
    """Return what a reply must settle to end early, as JSON; "" where it has to be said whole."""
    every = list(expectations)
    if not every or not all(_can_settle(one.check) for one in every):
        return ""
    checks = [[one.raw, one.version] for one in every]  # other code may end a reply elsewhere
    return json.dumps(checks, ensure_ascii=False, sort_keys=True)


def is_settled(until: str, part: Part) -> bool:
    """Say whether every trait has its final verdict of a reply that is still going on."""
    return all(_settled(node, part) is not None for node in _parsed(until))


def _can_settle(node: Node) -> bool:
    if isinstance(node, Leaf):
        trait = node.bound.trait
        return trait.final is not None and trait.judge.__module__.startswith("pytest_qwen.traits.")
    return any(map(_can_settle, node.parts))


def _settled(node: Node, part: Part) -> bool | None:
    """Return a final verdict, None while there is none (Kleene's three-valued logic)."""
    if isinstance(node, Leaf):
        apart = node.of == "text" or part.reply.thinking_state in _TOLD_APART
        return node.bound.settled(part.select(node.of)) if apart else None
    verdicts = [_settled(inner, part) for inner in node.parts]
    decides = node.how != "all"  # one that passes decides `any`, `not` and `none`
    found = decides if decides in verdicts else None if None in verdicts else not decides
    return not found if found is not None and node.how in {"not", "none"} else found


@lru_cache
def _parsed(until: str) -> tuple[Node, ...]:
    document = Document("", None, {(): 0})
    return tuple(parse_check(raw, document, ()) for raw, _ in json.loads(until))
