# SPDX-License-Identifier: MIT
"""What the models share: tokens as their codewords' vectors, scores as products with them, and a transformer."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from residuum.models.data import Floats

Tensor = Any  # torch.Tensor; the package is checked where PyTorch is not


def relative_codewords(codebooks: Floats) -> Tensor:
    """(K, n, D) with a root mean square of 1 in each level: fine levels are as loud to a model as coarse ones."""
    rms = np.sqrt(np.mean(np.square(codebooks), axis=(1, 2), keepdims=True)) + 1e-12
    return torch.from_numpy(codebooks / rms)


class CodewordEmbedding(nn.Module):  # type: ignore[misc, unused-ignore]
    """The sum over rows of the codeword's vector through a matrix of its row. Token n, one past the last, is learnt."""

    def __init__(self, codewords: Tensor, width: int) -> None:
        super().__init__()
        rows, _, dim = codewords.shape
        self.register_buffer("codewords", codewords, persistent=False)
        self.project = nn.Parameter(torch.randn(rows, dim, width) / dim**0.5)
        self.special = nn.Parameter(torch.randn(rows, width) * 0.1)

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, K, S) to (B, S, width)."""
        table = torch.cat([self.codewords @ self.project, self.special[:, None]], 1)
        return sum(table[row][tokens[:, row]] for row in range(tokens.shape[1]))


class CodewordScores(nn.Module):  # type: ignore[misc, unused-ignore]
    """Scores of the tokens of a row: products of their vectors with what a matrix of the row makes of a state."""

    def __init__(self, codewords: Tensor, width: int) -> None:
        super().__init__()
        rows, count, dim = codewords.shape
        self.register_buffer("codewords", codewords, persistent=False)
        self.project = nn.Parameter(torch.randn(rows, width, dim) / (width * dim) ** 0.5)
        self.bias = nn.Parameter(torch.zeros(rows, count))

    def forward(self, state: Tensor) -> Tensor:
        """(B, S, width) to (B, K, S, n)."""
        table = self.project @ self.codewords.transpose(1, 2)
        return torch.einsum("bsw,kwn->bksn", state, table) + self.bias[None, :, None]


def rotate(x: Tensor) -> Tensor:
    """Rotary positions (arXiv:2104.09864): products of two of them depend on how far they are apart. (B, H, S, d)."""
    half = x.shape[-1] // 2
    speed = 1000.0 ** (-torch.arange(half, dtype=torch.float32) / half)
    angle = torch.arange(x.shape[-2], dtype=torch.float32)[:, None] * speed
    a, b = x[..., :half], x[..., half:]
    return torch.cat([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()], -1)


class Block(nn.Module):  # type: ignore[misc, unused-ignore]
    """Attention and a hidden layer, each behind a normalisation and around a skip."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.norm, self.norm_hidden = nn.LayerNorm(width), nn.LayerNorm(width)
        self.ask = nn.Linear(width, 3 * width, bias=False)
        self.answer = nn.Linear(width, width)
        self.hidden = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """`mask` (S, S) is added to what a step scores each other: minus infinity where it does not hear it."""
        batch, steps, width = x.shape
        size = width // self.heads
        parts = self.ask(self.norm(x)).view(batch, steps, 3, self.heads, size).permute(2, 0, 3, 1, 4)
        query, key = (rotate(part).reshape(-1, steps, size) for part in parts[:2])
        scores = torch.baddbmm(mask, query * size**-0.5, key.transpose(1, 2))
        heard = (scores.softmax(-1) @ parts[2].reshape(-1, steps, size)).view(batch, self.heads, steps, size)
        heard = heard.transpose(1, 2).reshape(batch, steps, width)
        x = x + self.dropout(self.answer(heard))
        return x + self.dropout(self.hidden(self.norm_hidden(x)))


class Transformer(nn.Module):  # type: ignore[misc, unused-ignore]
    """Blocks in a row; causal: no step hears a later one."""

    def __init__(self, width: int, layers: int, heads: int, dropout: float, causal: bool) -> None:
        super().__init__()
        self.causal = causal
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        steps = x.shape[1]
        mask = torch.full((steps, steps), float("-inf")).triu(1) if self.causal else torch.zeros(steps, steps)
        for block in self.blocks:
            x = block(x, mask)
        return self.norm(x)


def draw(logits: Tensor, temperature: float, generator: Tensor | None) -> Tensor:
    """A token of each (..., n): the likeliest at temperature 0, else by chance."""
    if temperature <= 0.0:
        return logits.argmax(-1)
    chance = torch.rand(logits.shape, generator=generator).clamp_min(1e-9)
    return (logits / temperature - (-chance.log()).log()).argmax(-1)


def parameter_count(model: Any) -> int:
    """Numbers that were learnt."""
    return sum(p.numel() for p in model.parameters())
