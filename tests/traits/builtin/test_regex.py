"""Examples of `regex`."""

from __future__ import annotations

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row

TABLE = [
Row(r"\d+周", "共12周。", True, "a match, '12周'", ((1, 4),)),
Row("^好$", "好", True),
Row(r"(?i)yes", "YES", True),
Row("水", "\ud800水", True, spans=((1, 2),)),
Row("^好$", "好的", False, "no match in '好的'", ()),
Row("(a|aa)+$", "a" * 5000 + "b", False),
]  # fmt: skip


@pytest.mark.parametrize("pattern", ["(?=x)", r"(a)\1", "(", "a{1000}{1000}"])
def test_patterns_that_re2_cannot_run_are_refused(pattern: str) -> None:
    """A pattern that could take for ever is an error of the spec, not of the run."""
    with pytest.raises(BadArguments, match="a regular expression of RE2"):
        bind("regex", pattern)
