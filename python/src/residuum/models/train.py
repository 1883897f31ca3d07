# SPDX-License-Identifier: MIT
"""Trains a model of tokens: ``python -m residuum.models.train transformer sounds/ -o model.safetensors``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Sequence

import torch

from residuum._library import Error
from residuum.codec import Codec
from residuum.models.checkpoint import KINDS, save
from residuum.models.data import TokenCorpus, codebooks_of
from residuum.models.layers import parameter_count
from residuum.models.training import Clock, Schedule, cross_entropy, fit

ROWS = {"transformer": 4, "parallel": 16, "live": 16}
STEPS = {"transformer": 500, "parallel": 1000, "live": 1500}
BATCH = {"transformer": 8, "parallel": 8, "live": 16}


def options() -> argparse.ArgumentParser:
    """What the command takes."""
    parser = argparse.ArgumentParser(prog="python -m residuum.models.train", description=__doc__)
    parser.add_argument("kind", choices=sorted(KINDS))
    parser.add_argument("sounds", nargs="+", help="sound files and folders of them to train on")
    parser.add_argument("-o", "--out", required=True, help="the safetensors file")
    parser.add_argument("--held-out", nargs="+", default=[], help="sounds to judge by, which are not trained on")
    parser.add_argument("--codec", default="lyra-v2", help="a codec that tells its codewords")
    parser.add_argument("--rows", type=int, help="levels of it: 4 for the transformer, else 16")
    parser.add_argument("--pattern", default="delay", help="the transformer's")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--batch", type=int)
    parser.add_argument("--frames", type=int, default=100)
    parser.add_argument("--starts", type=int, default=1, help="code each sound so many times, shares of a frame apart")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--half", action="store_true", help="weights of 16 bits")
    return parser


def maker(chosen: argparse.Namespace, codec: Codec, rows: int) -> Any:
    """The model that the options ask for, before it is trained."""
    more = {"pattern": chosen.pattern} if chosen.kind == "transformer" else {}
    books = codebooks_of(codec, rows)
    return lambda: KINDS[chosen.kind](books, **more)


def main(words: Sequence[str] | None = None) -> None:
    parser = options()
    chosen = parser.parse_args(words)
    for name in ("rows", "steps", "batch", "frames", "starts", "threads"):
        if getattr(chosen, name) is not None and getattr(chosen, name) < 1:
            parser.error(f"--{name} is 1 or more, not {getattr(chosen, name)}")
    if not Path(chosen.out).absolute().parent.is_dir():
        parser.error(f"--out: there is no folder {Path(chosen.out).parent}")
    try:
        train(chosen)
    except (Error, OSError) as problem:
        parser.error(str(problem))


def train(chosen: argparse.Namespace) -> None:
    """Trains and writes what the options ask for."""
    torch.set_num_threads(chosen.threads)
    codec = Codec.open(chosen.codec)
    rows = chosen.rows or ROWS[chosen.kind]
    make = maker(chosen, codec, rows)
    corpus = TokenCorpus.of_sounds(chosen.sounds, chosen.codec, rows, chosen.starts)
    schedule = Schedule(chosen.steps or STEPS[chosen.kind], chosen.batch or BATCH[chosen.kind], chosen.frames,
                        seed=chosen.seed)
    model = fit(make, corpus, schedule, Clock())
    save(model, codec, chosen.out, half=chosen.half)
    print(f"{chosen.out}: {parameter_count(model)} parameters, {corpus.frame_count} frames of {rows} rows")
    if chosen.held_out:
        held_out = TokenCorpus.of_sounds(chosen.held_out, chosen.codec, rows)
        bits = cross_entropy(model, held_out, chosen.frames, rounds=1 if chosen.kind == "transformer" else 8)
        print(f"held out: {bits:.4f} bits a token over {held_out.frame_count} frames")


if __name__ == "__main__":
    main()
