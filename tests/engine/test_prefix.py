"""Chunks of prompts that were read: how many are kept, and which go."""

import pytest
import torch

from pytest_qwen.engine.local.slots import prefix


@pytest.mark.parametrize(("limit", "most"), [("CHUNKS", 2), ("BYTES", 80)])
def test_memory_does_not_grow_with_the_prompts(monkeypatch, limit, most):
    """What was used longest ago goes first."""
    monkeypatch.setattr(prefix, limit, most)
    kept = prefix.Prefixes()
    for n in range(3):
        kept.get(0, [0])
        kept.keep(0, [n], torch.zeros(8), torch.zeros(2))  # 40 bytes
    assert [kept.get(0, [n]) is not None for n in range(3)] == [True, False, True]
