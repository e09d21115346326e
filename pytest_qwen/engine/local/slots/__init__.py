"""The slot lane: a decode loop of our own in which rows come and go without changing each other.

Read attention.py (where a token's keys and values live), forward.py (one pass over the tokens of
many rows), prefix.py (prompts that are there already) and lane.py (who is in, who is out).
"""

from pytest_qwen.engine.local.slots.lane import SlotLane
from pytest_qwen.engine.local.slots.probe import is_dense, opened

__all__ = ["SlotLane", "is_dense", "opened"]
