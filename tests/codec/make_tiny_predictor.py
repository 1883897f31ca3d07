# SPDX-License-Identifier: MIT
"""Writes a predictor with weights by chance for the small model of make_tiny_lyra.py, and what PyTorch computes with it.

usage: make_tiny_predictor.py FOLDER_OF_TINY_LYRA      (in an environment with residuum[models])

Into the folder go predictor.safetensors (24 cells, 8 levels, 16-bit matrices), and, for the folder's tokens.npy,
predictor_known.npy (frames: how many levels are known), predictor_tokens.npy (8 x frames: the others imagined) and
predictor_state.npy (frames x 24: what the levels of a frame are scored from).
"""

import pathlib
import sys

import numpy as np
import torch

import residuum
from residuum.models import LivePredictor, codebooks_of, load, save

CELLS, LEVELS, FRAMES = 24, 8, 60


def main():
    folder = pathlib.Path(sys.argv[1])
    codec = residuum.Codec.open(folder, sample_rate_hz=16000)
    torch.manual_seed(5)
    model = LivePredictor(codebooks_of(codec, LEVELS), width=CELLS)
    with torch.no_grad():  # by chance a network hardly cares for its input: it shall, so that each part counts
        for weight in model.parameters():
            weight *= 2.0
    save(model, codec, folder / "predictor.safetensors", half=True)
    model = load(folder / "predictor.safetensors", codec)  # with what 16 bits have left

    tokens = np.load(folder / "tokens.npy")[:LEVELS].astype(np.int64)
    tokens = np.tile(tokens, (1, -(-FRAMES // tokens.shape[1])))[:, :FRAMES]
    # Few levels known, all, none once and none for long, and back.
    known = np.array([3] * 10 + [8] * 5 + [0] + [8] * 4 + [0] * 20 + [5] * 10 + [1] * 10)
    states = []
    remember = model.remember

    def watched(*arguments):
        state, past = remember(*arguments)
        states.append(state[0, 0].numpy())
        return state, past

    model.remember = watched
    imagined = model.imagine(tokens, known)
    np.save(folder / "predictor_known.npy", known.astype(np.int32))
    np.save(folder / "predictor_tokens.npy", imagined.astype(np.int32))
    np.save(folder / "predictor_given.npy", tokens.astype(np.int32))
    np.save(folder / "predictor_state.npy", np.stack(states).astype(np.float32))
    print("tokens in use, by level:", [len(set(row)) for row in imagined.tolist()])


main()
