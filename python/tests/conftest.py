# SPDX-License-Identifier: MIT
"""Sounds and the command for the tests. RESIDUUM names the command; without it the tests that compare are skipped."""

from __future__ import annotations

import os
import struct
import subprocess
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

Samples = npt.NDArray[np.float32]


@pytest.fixture(scope="session")
def sound() -> Samples:
    """1.3 s of a decaying chord with noise, (2, n), each sample a multiple of 1/32768: exact in 16 bits."""
    random = np.random.default_rng(7)
    t = np.arange(int(48000 * 1.3)) / 48000
    chord = sum(np.sin(2 * np.pi * f * t) for f in (220.0, 277.2, 329.6)) * np.exp(-2 * t) * 0.2
    left = chord + 0.02 * random.standard_normal(t.size)
    right = 0.5 * chord + 0.03 * random.standard_normal(t.size)
    return (np.round(np.stack([left, right]) * 32768) / 32768).astype(np.float32)


class Command:
    """`residuum` as a person runs it, on WAV files."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program, self.folder = program, folder

    def run(self, *words: str | Path) -> str:
        return subprocess.run([self.program, *map(str, words)], check=True, capture_output=True, text=True).stdout

    def write(self, name: str, samples: Samples, rate_hz: int = 48000) -> Path:
        path = self.folder / name
        rows = samples.reshape(-1, samples.shape[-1])
        with wave.open(str(path), "wb") as file:
            file.setnchannels(rows.shape[0])
            file.setsampwidth(2)
            file.setframerate(rate_hz)
            file.writeframes((rows.T * 32768).astype("<i2").tobytes())
        return path

    def read(self, path: Path) -> Samples:
        """A WAV file of 32-bit floats."""
        data = path.read_bytes()
        at, channels = 12, 1
        while at < len(data):
            kind, size = data[at : at + 4], struct.unpack("<I", data[at + 4 : at + 8])[0]
            if kind == b"fmt ":
                channels = struct.unpack("<H", data[at + 10 : at + 12])[0]
            if kind == b"data":
                return np.frombuffer(data[at + 8 : at + 8 + size], "<f4").reshape(-1, channels).T.copy()
            at += 8 + size + size % 2
        raise AssertionError(f"{path} has no samples")


@pytest.fixture
def command(tmp_path: Path) -> Command:
    program = os.environ.get("RESIDUUM", "")
    if not program:
        pytest.skip("RESIDUUM does not name the command")
    return Command(program, tmp_path)
