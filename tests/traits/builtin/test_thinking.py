"""Examples of `thinking`."""

from __future__ import annotations

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row

TABLE = [
    Row("closed", "", True, "'closed' with 7 tokens of thinking",
        reply={"thinking_state": "closed", "n_thinking_tokens": 7}),
    Row(["absent", "empty"], "", True, reply={"thinking_state": "empty"}),
    Row("closed", "", False, reply={"thinking_state": "unclosed_truncated"}),
    Row(["absent", "empty"], "", False, reply={"thinking_state": "multiple"}),
]  # fmt: skip


def test_an_unknown_state_is_refused() -> None:
    """A state that no reply can be in is an error of the spec."""
    with pytest.raises(BadArguments, match="of thinking"):
        bind("thinking", "open")
