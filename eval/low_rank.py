"""Low-rank matrices beside frozen ones (LoRA, Hu et al. 2021, arXiv:2106.09685), for both adapters."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import nn


class LowRank(nn.Module):
    """A frozen matrix and two thin ones beside it, ``down`` (rank, in) and ``up`` (out, rank), which begin by adding nothing."""

    def __init__(self, base: Any, rank: int, scale: float) -> None:
        super().__init__()
        self.base, self._scale = base, scale
        self.down = nn.Parameter(torch.randn(rank, base.in_features) / math.sqrt(base.in_features))
        self.up = nn.Parameter(torch.zeros(base.out_features, rank))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """What both give for rows of floats."""
        added: torch.Tensor = (x @ self.down.T) @ self.up.T * self._scale
        return torch.add(self.base(x), added)
