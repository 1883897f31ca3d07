# SPDX-License-Identifier: MIT
"""Fine levels from coarse ones, all frames at once: level by level, the surest tokens first."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from residuum.models.data import Floats, Ints
from residuum.models.layers import CodewordEmbedding, CodewordScores, Tensor, Transformer, draw, relative_codewords


class FineTransformer(nn.Module):  # type: ignore[misc, unused-ignore]
    """Hears the levels below one, and what is known of it, over all frames, and scores the tokens that it lacks.

    >>> model = FineTransformer(codebooks_of(codec, 16), coarse=4)
    >>> filled = model.fill(tokens, steps=4)        # (16, T), levels 1 to 4 as they were
    """

    kind = "parallel"

    def __init__(self, codebooks: Floats, coarse: int = 4, width: int = 64, layers: int = 2, heads: int = 4,
                 dropout: float = 0.1) -> None:
        super().__init__()
        self.options = {"coarse": coarse, "width": width, "layers": layers, "heads": heads}
        self.rows, self.masked, self.coarse = codebooks.shape[0], codebooks.shape[1], coarse
        codewords = relative_codewords(codebooks)
        self.embedding = CodewordEmbedding(codewords, width)
        self.level = nn.Embedding(self.rows, width)
        self.transformer = Transformer(width, layers, heads, dropout, causal=False)
        self.scores = CodewordScores(codewords, width)

    def forward(self, tokens: Tensor, levels: Tensor) -> Tensor:
        """(B, K, T) tokens, masked ones `self.masked`, and a level for each of the batch, from 0: scores (B, T, n)."""
        state = self.embedding(tokens) + self.level(levels)[:, None]
        return self.scores.of_rows(self.transformer(state), levels)

    def loss(self, tokens: Ints, random: np.random.Generator) -> tuple[Tensor, int]:
        """Of a level drawn for each of (B, K, T), of which a share is masked, as are all above it: nats, and tokens."""
        batch, _, frames = tokens.shape
        levels = np.asarray(random.integers(self.coarse, self.rows, size=batch))
        share = np.cos(random.random(batch) * math.pi / 2)
        hidden = random.random((batch, frames)) < share[:, None]
        hidden[np.arange(batch), random.integers(frames, size=batch)] = True
        masked = tokens.copy()
        masked[np.arange(self.rows)[None] > levels[:, None]] = self.masked
        masked[np.arange(batch), levels] = np.where(hidden, self.masked, tokens[np.arange(batch), levels])
        scores = self(torch.from_numpy(masked), torch.from_numpy(levels))
        targets = torch.from_numpy(tokens[np.arange(batch), levels])
        counts = torch.from_numpy(hidden)
        return functional.cross_entropy(scores[counts], targets[counts], reduction="sum"), int(hidden.sum())

    @torch.no_grad()  # type: ignore[untyped-decorator, unused-ignore]
    def fill(self, tokens: Ints, steps: int = 4, coarse: int | None = None, temperature: float = 0.0, seed: int = 1,
             frames: int = 100) -> Ints:
        """(K, T) with the levels above `coarse` filled in. A level takes `steps` passes, and each keeps the surest
        tokens; pieces of `frames` frames are filled at the same time and do not hear each other."""
        self.eval()
        chance = torch.Generator().manual_seed(seed)
        length = tokens.shape[1]
        padded = np.pad(tokens, ((0, 0), (0, -length % frames)), mode="edge")
        pieces = torch.from_numpy(padded.reshape(self.rows, -1, frames).transpose(1, 0, 2).copy())
        first = self.coarse if coarse is None else coarse
        pieces[:, first:] = self.masked
        for level in range(first, self.rows):
            self._fill_level(pieces, level, steps, temperature, chance)
        filled: Ints = pieces.numpy().transpose(1, 0, 2).reshape(self.rows, -1)[:, :length]
        return filled

    def _fill_level(self, pieces: Tensor, level: int, steps: int, temperature: float, chance: Tensor) -> None:
        batch, _, frames = pieces.shape
        levels = torch.full((batch,), level)
        for step in range(1, steps + 1):
            scores = self(pieces, levels).log_softmax(-1)
            drawn = draw(scores, temperature, chance)
            unknown = pieces[:, level] == self.masked
            sure = scores.gather(-1, drawn[..., None])[..., 0].masked_fill(~unknown, float("inf"))
            keep = frames - int(frames * math.cos(math.pi / 2 * step / steps))
            kept = torch.zeros_like(unknown).scatter(1, sure.argsort(1, descending=True)[:, :keep], True)
            pieces[:, level] = torch.where(kept & unknown, drawn, pieces[:, level])
