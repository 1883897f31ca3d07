# SPDX-License-Identifier: MIT
"""Which frame each row has at each step, for every pattern: what a token model reads, drawn as text.

usage: patterns.py [ROWS [FRAMES]]
"""

from __future__ import annotations

import sys

import residuum


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    frames = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    for name in residuum.pattern_names():
        try:
            pattern = residuum.Pattern(name, rows)
        except residuum.ArgumentError as problem:
            print(f"{name}: {problem}\n")
            continue
        delay = pattern.delay_frames
        print(f"{name}: {pattern.step_count(frames)} steps, "
              + ("cannot be streamed" if delay is None else f"{delay} frames late"))
        for row in pattern.layout(frames):
            print("  " + " ".join("." if frame < 0 else f"{frame}" for frame in row))
        print()


main()
