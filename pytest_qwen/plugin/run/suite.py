"""What the selected cases of a run ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from pytest_qwen.judging.suite_hash import SuiteTest
from pytest_qwen.model_io.request import Request
from pytest_qwen.plugin import marker
from pytest_qwen.plugin.run.run_state import Run
from pytest_qwen.plugin.run.source_hash import source_hash
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


def suite_tests(run: Run) -> Iterator[SuiteTest]:
    """Yield the selected cases with what they ask."""
    for item in run.selected:
        judged_by = _case(item) or source_hash(item.function)  # type: ignore[attr-defined]
        yield SuiteTest(item.nodeid, _requests(item, run.options.samples), judged_by)
