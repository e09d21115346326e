"""Packed weights: the products of large layers on a CPU, whatever the number of rows."""

import pytest
import torch
from torch import nn

from pytest_qwen.engine.local.packed import Packed, pack


class Model(nn.Module):
    """A large layer and a small one, with the device that transformers' models tell."""

    device = torch.device("cpu")

    def __init__(self, dtype):
        super().__init__()
        torch.manual_seed(0)
        self.large = nn.Linear(512, 512, dtype=dtype)
        self.small = nn.Linear(8, 8, dtype=dtype)


@pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="this torch has no oneDNN")
@torch.inference_mode()
def test_a_row_has_the_same_bits_among_any_number_of_rows():
    """Products of packed float32 weights are near the plain ones, and do not depend on others."""
    model = Model(torch.float32)
    x = torch.randn(200, 512)
    plain = model.large(x)
    pack(model)
    assert isinstance(model.large, Packed)
    packed = model.large(x)
    assert torch.allclose(packed, plain, atol=1e-5)
    for rows in (1, 3, 4, 16, 64, 65):
        assert torch.equal(model.large(x[:rows]), packed[:rows])


def test_what_cannot_be_packed_stays():
    """A number format that the kernels do not have, and a small layer, are left as they are."""
    for model in (Model(torch.float32), Model(torch.float64)):
        pack(model)
        assert type(model.small) is nn.Linear
    assert type(model.large) is nn.Linear
