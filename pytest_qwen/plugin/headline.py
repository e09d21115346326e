"""What failed of a case, in the few characters that a line of pytest's summary has for it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import pytest

from pytest_qwen.record.case import RecordedCase, Share
from pytest_qwen.record.schema import SAME_AS, JudgedLine


def shorten_summary(
    item: pytest.Item, report: pytest.TestReport, lines: Sequence[JudgedLine]
) -> None:
    """Name the expectations that failed where pytest has the head of the failure's message.

    That begins with the path, as the line of the summary does. `--tb=line` and JUnit's `message`
    have it too; the whole message stays in the failure.
    """
    crash = getattr(report.longrepr, "reprcrash", None)
    failed = [*chain.from_iterable(map(_failed, RecordedCase.of(lines)))]
    if crash is None or not failed or any(line.error for line in lines):
        return
    crash.path, crash.lineno = str(item.path), failed[0].first.line or 1
    crash.message = ", ".join(map(_text, failed))


def _failed(case: RecordedCase) -> list[Share]:
    """Return what failed of a case; one that is compared with another has no expectations."""
    whole_only = any(line.trait == SAME_AS for line in case.wholes)
    return [s for s in case.expected if not s.met and (s.whole or not whole_only)]


def _text(share: Share) -> str:
    """Return the trait, and how many of the samples met it."""
    if share.whole:
        return share.whole.trait
    return f"{share.first.called} {share.passed}/{share.judged}"
