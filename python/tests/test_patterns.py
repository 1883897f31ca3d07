# SPDX-License-Identifier: MIT
"""Patterns: there and back, batches, streams, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

import residuum

SPECIAL = 1024
TEXTS = ["parallel", "delay", "delay=0,2,5,5", "partial-delay", "flatten", "partial-flatten", "coarse-first", "musiclm=2",
         "delay+first=3"]


@pytest.mark.parametrize("text", TEXTS)
def test_there_and_back(text: str) -> None:
    tokens = np.random.default_rng(1).integers(0, SPECIAL, (2, 3, 4, 11), dtype=np.int32)
    pattern = residuum.Pattern(text, rows=4)
    sequence = pattern.build(tokens, SPECIAL)
    assert sequence.shape == (2, 3, 4, pattern.step_count(11))
    assert np.array_equal(pattern.revert(sequence, SPECIAL, 11), tokens)
    pattern.check(sequence[0, 0], [SPECIAL] * 4, 11)
    layout = pattern.layout(11)
    assert sorted(map(tuple, np.argwhere(layout >= 0))) == sorted(map(tuple, np.argwhere(sequence[0, 0] != SPECIAL)))
    for row, step in np.argwhere(layout >= 0):
        assert sequence[0, 0, row, step] == tokens[0, 0, row, layout[row, step]]


def test_delay_is_musicgens() -> None:
    tokens = np.arange(8, dtype=np.int64).reshape(2, 4)
    sequence = residuum.Pattern("delay", rows=2).build(tokens, 99)
    assert sequence.tolist() == [[99, 0, 1, 2, 3, 99], [99, 99, 4, 5, 6, 7]]


def test_streams() -> None:
    tokens = np.random.default_rng(1).integers(0, SPECIAL, (4, 20), dtype=np.int32)
    for text in ("parallel", "delay", "partial-flatten"):
        pattern = residuum.Pattern(text, rows=4)
        steps = list(pattern.interleave(iter(tokens.T), SPECIAL))
        assert np.array_equal(np.stack(steps, axis=1), pattern.build(tokens, SPECIAL))
        frames = list(pattern.deinterleave(iter(steps), SPECIAL))
        assert np.array_equal(np.stack(frames, axis=1)[:, :20], tokens)
        assert pattern.delay_frames == {"parallel": 0, "delay": 3, "partial-flatten": 0}[text]
    late = residuum.Pattern("coarse-first", rows=4)
    assert late.delay_frames is None
    with pytest.raises(residuum.UnsupportedError, match="coarse-first"):
        next(late.interleave(iter(tokens.T), SPECIAL))


def test_what_is_refused_is_named() -> None:
    for text, words in (("delay=3,1", "decrease"), ("delay=0,1,2", "3 numbers where 2 are wanted"), ("nonsense", "nonsense"), ("musiclm=3", "3")):
        with pytest.raises(residuum.Error, match=words):
            residuum.Pattern(text, rows=2)
    pattern = residuum.Pattern("delay", rows=2)
    with pytest.raises(residuum.ArgumentError, match=r"\(\.\.\., 2, n\)"):
        pattern.build(np.zeros((3, 5), np.int32), SPECIAL)
    with pytest.raises(residuum.ArgumentError, match="2 special tokens"):
        pattern.build(np.zeros((2, 5), np.int32), [1, 2, 3])
    with pytest.raises(residuum.FormatError, match="step"):
        pattern.check(np.zeros((2, 7), np.int32), SPECIAL, 5)
    with pytest.raises(residuum.ArgumentError, match="frames"):
        pattern.revert(np.zeros((2, 7), np.int32), SPECIAL, -1)
