"""Products in blocks: a row of a bfloat16 layer is the same among any number of rows."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from pytest_qwen.engine.local import blocks
from pytest_qwen.engine.local.blocks import BlockLinear, is_native, use_blocks
from pytest_qwen.engine.models import Models
from pytest_qwen.family.family import load_family

SHAPES = [(3072, 1024), (1024, 3072), (512, 512), (16, 64)]
"""Inputs and outputs of layers; of the first two oneDNN changes the kernel with the rows."""


class Model(nn.Module):
    """A layer, with what transformers' models tell of themselves."""

    device = torch.device("cpu")

    def __init__(self, inputs, outputs, dtype=torch.bfloat16):
        super().__init__()
        torch.manual_seed(0)
        self.dtype = dtype
        self.layer = nn.Linear(inputs, outputs, dtype=dtype)


@pytest.mark.skipif(not is_native(), reason="this CPU does not multiply bfloat16 as such")
@pytest.mark.parametrize(("inputs", "outputs"), SHAPES)
@pytest.mark.parametrize("wide", [blocks.WIDE, 512])
@torch.inference_mode()
def test_a_row_is_the_same_among_any_number_of_rows(inputs, outputs, wide, monkeypatch):
    """Alone, in a part of a block, in a wide one and behind it; and near the plain product.

    512 rows take another kernel for some of the shapes, and are then not taken at once.
    """
    monkeypatch.setattr(blocks, "WIDE", wide)
    model = Model(inputs, outputs)
    x = torch.randn(600, inputs).bfloat16()
    plain = model.layer(x)
    use_blocks(model)
    assert isinstance(model.layer, BlockLinear)
    whole = model.layer(x)
    assert torch.allclose(whole, plain, rtol=0.02, atol=0.02)
    for rows in (1, 4, 33, 37, 64, 65, 225, 256, 300, 512):
        assert torch.equal(model.layer(x[:rows]), whole[:rows])
    assert torch.equal(model.layer(x[-40:]), whole[-40:])
    assert torch.equal(model.layer(x.view(6, 100, inputs)), whole.view(6, 100, outputs))


def test_other_number_formats_stay():
    """Float32 keeps its own kernels."""
    model = Model(64, 64, torch.float32)
    use_blocks(model)
    assert type(model.layer) is nn.Linear


@pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="this torch has no oneDNN")
@pytest.mark.parametrize("operator", ["_linear_pointwise", "_is_mkldnn_bf16_supported"])
def test_without_an_operator_of_torch_the_plain_product_serves(operator, monkeypatch):
    """Another release of torch may lack one: layers stay as they are, and the reason is told."""
    names = {"_reorder_linear_weight", "_linear_pointwise", "_is_mkldnn_bf16_supported"}
    left = {name: lambda *_: True for name in names - {operator}}
    monkeypatch.setattr(torch.ops, "mkldnn", SimpleNamespace(**left))
    model = Model(64, 64)
    note = use_blocks(model)
    assert note.code == "lane.plain_products"
    assert note.startswith("plain bfloat16 products, slower: this torch lacks one of torch.ops.")
    assert operator in note
    assert type(model.layer) is nn.Linear
    assert not is_native()


@pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="this torch has no oneDNN")
def test_a_reply_says_that_the_plain_product_served(monkeypatch):
    """Beside its lane, so that whoever reads the record sees why the run was slow."""
    monkeypatch.setattr(torch.ops, "mkldnn", SimpleNamespace())
    family = load_family("tiny")
    base = family.roles["base"].model_copy(update={"dtype": "bfloat16"})
    reply = Models(replace(family, roles={"base": base}))["base"].complete("1", max_new_tokens=1)
    lane, products = reply.lane.split("+")
    assert lane.startswith("lane.")
    assert products == "lane.plain_products"
