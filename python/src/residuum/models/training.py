# SPDX-License-Identifier: MIT
"""Training on one core, the same weights from the same seed, and the cross-entropy of what was not trained on."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any, Callable

import numpy as np
import torch

from residuum.models.data import TokenCorpus


@dataclass(frozen=True)
class Schedule:
    """How long and how fast. `frames` is the length of a piece; a piece lies anywhere in a sound."""

    steps: int = 1000
    batch: int = 16
    frames: int = 100
    rate: float = 2e-3
    warmup: int = 50
    seed: int = 1

    def rate_at(self, step: int) -> float:
        """Rises over `warmup` steps, then falls along a cosine to a twentieth."""
        share = max(0.0, (step - self.warmup) / max(1, self.steps - self.warmup))
        return self.rate * min(1.0, (step + 1) / self.warmup) * (0.05 + 0.475 * (1 + math.cos(math.pi * share)))


def fit(make: Callable[[], Any], corpus: TokenCorpus, schedule: Schedule,
        progress: Callable[[int, float], object] | None = None) -> Any:
    """Makes a model and trains it. `progress` gets the step and the mean of the last 50 losses, in bits a token.

    The same seed gives the same weights with the same version of PyTorch and the same number of threads.
    """
    torch.manual_seed(schedule.seed)
    random = np.random.default_rng(schedule.seed)
    model = make().train()
    optimiser = torch.optim.AdamW(model.parameters(), lr=schedule.rate, betas=(0.9, 0.98), weight_decay=0.02)
    recent = 0.0
    for step in range(schedule.steps):
        for group in optimiser.param_groups:
            group["lr"] = schedule.rate_at(step)
        total, count = model.loss(corpus.batch(random, schedule.batch, schedule.frames), random)
        mean = total / count
        optimiser.zero_grad()
        mean.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        recent += float(mean.detach()) / math.log(2) / 50
        if step % 50 == 49:
            if progress is not None:
                progress(step + 1, recent)
            recent = 0.0
    return model.eval()


@torch.no_grad()  # type: ignore[untyped-decorator, unused-ignore]
def cross_entropy(model: Any, corpus: TokenCorpus, frames: int = 100, seed: int = 1, rounds: int = 1) -> float:
    """Bits a token over every frame of a corpus, in pieces of `frames` that know nothing of each other. Models that draw
    what they mask are asked `rounds` times."""
    model.eval()
    random = np.random.default_rng(seed)
    total, count = 0.0, 0
    for _ in range(rounds):
        for piece in corpus.pieces(frames):
            nats, tokens = model.loss(piece, random)
            total, count = total + float(nats), count + tokens
    return total / count / math.log(2)


class Clock:
    """Prints progress with the time since it was made."""

    def __init__(self) -> None:
        self.start = time.monotonic()

    def __call__(self, step: int, bits: float) -> None:
        print(f"{time.monotonic() - self.start:7.1f} s  step {step:5}  {bits:.4f} bits a token", flush=True)
