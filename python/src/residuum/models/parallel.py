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
    """Hears the levels below one, and what is known of it, over all frames; scores the tokens that it lacks, and those of
    all levels above.

    >>> model = FineTransformer(codebooks_of(codec, 16), coarse=4)
    >>> filled = model.fill(tokens, steps=4)        # (16, T), levels 1 to 4 as they were
    >>> filled = model.fill(tokens, nearest=True)   # as near as may be to what is expected
    """

    kind = "parallel"

    def __init__(self, codebooks: Floats, coarse: int = 4, width: int = 96, layers: int = 2, heads: int = 4,
                 dropout: float = 0.1) -> None:
        super().__init__()
        self.options = {"coarse": coarse, "width": width, "layers": layers, "heads": heads}
        self.rows, self.masked, self.coarse = codebooks.shape[0], codebooks.shape[1], coarse
        codewords = relative_codewords(codebooks)
        self.register_buffer("codebooks", torch.from_numpy(codebooks.copy()), persistent=False)
        self.embedding = CodewordEmbedding(codewords, width)
        self.level = nn.Embedding(self.rows, width)
        self.transformer = Transformer(width, layers, heads, dropout, causal=False)
        self.scores = CodewordScores(codewords, width)

    def forward(self, tokens: Tensor, levels: Tensor) -> Tensor:
        """(B, K, T) tokens, masked ones `self.masked`, and for each of the batch the lowest level that lacks some, from 0:
        scores (B, K, T, n), of use from that level up."""
        state = self.embedding(tokens) + self.level(levels)[:, None]
        scores: Tensor = self.scores(self.transformer(state))
        return scores

    def loss(self, tokens: Ints, random: np.random.Generator) -> tuple[Tensor, int]:
        """Of a level drawn for each of (B, K, T), of which a share is masked, and of all above it: nats, and tokens. Half of
        the batch knows the coarse levels alone."""
        batch, _, frames = tokens.shape
        levels = np.asarray(random.integers(self.coarse, self.rows, size=batch))
        share = np.cos(random.random(batch) * math.pi / 2)
        knows_least = random.random(batch) < 0.5
        levels[knows_least], share[knows_least] = self.coarse, 1.0
        hidden = np.arange(self.rows)[None, :, None] > np.broadcast_to(levels[:, None, None], (batch, 1, frames))
        here = random.random((batch, frames)) < share[:, None]
        here[np.arange(batch), random.integers(frames, size=batch)] = True
        hidden[np.arange(batch), levels] = here
        scores = self(torch.from_numpy(np.where(hidden, self.masked, tokens)), torch.from_numpy(levels))
        counts = torch.from_numpy(hidden)
        total = functional.cross_entropy(scores[counts], torch.from_numpy(tokens)[counts], reduction="sum")
        return total, int(hidden.sum())

    @torch.no_grad()  # type: ignore[untyped-decorator, unused-ignore]
    def fill(self, tokens: Ints, steps: int = 4, coarse: int | None = None, temperature: float = 0.0, seed: int = 1,
             frames: int = 100, nearest: bool = False) -> Ints:
        """(K, T) with the levels above `coarse` filled in; pieces of `frames` frames are filled at the same time and do not
        hear each other. A level takes `steps` passes, and each keeps the surest tokens. With `nearest` there is one pass:
        the tokens are those whose codewords add up to the mean of what the missing levels may be, as near as may be."""
        self.eval()
        chance = torch.Generator().manual_seed(seed)
        length = tokens.shape[1]
        padded = np.pad(tokens, ((0, 0), (0, -length % frames)), mode="edge")
        pieces = torch.from_numpy(padded.reshape(self.rows, -1, frames).transpose(1, 0, 2).copy())
        first = self.coarse if coarse is None else coarse
        pieces[:, first:] = self.masked
        if nearest:
            self._fill_nearest(pieces, first)
        else:
            for level in range(first, self.rows):
                self._fill_level(pieces, level, steps, temperature, chance)
        filled: Ints = pieces.numpy().transpose(1, 0, 2).reshape(self.rows, -1)[:, :length]
        return filled

    def _fill_nearest(self, pieces: Tensor, first: int) -> None:
        """Codes the mean as the encoder codes a residual: level by level, what is left to the next one."""
        shares = self(pieces, torch.full((len(pieces),), first))[:, first:].softmax(-1)
        rest = torch.einsum("bktn,knd->btd", shares, self.codebooks[first:])
        for level in range(first, self.rows):
            pieces[:, level] = torch.cdist(rest, self.codebooks[level].expand(len(pieces), -1, -1)).argmin(-1)
            rest = rest - self.codebooks[level][pieces[:, level]]

    def _fill_level(self, pieces: Tensor, level: int, steps: int, temperature: float, chance: Tensor) -> None:
        batch, _, frames = pieces.shape
        levels = torch.full((batch,), level)
        for step in range(1, steps + 1):
            scores = self(pieces, levels)[:, level].log_softmax(-1)
            drawn = draw(scores, temperature, chance)
            unknown = pieces[:, level] == self.masked
            sure = scores.gather(-1, drawn[..., None])[..., 0].masked_fill(~unknown, float("inf"))
            keep = frames - int(frames * math.cos(math.pi / 2 * step / steps))
            kept = torch.zeros_like(unknown).scatter(1, sure.argsort(1, descending=True)[:, :keep], True)
            pieces[:, level] = torch.where(kept & unknown, drawn, pieces[:, level])
