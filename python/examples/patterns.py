# SPDX-License-Identifier: MIT
"""Which frame each row has at each step, for every pattern: what a token model reads, drawn as text.

usage: patterns.py [ROWS [FRAMES [OUT.svg]]]      (a picture where Matplotlib is installed)
"""

from __future__ import annotations

import sys

import residuum


def patterns_for(rows: int) -> list[residuum.Pattern]:
    """Every pattern that so many rows can have; the others are told."""
    found = []
    for name in residuum.pattern_names():
        try:
            found.append(residuum.Pattern(name, rows))
        except residuum.ArgumentError as problem:
            print(f"{name}: {problem}\n")
    return found


def show(pattern: residuum.Pattern, frames: int) -> None:
    delay = pattern.delay_frames
    print(f"{pattern.text}: {pattern.step_count(frames)} steps, "
          + ("cannot be streamed" if delay is None else f"{delay} frames late"))
    for row in pattern.layout(frames):
        print("  " + " ".join("." if frame < 0 else f"{frame}" for frame in row))
    print()


def draw(patterns: list[residuum.Pattern], frames: int, path: str) -> None:
    """A field for each token, its frame as colour; white where a row has none."""
    import matplotlib
    import numpy as np

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(len(patterns), 1, figsize=(9, 1.3 * len(patterns)), layout="constrained", squeeze=False)
    for pattern, one in zip(patterns, axes[:, 0]):
        layout = pattern.layout(frames)
        one.pcolormesh(np.ma.masked_less(layout, 0), edgecolors="white", linewidth=0.5)
        one.invert_yaxis()
        one.set(title=pattern.text, ylabel="row", yticks=[])
    axes[-1, 0].set(xlabel="step")
    figure.savefig(path)


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    frames = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    patterns = patterns_for(rows)
    for pattern in patterns:
        show(pattern, frames)
    if len(sys.argv) > 3:
        draw(patterns, frames, sys.argv[3])


main()
