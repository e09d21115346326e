"""What the selected cases of a run ask for: the plan of its replies, and its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any

import pytest

from pytest_qwen.model_io.request import Request
from pytest_qwen.plugin import marker
from pytest_qwen.plugin.run_state import Run
from pytest_qwen.plugin.source_hash import source_hash
from pytest_qwen.record.plain import plain
from pytest_qwen.spec.cases import Case
from pytest_qwen.spec.relation import Relation


def planned(run: Run) -> Iterator[Request]:
    """Yield what the selected cases will ask, in their order, but for what the family lacks."""
    for item in run.selected:
        case = _case(item)
        if not (case and run.family.lacking(case.needs)):
            yield from _requests(item, run.options.samples)


def _case(item: pytest.Item) -> Case | Relation | None:
    """Return the case, or the relation of a comparison, of an item from YAML."""
    callspec = getattr(item, "callspec", None)
    case = callspec.params.get("qwen_case") if callspec else None
    return case if isinstance(case, Case | Relation) else None


def _requests(item: pytest.Item, samples: int | None) -> Sequence[Request]:
    match _case(item):
        case Case() as case:
            return case.asks(samples)
        case Relation() as relation:
            return relation.asks(samples)
    mark = marker.asks(item)
    return marker.requests(mark, samples) if mark else ()


def describe_suite(run: Run) -> dict[str, Any]:
    """Return a hash of what the selected cases ask and expect, and the versions of their traits.

    The models are no part of it: two runs with one hash did the same to different models.
    """
    digest = hashlib.sha256(b"[")  # of one JSON text, which is never whole: it has megabytes
    versions: dict[str, str] = {}
    for number, item in enumerate(sorted(run.selected, key=attrgetter("nodeid"))):
        case = _case(item)
        expected: list[list[Any]]
        if isinstance(case, Relation):
            expected = [["comparison", case.claim, case.order, [case.margin, case.confidence]]]
        elif case:
            expected = [[e.name, plain(e.args), e.at_least, e.version] for e in case.expectations]
            expected += [[h.name, h.args, 1.0, h.version] for h in case.held]
            used = [leaf.bound.trait for leaf in case.leaves]
            versions |= {trait.name: str(trait.version) for trait in used}
        else:
            expected = [["test", None, 1.0, source_hash(item.function)]]  # type: ignore[attr-defined]
        asked = [item.nodeid, [r.to_json() for r in _requests(item, run.options.samples)], expected]
        text = json.dumps(asked, sort_keys=True, default=str)
        digest.update((b", " if number else b"") + text.encode("utf-8", "surrogatepass"))
    digest.update(b"]")
    return {"suite_hash": digest.hexdigest()[:32], "traits": dict(sorted(versions.items()))}
