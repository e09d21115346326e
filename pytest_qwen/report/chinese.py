"""In Chinese, what a decision has in English, whoever reads the page."""

from __future__ import annotations

import re

from pytest_qwen.report.reasons import REASONS

_PATTERNS = [(re.compile(pattern), told) for pattern, told in REASONS]


def in_chinese(said: str) -> str:
    """Return a sentence of the gate in Chinese, "" where it is not known.

    >>> in_chinese("nan must not occur, got 2 times")
    'nan 一次也不允许出现，却有 2 次'
    """
    for pattern, told in _PATTERNS:
        if match := pattern.fullmatch(said):
            return told.format(**match.groupdict())
    return ""
