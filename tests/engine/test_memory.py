"""Roles that do not fit into memory together are generated one after the other."""

from dataclasses import replace

import pytest

from pytest_qwen.engine.local import generation, memory
from pytest_qwen.engine.local.generation import LocalGeneration
from pytest_qwen.engine.local.memory import fits
from pytest_qwen.engine.models import Models
from pytest_qwen.family.family import load_family
from pytest_qwen.model_io.message import Message
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.sampling import Sampling
from tests.conftest import TINY


def requests():
    """Return what three roles are asked in turn, as a suite does."""
    text = (Message(role="user", content="用一句话介绍水稻。"),)
    one = Request("base", text, "chat", Sampling(max_new_tokens=20))
    return [replace(one, role=role, seed=seed) for seed in range(4) for role in ("base", "instruct", "reasoning")]  # fmt: skip


@pytest.fixture
def opened(monkeypatch):
    """Give the names of the checkpoints that were opened, in order."""
    names = []

    def open_engine(path, *arguments):
        names.append(path.name)
        return LocalGeneration(path, *arguments)

    monkeypatch.setattr(generation, "LocalGeneration", open_engine)
    return names


def test_roles_take_turns_where_memory_is_short(opened, monkeypatch):
    """Each is loaded once, works through its plan, and leaves; the texts are those of enough memory."""
    family, asked = load_family("tiny"), requests()
    expected = [Models(family).replies([one])[0].token_ids for one in asked]
    opened.clear()
    monkeypatch.setattr(memory, "fits", lambda *_, **__: False)
    models = Models(family, planned=lambda: asked)
    said = []
    for one in asked:
        said.append(models.replies([one])[0].token_ids)
        assert len(models._generations) == 1
    assert said == expected
    assert opened == ["base", "instruct", "reasoning"]


def test_what_was_not_planned_loads_a_role_again(opened, monkeypatch):
    """Slow, but answered."""
    monkeypatch.setattr(memory, "fits", lambda *_, **__: False)
    models, asked = Models(load_family("tiny")), requests()
    for one in asked[:4]:
        assert models.replies([one])[0].token_ids
    assert opened == ["base", "instruct", "reasoning", "base"]


def test_room_is_what_the_machine_says():
    """The tiny family has it; a checkpoint is weighed in the number format that it is loaded in."""
    assert fits(TINY / "base", "cpu", "auto", saved="bfloat16")


def test_a_checkpoint_larger_than_memory_does_not_fit(tmp_path):
    """A sparse file of 10 TB."""
    with (tmp_path / "model.safetensors").open("wb") as file:
        file.truncate(10**13)
    assert not fits(tmp_path, "cpu", "auto", saved="bfloat16")
    assert fits(tmp_path, "mps", "auto", saved="bfloat16")
