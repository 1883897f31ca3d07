# SPDX-License-Identifier: MIT
"""What each level adds: a table, and a picture where Matplotlib is installed.

usage: levels.py [OUT.svg]
"""

from __future__ import annotations

import sys

import numpy as np

import residuum


def plucked_string(seconds: float = 2.0, rate_hz: int = 48000) -> np.ndarray:
    """A decaying harmonic tone with a noisy attack."""
    t = np.arange(int(seconds * rate_hz)) / rate_hz
    tone = sum(np.sin(2 * np.pi * 196 * k * t) * np.exp(-t * k) / k for k in range(1, 20))
    attack = np.random.default_rng(1).standard_normal(t.size) * np.exp(-t * 200) * 0.3
    return (0.2 * (tone + attack)).astype(np.float32)


def main() -> None:
    samples, codec = plucked_string(), residuum.Codec.open("live-128")
    rows = residuum.analyze(samples, codec)
    print("levels   kbps   SNR dB   LSD dB   codewords used")
    for row in rows:
        print(f"{row.level_count:6} {row.kbps:6.1f} {row.snr_db:8.2f} {row.lsd_db:8.2f} {row.codewords_used:16.1f}")
    if len(sys.argv) > 1:
        draw(rows, sys.argv[1])


def draw(rows: list[residuum.LevelFigures], path: str) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots()
    axes.plot([row.kbps for row in rows], [row.snr_db for row in rows], "o-")
    axes.set(xlabel="bitrate (kbps)", ylabel="SNR (dB)", title="live-128, level by level")
    axes.grid(True)
    figure.savefig(path)


main()
