"""Examples of `finish`."""

from __future__ import annotations

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row

TABLE = [
    Row("stop", "好", True, "'stop'"),
    Row(["stop", "length"], "好", True, reply={"finish": "length"}),
    Row("stop", "好", False, "'length'", reply={"finish": "length"}),
    Row(["stop", "verdict"], "好", False, reply={"finish": "nan"}),
]  # fmt: skip


def test_an_unknown_state_is_refused() -> None:
    """A state that no reply can be in is an error of the spec."""
    with pytest.raises(BadArguments, match="of finish"):
        bind("finish", "done")
