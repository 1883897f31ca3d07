# SPDX-License-Identifier: MIT
"""How the tokens of a file are distributed: entropy, the commonest codeword, and how often a token repeats, by row.

usage: token_statistics.py TOKENS.npy|TOKENS.rsdt
"""

from __future__ import annotations

import sys

import numpy as np

import residuum


def entropy_bits(row: np.ndarray) -> float:
    """Of the distribution of single tokens; of a short file it is too low (no more than log2 of its frames)."""
    counts = np.unique(row, return_counts=True)[1]
    share = counts / counts.sum()
    return float(-np.sum(share * np.log2(share)))


def main() -> None:
    tokens = residuum.Tokens.load(sys.argv[1])
    rows = tokens.tokens.reshape(-1, tokens.row_count, tokens.frame_count)[0]
    print(f"{tokens.codec}: {tokens.row_count} rows, {tokens.frame_count} frames, {tokens.level_count} levels")
    print("level  row  codewords  used  entropy  repeats")
    for level in range(1, tokens.level_count + 1):
        for row in range(*tokens.rows_of_level(level).indices(tokens.row_count)):
            repeats = np.mean(rows[row, 1:] == rows[row, :-1])
            print(f"{level:5} {row:4} {tokens.sequence_codewords[row]:10} {np.unique(rows[row]).size:5} "
                  f"{entropy_bits(rows[row]):8.2f} {repeats:8.1%}")


main()
