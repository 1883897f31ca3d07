# SPDX-License-Identifier: MIT
"""Renders sounds with their fine levels left out, imagined, and real, for score.py.

usage: render.py ORIGINALS OUT [--fine FINE.safetensors] [--live PREDICTOR.safetensors] [--coarse N]

ORIGINALS has mono WAV files at 16 kHz. Run by a Python with the package and PyTorch (`pip install './python[models]'`).
Writes a folder for each way, and prints how far the latents are from the real ones: 1 is as far as without the levels.
"""

import argparse
import dataclasses
import pathlib
import sys

import numpy as np
import residuum
import soundfile
import torch
from residuum.models import codebooks_of, load

RATE_HZ = 16000
SOFTER = 0.7


def ways(chosen, codec):
    """Name and function of each way: tokens of all rows that are known, to those that are heard."""
    coarse, found = chosen.coarse, {}
    found[f"levels-{coarse}"] = lambda rows: rows[:coarse]
    if chosen.live:
        live = load(chosen.live, codec)
        found["live"] = lambda rows: live.imagine(rows, coarse)
    if chosen.fine:
        fine = load(chosen.fine, codec)
        found["fine-nearest"] = lambda rows: fine.fill(rows, coarse=coarse, nearest=True)
        found["fine-nearest-softer"] = found["fine-nearest"]
        found["fine-drawn"] = lambda rows: fine.fill(rows, 1, coarse, temperature=1.0)
        for steps in (1, 4, 16):
            found[f"fine-{steps}"] = lambda rows, steps=steps: fine.fill(rows, steps, coarse)
    found[f"levels-{chosen.rows}"] = lambda rows: rows
    return found


def render(codec, tokens, rows, gains=None):
    whole = np.full_like(tokens.tokens, residuum.NOT_CODED)
    whole[: len(rows)] = rows
    return codec.decode(dataclasses.replace(tokens, tokens=whole, level_count=len(rows)), gains=gains)


def distance(books, real, rows, coarse):
    """Squared error of the levels above `coarse`, and their energy."""
    sums = [sum((books[k][tokens[k]] for k in range(coarse, len(tokens))), np.zeros((1, books.shape[2])))
            for tokens in (real, rows)]
    return np.array([np.square(sums[0] - sums[1]).sum(), np.square(sums[0]).sum()])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("originals", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--fine", help="of residuum.models.train parallel")
    parser.add_argument("--live", help="of residuum.models.train live")
    parser.add_argument("--coarse", type=int, default=4, help="levels that are known")
    parser.add_argument("--rows", type=int, default=16, help="levels in all")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    codec = residuum.Codec.open("lyra-v2", sample_rate_hz=RATE_HZ)
    books = codebooks_of(codec, chosen.rows)
    tokens = {}
    for path in sorted(chosen.originals.glob("*.wav")):
        samples, rate_hz = soundfile.read(path, dtype="float32")
        if rate_hz != RATE_HZ or samples.ndim > 1:
            sys.exit(f"render.py: {path.name}: mono at {RATE_HZ} Hz is wanted")
        tokens[path.name] = codec.encode(samples, levels=chosen.rows)
    if not tokens:
        sys.exit(f"render.py: {chosen.originals}: no WAV files")
    for name, fill in ways(chosen, codec).items():
        (chosen.out / name).mkdir(parents=True, exist_ok=True)
        far = np.zeros(2)
        for file, coded in tokens.items():
            real = coded.tokens[: chosen.rows].astype(np.int64)
            rows = fill(real)
            far += distance(books, real, rows, chosen.coarse)
            gains = [1.0] * chosen.coarse + [SOFTER] * (len(rows) - chosen.coarse) if name.endswith("softer") else None
            sound = render(codec, coded, rows, gains).ravel()
            soundfile.write(chosen.out / name / file, sound, RATE_HZ, subtype="FLOAT")
        print(f"{name:20} {far[0] / far[1]:6.3f} of the missing levels' energy", flush=True)


main()
