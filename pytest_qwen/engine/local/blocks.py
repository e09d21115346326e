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

from pytest_qwen.messages.reason import Reason

BLOCK = 64
"""Rows of a product: fewer would take as long, since reading the weights takes the time."""

WIDE = 256
"""Rows of a product where there are many: more take as long for each."""


class BlockLinear(nn.Module):
    """A linear layer whose rows do not depend on each other."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.weight = _operator("_reorder_linear_weight")(linear.weight.detach(), BLOCK)
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
        multiply = _operator("_linear_pointwise")
        product: Tensor = multiply(block, self.weight, self._bias, "none", [], "")
        return product


_OPERATORS = ("_reorder_linear_weight", "_linear_pointwise", "_is_mkldnn_bf16_supported")
"""Torch's own, which have no public name: a release of torch may lack one."""


def _operator(name: str) -> Any:
    return getattr(torch.ops.mkldnn, name)


def use_blocks(model: Any) -> Reason | None:
    """Let the linear layers of a bfloat16 model on such a CPU work in blocks.

    Returns:
        How they multiply, where that is a choice. Without torch's operators it is the plain
        product, as without this module: it costs speed, and the slot lane where a probe fails.
    """
    if model.dtype != torch.bfloat16 or model.device.type != "cpu":
        return None
    if _missing():
        return Reason("lane.plain_products")
    if not is_native():
        return None
    widest: dict[torch.Size, int] = {}
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if type(child) is nn.Linear:
                layer, shape = BlockLinear(child), child.weight.shape
                if shape not in widest:
                    widest[shape] = layer.widest()
                layer.wide = widest[shape]
                setattr(module, name, layer)
    return Reason("lane.blocks")


def is_native() -> bool:
    """Say whether this CPU and this torch multiply bfloat16 as such."""
    return _has_onednn() and not _missing() and bool(_operator("_is_mkldnn_bf16_supported")())


def _has_onednn() -> bool:
    return bool(torch.backends.mkldnn.is_available())  # type: ignore[no-untyped-call]


def _missing() -> str:
    """Return an operator that this torch lacks though it has oneDNN, "" where all are there."""
    missing = [name for name in _OPERATORS if not hasattr(torch.ops.mkldnn, name)]
    return missing[0] if missing and _has_onednn() else ""
