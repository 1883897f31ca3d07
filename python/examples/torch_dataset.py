# SPDX-License-Identifier: MIT
"""A torch.utils.data.Dataset whose items are token sequences of sounds, for a model that reads them in a pattern.

usage: torch_dataset.py FILE.npy...      (files of `residuum encode` or Tokens.save)
"""

from __future__ import annotations

import sys

import torch
from torch.utils.data import DataLoader, Dataset

import residuum


class TokenSequences(Dataset):  # type: ignore[misc]
    """Cuts token files into pieces of `frames` frames, and interleaves the first `rows` rows of each."""

    def __init__(self, paths: list[str], frames: int, rows: int, pattern: str = "delay") -> None:
        self.pattern = residuum.Pattern(pattern, rows)
        self.pieces: list[tuple[residuum.Tokens, int]] = []
        self.frames, self.rows = frames, rows
        for path in paths:
            tokens = residuum.Tokens.load(path)
            self.special = max(tokens.sequence_codewords)
            self.pieces += [(tokens, at) for at in range(0, tokens.frame_count - frames + 1, frames)]

    def __len__(self) -> int:
        return len(self.pieces)

    def __getitem__(self, index: int) -> torch.Tensor:
        tokens, at = self.pieces[index]
        rows = tokens.tokens.reshape(-1, tokens.row_count, tokens.frame_count)[0, : self.rows, at : at + self.frames]
        return torch.from_numpy(self.pattern.build(rows, self.special)).long()


def main() -> None:
    data = TokenSequences(sys.argv[1:], frames=150, rows=4)
    for batch in DataLoader(data, batch_size=8, shuffle=True):
        print(tuple(batch.shape), "tokens of", data.special, "and the special one")


main()
