"""What identifies a suite in a record: a hash of all that it asks and expects."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from pytest_qwen.model_io.request import Request
from pytest_qwen.record.plain import plain
from pytest_qwen.spec.cases import Case
from pytest_qwen.spec.relation import Relation


class SuiteTest(NamedTuple):
    """A test of a suite: its id, what it asks, and its case, or a hash of its code in Python."""

    node: str
    requests: Sequence[Request]
    judged_by: Case | Relation | str


def describe_suite(tests: Iterable[SuiteTest]) -> dict[str, Any]:
    """Return a hash of what tests ask and expect, and the versions of their traits.

    The models are no part of it: two runs with one hash did the same to different models. Neither
    is the order of the tests.
    """
    digest = hashlib.sha256(b"[")  # of one JSON text, which is never whole: it has megabytes
    versions: dict[str, str] = {}
    for number, test in enumerate(sorted(tests, key=attrgetter("node"))):
        if isinstance(test.judged_by, Case):
            used = [leaf.bound.trait for leaf in test.judged_by.leaves]
            versions |= {trait.name: str(trait.version) for trait in used}
        asked = [test.node, [r.to_json() for r in test.requests], _expected(test.judged_by)]
        text = json.dumps(asked, sort_keys=True, default=str)
        digest.update((b", " if number else b"") + text.encode("utf-8", "surrogatepass"))
    digest.update(b"]")
    return {"suite_hash": digest.hexdigest()[:32], "traits": dict(sorted(versions.items()))}


def _expected(judged_by: Case | Relation | str) -> list[list[Any]]:
    match judged_by:
        case Relation(claim=claim, order=order, margin=margin, confidence=confidence):
            return [["comparison", claim, order, [margin, confidence]]]
        case Case(expectations=expectations, held=held):
            own = [[e.name, plain(e.args), e.at_least, e.version] for e in expectations]
            return own + [[h.name, h.args, 1.0, h.version] for h in held]
        case str(source):
            return [["test", None, 1.0, source]]
