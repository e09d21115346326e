"""Examples of `one_of`, `finish` and `thinking`."""

from __future__ import annotations

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row

TABLES = {
    "one_of": [
        Row({"choices": ["正面", "负面"]}, " 正面。\n", True, "'正面。'", ((1, 4),)),
        Row({"choices": ["Yes!"]}, "Yes!", True),
        Row({"choices": ["yes", "no"], "ignore_case": True}, "YES.", True),
        Row({"choices": ["Yes", "No"], "ignore_case": True}, "yes", True),
        Row({"choices": ["yes", "no"]}, "YES.", False),
        Row({"choices": ["正面", "负面"]}, "我认为是正面", False),
        Row({"choices": ["正面", "负面"]}, "正面？", False),
        Row({"choices": ["正面"]}, "", False, "''", ((0, 0),)),
    ],
    "finish": [
        Row("stop", "好", True, "'stop'"),
        Row(["stop", "length"], "好", True, reply={"finish": "length"}),
        Row("stop", "好", False, "'length'", reply={"finish": "length"}),
        Row(["stop", "verdict"], "好", False, reply={"finish": "nan"}),
    ],
    "thinking": [
        Row("closed", "", True, "'closed' with 7 tokens of thinking",
            reply={"thinking_state": "closed", "n_thinking_tokens": 7}),
        Row(["absent", "empty"], "", True, reply={"thinking_state": "empty"}),
        Row("closed", "", False, reply={"thinking_state": "unclosed_truncated"}),
        Row(["absent", "empty"], "", False, reply={"thinking_state": "multiple"}),
    ],
}  # fmt: skip


@pytest.mark.parametrize(("trait", "value"), [("finish", "done"), ("thinking", "open")])
def test_unknown_states_are_refused(trait: str, value: str) -> None:
    """A state that no reply can be in is an error of the spec."""
    with pytest.raises(BadArguments, match=f"of {trait}"):
        bind(trait, value)
