# SPDX-License-Identifier: MIT
"""A transformer that writes tokens step by step, in any interleaving pattern."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from residuum.models.data import Floats, Ints
from residuum.models.layers import CodewordEmbedding, CodewordScores, Tensor, Transformer, draw, relative_codewords
from residuum.patterns import Pattern


class TokenTransformer(nn.Module):  # type: ignore[misc, unused-ignore]
    """Reads the rows of a pattern's steps, and scores the rows of the next step.

    >>> model = TokenTransformer(codebooks_of(codec, 4), pattern="delay")
    >>> more = model.generate(tokens, frames=200, temperature=0.9, seed=1)      # (4, frames of tokens + 200)
    """

    kind = "transformer"

    def __init__(self, codebooks: Floats, pattern: str = "delay", width: int = 48, layers: int = 2, heads: int = 4,
                 reach: int = 8, dropout: float = 0.1) -> None:
        super().__init__()
        self.options = {"pattern": pattern, "width": width, "layers": layers, "heads": heads, "reach": reach}
        self.rows, self.special = codebooks.shape[0], codebooks.shape[1]
        self.pattern = Pattern(pattern, self.rows)
        codewords = relative_codewords(codebooks)
        self.embedding = CodewordEmbedding(codewords, width)
        self.near = nn.Conv1d(width, width, reach) if reach > 0 else None
        self.transformer = Transformer(width, layers, heads, dropout, causal=True)
        self.scores = CodewordScores(codewords, width)

    def forward(self, steps: Tensor) -> Tensor:
        """(B, K, S) tokens of the pattern to scores of the steps behind them, (B, K, S, n)."""
        x = self.embedding(steps)
        if self.near is not None:
            x = x + self.near(functional.pad(x.transpose(1, 2), (self.near.kernel_size[0] - 1, 0))).transpose(1, 2)
        return self.scores(self.transformer(x))

    def loss(self, tokens: Ints, random: Any = None) -> tuple[Tensor, int]:
        """Sum of the cross-entropies, in nats, of (B, K, T) tokens, and how many tokens that is."""
        steps = torch.from_numpy(self.pattern.build(tokens, self.special).astype(np.int64))
        targets = steps[:, :, 1:]
        counts = targets < self.special
        scores = self(steps[:, :, :-1])
        total = functional.cross_entropy(scores[counts], targets[counts], reduction="sum")
        return total, int(counts.sum())

    @torch.no_grad()  # type: ignore[untyped-decorator, unused-ignore]
    def generate(self, tokens: Ints, frames: int, temperature: float = 1.0, seed: int = 1, context: int = 400) -> Ints:
        """`frames` more frames behind (K, T) tokens; T may be 0. Each step reads the last `context` steps."""
        self.eval()
        chance = torch.Generator().manual_seed(seed)
        known = tokens.shape[1]
        whole = np.concatenate([tokens, np.zeros((self.rows, frames), np.int64)], 1)
        layout = self.pattern.layout(known + frames)
        steps = torch.from_numpy(self.pattern.build(whole, self.special).astype(np.int64))
        for step in np.flatnonzero((layout >= known).any(0)):
            scores = self(steps[None, :, max(0, step - context) : step])[0, :, -1]
            drawn = draw(scores, temperature, chance)
            for row in np.flatnonzero(layout[:, step] >= known):
                steps[row, step] = drawn[row]
        return self.pattern.revert(steps.numpy(), self.special, known + frames).astype(np.int64)
