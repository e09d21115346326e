"""Products in blocks of one size, on CPUs that multiply bfloat16 as such.

There the kernel of a product, and with it the last bit of a row, depends on how many rows there
are: on a CPU with AMX it changed at 33, 37, 225, 384 and 512 rows, for layers of 512 inputs and
more. Within a call all rows are alike. So each call has the same number of rows, filled up where
some are missing, and a row's numbers are its own. Where layers of a shape give the same bits in
wider blocks, which is tried, these are taken first: reading prompts takes half the time.

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

WIDE = 256
"""Rows of a product where there are many: more take as long for each."""


class BlockLinear(nn.Module):
    """A linear layer whose rows do not depend on each other."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        pack = torch.ops.mkldnn._reorder_linear_weight  # noqa: SLF001 - there is no public name
        self.weight = pack(linear.weight.detach(), BLOCK)
        self._bias = None if linear.bias is None else linear.bias.detach()
        self.in_features = linear.in_features
        self.wide = BLOCK

    def forward(self, x: Tensor) -> Tensor:
        """Multiply (…, inputs) to (…, outputs)."""
        rows = x.flatten(0, -2)
        missing = -len(rows) % BLOCK
        filled = functional.pad(rows, (0, 0, 0, missing)) if missing else rows
        wide, others = divmod(len(filled), self.wide)
        blocks = torch.split(filled, [self.wide] * wide + [BLOCK] * (others // BLOCK))
        done = [self._multiply(block) for block in blocks]
        out = torch.cat(done) if len(done) > 1 else done[0]
        return out[: len(rows)].view(*x.shape[:-1], -1)

    def widest(self) -> int:
        """Return WIDE if the bits of so many rows at once are those of blocks, or BLOCK.

        The shape of a layer decides that, not its weights.
        """
        source = torch.Generator().manual_seed(0)
        some = torch.randn(WIDE, self.in_features, generator=source).to(torch.bfloat16)
        blocks = torch.cat([self._multiply(block) for block in torch.split(some, BLOCK)])
        return WIDE if torch.equal(self._multiply(some), blocks) else BLOCK

    def _multiply(self, block: Tensor) -> Tensor:
        multiply = torch.ops.mkldnn._linear_pointwise  # noqa: SLF001
        product: Tensor = multiply(block, self.weight, self._bias, "none", [], "")
        return product


def use_blocks(model: Any) -> None:
    """Let the linear layers of a bfloat16 model on such a CPU work in blocks."""
    if model.dtype != torch.bfloat16 or model.device.type != "cpu" or not is_native():
        return
    widest: dict[torch.Size, int] = {}
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if type(child) is nn.Linear:
                layer, shape = BlockLinear(child), child.weight.shape
                if shape not in widest:
                    widest[shape] = layer.widest()
                layer.wide = widest[shape]
                setattr(module, name, layer)


def is_native() -> bool:
    """Say whether this CPU and this torch multiply bfloat16 as such."""
    available = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    return available and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())  # noqa: SLF001
