"""Examples of `overthinks`."""

from __future__ import annotations

from tests.traits.table import Row

LOOKS = "2+3=5. Wait, let me double-check. 2+3=5. Hmm, I should verify: 5. Let me check again."
TABLE = [
Row(5, LOOKS, True, "5 second looks, 4.75 words of thinking per word of the prompt", ((7, 11), (20, 32), (41, 44), (46, 61), (66, 84)), "What is 2+3?"),
Row(None, "等等，再检查一遍。不对，重新计算。换个方法：先加。再验算一下。", True, prompt="1+1？"),
Row({"rechecks": 9, "ratio": 4.7}, LOOKS, True, prompt="What is 2+3?"),
Row({"rechecks": 3}, "WAIT. wait. Wait.", True),
Row(6, LOOKS, False, prompt="What is 2+3?"),
Row({"rechecks": 9, "ratio": 3}, "one two three", False, prompt=""),
Row({"rechecks": 9, "ratio": 3}, "one two three four", True, prompt=""),
Row({"rechecks": 9}, LOOKS, False),
Row(None, "The waiter checks in again.", False, "0 second looks, 5 words of thinking per word of the prompt", ()),
Row(None, "", False),
]  # fmt: skip
