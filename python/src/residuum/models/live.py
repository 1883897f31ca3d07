# SPDX-License-Identifier: MIT
"""The predictor that the C library runs: the levels of a frame that are missing, from the past and from those there are.

The order of its sums is that of `src/codec/predictor`: change neither without the other.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from residuum.models.data import Floats, Ints
from residuum.models.layers import Tensor, draw


class LivePredictor(nn.Module):  # type: ignore[misc, unused-ignore]
    """One recurrent layer over frames, and a small network from level to level of a frame.

    A frame is the sum of its known levels' codewords; the frame before is that, too, or, where it had no known level,
    the sum of what was imagined. Level after level is scored from the state and from the sum of all levels below.

    >>> model = LivePredictor(codebooks_of(codec, 16))
    >>> imagined = model.imagine(tokens, known=4)       # (16, T), frame by frame, as the engine does
    """

    kind = "live"

    def __init__(self, codebooks: Floats, width: int = 96) -> None:
        super().__init__()
        self.options = {"width": width}
        self.rows, count, dim = codebooks.shape
        # Codewords are scaled so that the root mean square of a whole frame's vector is near 1.
        loudness = np.sqrt(np.sum(np.mean(np.square(codebooks), axis=(1, 2)))).astype(np.float32)
        own = np.sqrt(np.mean(np.square(codebooks), axis=(1, 2))) / loudness
        self.register_buffer("loudness", torch.from_numpy(loudness.reshape(1)))
        self.register_buffer("level_gain", torch.from_numpy((1.0 / (own + 1e-6)).astype(np.float32)))
        self.register_buffer("codewords", torch.from_numpy(codebooks / loudness), persistent=False)
        self.input = nn.Linear(2 * dim, width)
        self.known = nn.Embedding(self.rows + 1, width)
        self.memory = nn.LSTM(width, width, batch_first=True)
        self.state = nn.Linear(width, width)
        self.below = nn.Linear(dim, width, bias=False)
        self.level = nn.Embedding(self.rows, width)
        self.query = nn.Linear(width, dim)
        self.bias = nn.Parameter(torch.zeros(self.rows, count))

    def sums(self, tokens: Tensor) -> Tensor:
        """(B, K, T) to the sums of the first 0 to K levels' codewords, (B, T, K + 1, D)."""
        vectors = torch.stack([self.codewords[k][tokens[:, k]] for k in range(self.rows)], 2)
        return torch.cat([torch.zeros_like(vectors[:, :, :1]), vectors.cumsum(2)], 2)

    def remember(self, now: Tensor, before: Tensor, known: Tensor, past: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """State of (B, T) frames of which `known` levels are known: (B, T, width), and what to go on from."""
        x = self.input(torch.cat([now, before], -1)) + self.known(known)
        y, past = self.memory(x, past)
        return self.state(x + y), past

    def level_scores(self, state: Tensor, below: Tensor, level: int) -> Tensor:
        """Scores of a level's tokens from the state and the sum of the levels below, (..., n)."""
        query = self.query(functional.elu(state + self.below(below) + self.level.weight[level]))
        return query @ self.codewords[level].T * self.level_gain[level] + self.bias[level]

    def _known_counts(self, batch: int, frames: int, random: np.random.Generator) -> Ints:
        """How many levels each frame has: few in half of the sounds; all but in bursts in a quarter; none in the rest."""
        known = np.repeat(random.integers(1, self.rows, (batch, 1)), frames, 1)
        for row in range(batch // 2, batch):
            known[row] = self.rows
            at = 0
            while at < frames:
                at += int(random.integers(1, 25))
                burst = int(random.integers(1, 8)) if row < 3 * batch // 4 else frames
                known[row, at : at + burst] = 0
                at += burst
        return known

    def loss(self, tokens: Ints, random: np.random.Generator) -> tuple[Tensor, int]:
        """Of the missing levels of (B, K, T): nats, and tokens."""
        known = torch.from_numpy(self._known_counts(tokens.shape[0], tokens.shape[2], random))
        return self.loss_of(torch.from_numpy(tokens), known)

    def loss_of(self, tokens: Tensor, known: Tensor) -> tuple[Tensor, int]:
        """The same where (B, T) says how many levels are known. A frame of which none is stands for what was imagined."""
        sums = self.sums(tokens)
        chosen = known[..., None, None].expand(-1, -1, 1, sums.shape[-1])
        now = sums.gather(2, chosen)[:, :, 0]
        heard = torch.where((known == 0)[..., None], sums[:, :, -1], now)
        before = torch.cat([torch.zeros_like(heard[:, :1]), heard[:, :-1]], 1)
        state, _ = self.remember(now, before, known)
        count, total = 0, torch.zeros(())
        for level in range(self.rows):
            missing = known <= level
            if not bool(missing.any()):
                continue
            scores = self.level_scores(state[missing], sums[:, :, level][missing], level)
            total = total + functional.cross_entropy(scores, tokens[:, level][missing], reduction="sum")
            count += int(missing.sum())
        return total, count

    @torch.no_grad()  # type: ignore[untyped-decorator, unused-ignore]
    def imagine(self, tokens: Ints, known: int | Ints, temperature: float = 0.0, seed: int = 1) -> Ints:
        """(K, T) tokens with the levels from `known` up imagined, one number or one for each frame."""
        self.eval()
        chance = torch.Generator().manual_seed(seed)
        out = torch.from_numpy(tokens.copy())
        counts = np.broadcast_to(known, tokens.shape[1])
        before, past = torch.zeros(1, 1, self.codewords.shape[2]), None
        for frame, count in enumerate(counts.tolist()):
            column = out[None, :, frame : frame + 1]
            now = sum((self.codewords[k][column[:, k]] for k in range(count)), torch.zeros_like(before))
            state, past = self.remember(now, before, torch.tensor([[count]]), past)
            below = now
            for level in range(count, self.rows):
                drawn = draw(self.level_scores(state, below, level), temperature, chance)
                out[level, frame] = drawn[0, 0]
                below = below + self.codewords[level][drawn]
            before = now if count > 0 else below
        imagined: Ints = out.numpy()
        return imagined
