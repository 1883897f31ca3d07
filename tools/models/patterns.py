# SPDX-License-Identifier: MIT
"""Trains the same transformer on every interleaving pattern, and prints what a token costs it.

usage: patterns.py SOUND... [--held-out SOUND...] [--reach N] [--steps N] [--seed N] [--patterns NAME...]

Without --held-out the first four fifths of each sound are learnt and the last fifth is judged: no other kinds of sound,
but none that was heard. Run by a Python with the package and PyTorch (`pip install './python[models]'`).
"""

import argparse
import time

import residuum
import torch
from residuum.models import Schedule, TokenCorpus, TokenTransformer, codebooks_of, cross_entropy, fit

ROWS, FRAMES, BATCH = 4, 50, 16


def corpora(chosen):
    """What is learnt, and what is judged."""
    learnt = TokenCorpus.of_sounds(chosen.sounds, "lyra-v2", ROWS)
    if chosen.held_out:
        return learnt, TokenCorpus.of_sounds(chosen.held_out, "lyra-v2", ROWS)
    cut = [sound.shape[1] * 4 // 5 for sound in learnt.sounds]
    return (TokenCorpus([sound[:, :at] for sound, at in zip(learnt.sounds, cut)]),
            TokenCorpus([sound[:, at:] for sound, at in zip(learnt.sounds, cut)]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sounds", nargs="+")
    parser.add_argument("--held-out", nargs="+", default=[])
    parser.add_argument("--reach", type=int, default=8)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patterns", nargs="+",
                        default=["flatten", "delay", "partial-flatten", "partial-delay", "parallel"])
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    learnt, judged = corpora(chosen)
    books = codebooks_of(residuum.Codec.open("lyra-v2"), ROWS)
    schedule = Schedule(chosen.steps, BATCH, FRAMES, seed=chosen.seed)
    print(f"{'pattern':16} last losses  judged  core seconds")
    for pattern in chosen.patterns:
        began, losses = time.process_time(), []
        model = fit(lambda: TokenTransformer(books, pattern, reach=chosen.reach), learnt, schedule,
                    lambda step, bits: losses.append(bits))
        print(f"{pattern:16} {losses[-1]:11.3f} {cross_entropy(model, judged, FRAMES):7.3f} "
              f"{time.process_time() - began:13.0f}", flush=True)


main()
