# SPDX-License-Identifier: MIT
"""A tiny transformer learns the tokens of a rendered melody, in two patterns.

usage: tiny_model.py [CODEC]      (lyra-v2, or a folder with its files; takes under a minute)
"""

from __future__ import annotations

import sys

import numpy as np
import torch

import residuum
from residuum.models import Schedule, TokenCorpus, TokenTransformer, codebooks_of, cross_entropy, fit

ROWS, RATE_HZ = 4, 16000


def melody(seconds: int, seed: int) -> np.ndarray:
    """Plucked notes of a scale, five a second."""
    random = np.random.default_rng(seed)
    t = np.arange(RATE_HZ // 5) / RATE_HZ
    notes = 220 * 2 ** (random.choice([0, 2, 4, 7, 9, 12], size=5 * seconds) / 12)
    return np.concatenate([np.sin(2 * np.pi * f * t) * np.exp(-8 * t) * 0.4 for f in notes]).astype(np.float32)


def main() -> None:
    torch.set_num_threads(1)
    codec = residuum.Codec.open(sys.argv[1] if len(sys.argv) > 1 else "lyra-v2", sample_rate_hz=RATE_HZ)
    tokens = [codec.encode(melody(10, seed), levels=ROWS).tokens[:ROWS] for seed in (1, 2, 3)]
    learnt, unseen = TokenCorpus(tokens[:2]), TokenCorpus(tokens[2:])
    for pattern in ("parallel", "flatten"):
        model = fit(lambda: TokenTransformer(codebooks_of(codec, ROWS), pattern, width=32), learnt,
                    Schedule(steps=120, batch=4, frames=40, rate=5e-3, warmup=10))
        print(f"{pattern}: {cross_entropy(model, unseen, 40):.3f} bits a token that was not learnt")


main()
