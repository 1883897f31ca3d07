# SPDX-License-Identifier: MIT
"""Tokens of sound files, and the codewords that they stand for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from residuum._library import ArgumentError, FormatError, as_int32
from residuum.codec import Codec
from residuum.tokens import NOT_CODED

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

SOUNDS = {".flac", ".wav", ".ogg"}


def codebooks_of(codec: Codec, rows: int) -> Floats:
    """The codewords of the first rows, (rows, codewords, dim). `ArgumentError`: the codec does not tell its codewords."""
    books = [codec.codebook(row) for row in range(rows)]
    if any(book is None for book in books):
        raise ArgumentError(f"{codec.name} does not tell the codewords of {rows} rows: take lyra-v2")
    return np.stack([book for book in books if book is not None])


def sound_files(paths: Iterable[str | os.PathLike[str]]) -> list[Path]:
    """Files as they are named, and those of folders in the order of their names."""
    found: list[Path] = []
    for path in map(Path, paths):
        inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in SOUNDS) if path.is_dir() else [path]
        found += inside
    return found


def _read(path: Path) -> tuple[Floats, int]:
    """(samples, channels), and the rate."""
    import soundfile

    try:
        samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as problem:
        raise FormatError(f"{path}: {problem.error_string}") from problem
    return samples, int(rate_hz)


class TokenCorpus:
    """Tokens of the first rows of many sounds: each (rows, frames).

    >>> corpus = TokenCorpus.of_sounds(["sounds/"], "lyra-v2", rows=4)
    >>> batch = corpus.batch(np.random.default_rng(1), count=16, frames=100)      # (16, 4, 100)
    """

    def __init__(self, sounds: Iterable[npt.ArrayLike]) -> None:
        self.sounds: list[Ints] = [as_int32(sound, f"sound {number}").astype(np.int64) for number, sound in enumerate(sounds)]
        if not self.sounds:
            raise ArgumentError("there are no sounds")
        self.rows = self.sounds[0].shape[0] if self.sounds[0].ndim == 2 else 0
        for number, sound in enumerate(self.sounds):
            if sound.ndim != 2 or sound.shape[0] != self.rows or (sound < 0).any():
                raise ArgumentError(f"sound {number}: tokens of shape (rows, frames) are wanted, of as many rows in every sound and "
                                    f"none of them {NOT_CODED}, not {sound.shape}")

    @staticmethod
    def of_sounds(paths: Iterable[str | os.PathLike[str]], codec: str | os.PathLike[str], rows: int,
                  starts: int = 1) -> TokenCorpus:
        """Codes sound files, and those in folders; each channel is a sound of its own.

        starts
            Each sound is coded so many times, from places a share of a frame apart: the same sound, but other tokens.
        """
        sounds: list[npt.ArrayLike] = []
        for path in sound_files(paths):
            samples, rate_hz = _read(path)
            coder = Codec.open(codec, sample_rate_hz=rate_hz)
            frame = coder.hop_samples * rate_hz // coder.codec_rate_hz
            sounds += [coder.encode(channel[start * frame // starts :].copy(), levels=rows).tokens[:rows]
                       for channel in samples.T for start in range(starts)]
        return TokenCorpus(sounds)

    @property
    def frame_count(self) -> int:
        """Frames of all sounds together."""
        return sum(sound.shape[1] for sound in self.sounds)

    def batch(self, random: np.random.Generator, count: int, frames: int) -> Ints:
        """Pieces from anywhere, (count, rows, frames): each frame of the corpus is about as likely as any other."""
        long_enough = [sound for sound in self.sounds if sound.shape[1] >= frames]
        if not long_enough:
            raise ArgumentError(f"no sound has {frames} frames")
        places = np.array([sound.shape[1] - frames + 1 for sound in long_enough])
        chosen = random.choice(len(long_enough), size=count, p=places / places.sum())
        starts = random.integers(places[chosen])
        return np.stack([long_enough[i][:, at : at + frames] for i, at in zip(chosen, starts)])

    def pieces(self, frames: int) -> Iterator[Ints]:
        """Every frame once, (1, rows, up to `frames`), sound after sound."""
        for sound in self.sounds:
            for at in range(0, sound.shape[1], frames):
                yield sound[None, :, at : at + frames]
