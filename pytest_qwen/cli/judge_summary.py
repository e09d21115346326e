"""What `pytest-qwen judge BEHAVIORS REPLIES` tells when all is judged."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from pytest_qwen.messages.visible import visible
from pytest_qwen.record.case import RecordedCase
from pytest_qwen.record.schema import MISSING, ComparisonLine, JudgedLine, RunLine
from pytest_qwen.spec.cases import Case


def tell_left_out(missing: list[JudgedLine], judged: list[Case], run: RunLine | None) -> None:
    """Say what was not judged, and where a record's comparisons have their replies."""
    for line in missing:
        if failure := line.error:
            message = f"{line.case}: {failure.kind}: {failure.message}"
            print(visible(message), file=sys.stderr)
    compared = [line.error for line in missing if isinstance(line, ComparisonLine)]
    if run and any(failure and failure.kind == MISSING for failure in compared):
        what = "a record lacks replies that only comparisons asked for"
        print(f"{what}: judge those of `pytest-qwen store export`", file=sys.stderr)
    kept = {case.behavior.name for case in judged if case.behavior.fields.snapshot}
    if kept:
        names = visible(", ".join(sorted(kept)))
        print(f"snapshots are not judged, only a run compares them: {names}", file=sys.stderr)


def tell(path: Path, written: list[JudgedLine], wrong: int, others: int) -> None:
    """Say in one line what the record has."""
    states = Counter(case.state for case in RecordedCase.of(written))
    parts = [
        _tally("case", states["pass"] + states["mixed"], states["miss"], states["error"]),
        *_comparisons(line for line in written if isinstance(line, ComparisonLine)),
    ]
    parts += [_number(wrong, "wrong line")] * bool(wrong)
    parts += [f"{others} replies to other requests left out"] * bool(others)
    print(f"{path}: {'; '.join(parts)}")


def _comparisons(lines: Iterable[ComparisonLine]) -> list[str]:
    judged, kinds = Counter[bool | None](), Counter[str]()
    for line in lines:
        if line.error:
            kinds[line.error.kind] += 1
        else:
            judged[line.passed] += 1
    unscored = kinds.total() - kinds[MISSING] - kinds["skipped"]
    if not judged and not unscored and not kinds[MISSING]:
        return []
    return [_tally("comparison", judged[True], judged[False], kinds[MISSING], unscored)]


def _tally(noun: str, met: int, missed: int, lacking: int, unscored: int = 0) -> str:
    total = _number(met + missed + lacking + unscored, noun)
    lack = f"{lacking} {'lacks' if lacking == 1 else 'lack'} replies"
    rest = f", {unscored} without a number" * bool(unscored)
    return f"{total}: {met} met, {missed} failed, {lack}{rest}"


def _number(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
