"""Products in blocks of one size, on CPUs that multiply bfloat16 as such.

There the kernel of a product, and with it the last bit of a row, depends on how many rows there
are: on a CPU with AMX it changed at 33, 37, 225, 384 and 512 rows, for layers of 512 inputs and
more. Within a call all rows are alike. So each call has the same number of rows, filled up where
some are missing, and a row's numbers are its own.

Weights are laid out for that number once, as torch's own compiler does with frozen ones: the bits
are the same, and a product of 64 rows takes half the time.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

BLOCK = 64
"""Rows of a product: fewer would take as long, since reading the weights takes the time."""


class BlockLinear(nn.Module):
    """A linear layer whose rows do not depend on each other."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        pack = torch.ops.mkldnn._reorder_linear_weight  # noqa: SLF001 - there is no public name
        self._packed = pack(linear.weight.detach(), BLOCK)
        self._bias = None if linear.bias is None else linear.bias.detach()

    def forward(self, x: Tensor) -> Tensor:
        """Multiply (…, inputs) to (…, outputs)."""
        multiply = torch.ops.mkldnn._linear_pointwise  # noqa: SLF001
        rows = x.flatten(0, -2)
        filled = functional.pad(rows, (0, 0, 0, -len(rows) % BLOCK))
        blocks = torch.split(filled, BLOCK)
        done = [multiply(block, self._packed, self._bias, "none", [], "") for block in blocks]
        out = torch.cat(done) if len(done) > 1 else done[0]
        return out[: len(rows)].view(*x.shape[:-1], -1)


def use_blocks(model: Any) -> None:
    """Let the linear layers of a bfloat16 model on such a CPU work in blocks."""
    if model.dtype != torch.bfloat16 or model.device.type != "cpu" or not is_native():
        return
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if type(child) is nn.Linear:
                setattr(module, name, BlockLinear(child))


def is_native() -> bool:
    """Say whether this CPU and this torch multiply bfloat16 as such."""
    available = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    return available and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())  # noqa: SLF001
