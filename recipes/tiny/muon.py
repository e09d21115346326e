"""Muon, the optimizer of the weight matrices, in float32.

    g = U·S·Vᵀ  →  the step is about U·Vᵀ: every direction of a gradient counts alike

After Keller Jordan's Muon (https://kellerjordan.github.io/posts/muon/). torch.optim.Muon computes
in bfloat16, which a CPU without bfloat16 instructions emulates: there it takes four fifths of a
training step, and this one a tenth.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import torch

MOMENTUM = 0.95
DECAY = 0.01
#: Coefficients and number of the quintic Newton-Schulz steps, as Jordan chose them.
QUINTIC = (3.4445, -4.7750, 2.0315)
STEPS = 5


def orthogonalized(matrices: torch.Tensor) -> torch.Tensor:
    """Return the (count, rows, columns) matrices with singular values between 0.7 and 1.2."""
    a, b, c = QUINTIC
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.mT if tall else matrices
    x = x / x.norm(dim=(-2, -1), keepdim=True).clamp(min=1e-7)
    for _ in range(STEPS):
        square = x @ x.mT
        x = a * x + (b * square + c * square @ square) @ x
    result: torch.Tensor = x.mT if tall else x
    return result


class Muon:
    """Muon with Nesterov momentum; matrices of one shape are stepped together."""

    def __init__(self, matrices: Iterable[torch.nn.Parameter]) -> None:
        """Take the matrices, each of shape (rows, columns)."""
        self._alike: dict[torch.Size, list[torch.nn.Parameter]] = defaultdict(list)
        for matrix in matrices:
            self._alike[matrix.shape].append(matrix)
        self._momenta = {
            shape: torch.zeros(len(alike), *shape) for shape, alike in self._alike.items()
        }

    @torch.no_grad()
    def step(self, lr: float) -> None:
        """Change every matrix by its gradient, at a learning rate."""
        for shape, alike in self._alike.items():
            gradients = torch.stack([m.grad for m in alike if m.grad is not None])
            momentum = self._momenta[shape].lerp_(gradients, 1 - MOMENTUM)
            steps = orthogonalized(gradients.lerp(momentum, MOMENTUM))
            size = lr * max(1.0, shape[0] / shape[1]) ** 0.5
            for matrix, direction in zip(alike, steps, strict=True):
                matrix.mul_(1 - lr * DECAY).add_(direction, alpha=-size)
