"""Damaged and healthy copies of the tiny family: each is what it says, and can be opened."""

import json

import pytest
from safetensors.torch import load_file

from pytest_qwen.engine.models import Models
from pytest_qwen.family.embedded import FOLDER as FAMILY
from pytest_qwen.family.family import load_family
from pytest_qwen.model_io.message import Message
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.sampling import Sampling
from recipes.tiny.mutants import ROLES, VARIANTS

BY_NAME = {variant.name: variant for variant in VARIANTS}
WEIGHTS = ("int4", "int3", "noise_small", "noise_middle", "noise_great", "untuned", "no_chinese")


def models(folder, name):
    return Models(load_family(str(BY_NAME[name].make(FAMILY, folder))))


def weights(folder, role):
    files = sorted((folder / role).glob("model*.safetensors"))
    return {name: weight for file in files for name, weight in load_file(file).items()}


def test_names_are_unique():
    """A result is found by its variant's name; ten and more are other seeds."""
    assert len(BY_NAME) == len(VARIANTS)
    assert sum("--qwen-seed-offset" in str(v.options) for v in VARIANTS) >= 10


@pytest.mark.parametrize("name", [v.name for v in VARIANTS if "seeds" not in v.name])
def test_a_variant_can_be_opened(tmp_path, name):
    """Every role is found and described; the environment has the number format that was asked for."""
    family = models(tmp_path, name)
    for role in ROLES:
        engine = family.engine(role)
        assert engine.checkpoint.path == tmp_path / role
        assert engine.environment.dtype == BY_NAME[name].dtype


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_are_damaged_as_told(tmp_path, name):
    """Names, shapes and formats stay; numbers do not; norms are left alone."""
    models(tmp_path, name)
    old, new = weights(FAMILY, "instruct"), weights(tmp_path, "instruct")
    assert {k: (v.shape, v.dtype) for k, v in old.items()} == {
        k: (v.shape, v.dtype) for k, v in new.items()
    }
    changed = [key for key in old if not old[key].equal(new[key])]
    assert changed
    if name != "untuned":
        assert not [key for key in changed if "norm" in key]


@pytest.mark.parametrize("bits", [3, 4])
def test_rounding_leaves_so_many_levels(tmp_path, bits):
    """A group of 32 has at most 2^bits - 1 values."""
    models(tmp_path, f"int{bits}")
    found = weights(tmp_path, "base")["model.layers.0.mlp.up_proj.weight"].reshape(-1, 32)
    most = max(len(row.unique()) for row in found[:200])
    assert 2 ** (bits - 1) <= most <= 2**bits - 1


def test_noise_grows(tmp_path):
    """Three strengths, in parts of a matrix's own spread."""
    key = "model.layers.0.mlp.up_proj.weight"
    old = weights(FAMILY, "instruct")[key].float()
    for name, strength in (("noise_small", 0.05), ("noise_middle", 0.15), ("noise_great", 0.4)):
        models(tmp_path / name, name)
        spread = (weights(tmp_path / name, "instruct")[key].float() - old).std() / old.std()
        assert float(spread) == pytest.approx(strength, rel=0.1)


@pytest.mark.parametrize("name", ["saved_again", "float32"])
def test_a_healthy_copy_has_the_same_numbers(tmp_path, name):
    """Only the file is another."""
    models(tmp_path, name)
    for role in ROLES:
        old, new = weights(FAMILY, role), weights(tmp_path, role)
        assert old.keys() == new.keys()
        assert all(old[key].float().equal(new[key].float()) for key in old)
        whole = tmp_path / role / "model.safetensors"
        before = (FAMILY / role / "model.safetensors").read_bytes()
        assert not whole.exists() or whole.read_bytes() != before


def test_files_are_damaged_as_told(tmp_path):
    """The end of a turn, the template, the switch of thinking, the temperature, the roles."""
    for name in ("wrong_eos", "template", "no_thinking", "hotter", "swapped"):
        models(tmp_path / name, name)

    def data(name, role="instruct", file="generation_config.json"):
        return json.loads((tmp_path / name / role / file).read_text(encoding="utf-8"))

    assert data("wrong_eos")["eos_token_id"] == data("hotter", "base")["eos_token_id"]
    assert data("hotter")["temperature"] == 1.4
    template = (tmp_path / "template" / "instruct" / "chat_template.jinja").read_text()
    assert "assistant" not in template
    template = (tmp_path / "no_thinking" / "reasoning" / "chat_template.jinja").read_text()
    assert "{%- if true -%}" in template
    one, other = weights(tmp_path / "swapped", "instruct"), weights(FAMILY, "reasoning")
    assert all(one[key].equal(other[key]) for key in other)


@pytest.mark.parametrize(("name", "says"), [("saved_again", True), ("no_chinese", False)])
def test_a_language_is_lost(tmp_path, name, says):
    """A greeting in Chinese is answered in Chinese, but not by the copy that lost the language."""
    request = Request(
        "instruct", (Message(role="user", content="你好！"),), "chat", Sampling(max_new_tokens=16)
    )
    family = models(tmp_path, name)
    text = family.replies([request])[0].text
    family.close()
    assert any("\u4e00" <= c <= "\u9fff" for c in text) == says
