# SPDX-License-Identifier: MIT
"""The programs of python/examples that need neither PyTorch nor Ray run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import residuum
from conftest import Samples

EXAMPLES = Path(__file__, "../../examples").resolve()


def run(name: str, *words: str | Path) -> str:
    return subprocess.run([sys.executable, EXAMPLES / name, *map(str, words)], check=True, capture_output=True,
                          text=True).stdout


def test_levels() -> None:
    lines = run("levels.py").splitlines()
    assert len(lines) == 1 + residuum.Codec.open("live-128").level_count
    snr = [float(line.split()[2]) for line in lines[1:]]
    assert snr == sorted(snr) and snr[-1] > 30


def test_token_statistics(tmp_path: Path, sound: Samples) -> None:
    residuum.Codec.open("live-64").encode(sound[0].copy(), levels=2).save(tmp_path / "t.npy")
    lines = run("token_statistics.py", tmp_path / "t.npy").splitlines()
    assert "2 levels" in lines[0] and 0 < float(lines[2].split()[4]) < 10


def test_patterns() -> None:
    text = run("patterns.py", "2", "3")
    assert "delay: 5 steps, 1 frames late\n  . 0 1 2 .\n  . . 0 1 2\n" in text
