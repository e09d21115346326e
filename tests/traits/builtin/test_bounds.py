"""The bounds of the traits that count."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_qwen.traits.registry import BadArguments, bind


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (None, "with exactly, at_least or at_most, got"),
        ({"at_least": -1}, "bounds from 0 up"),
        ({"exactly": 1, "at_most": 2}, "exactly or other bounds"),
        ({"at_least": 3, "at_most": 2}, "at_least no greater"),
    ],
)
@pytest.mark.parametrize("trait", ["length", "sentences", "bullets"])
def test_bounds_that_make_no_sense_are_refused(trait: str, args: Any, expected: str) -> None:
    """A count that everything or nothing keeps is an error of the spec."""
    with pytest.raises(BadArguments, match=expected):
        bind(trait, args)


def test_equal_bounds_are_allowed() -> None:
    """at_least and at_most may meet, and zero is a count."""
    assert bind("length", {"at_least": 0, "at_most": 0})
