# SPDX-License-Identifier: MIT
"""Interleaving patterns: in which order a token model reads the K rows of a codec (MusicGen, arXiv:2306.05284)."""

from __future__ import annotations

from typing import Any, Iterable, Iterator, Sequence

import numpy as np

from residuum._library import ArgumentError, TokenArray, as_int32, check, ffi, lib, new_error, text_bytes, text_of, whole


def names() -> list[str]:
    """Patterns that need no list."""
    found: list[str] = []
    while (name := lib.rsd_pattern_name(len(found))) != ffi.NULL:
        found.append(text_of(name))
    return found


class Pattern:
    """A pattern for K rows, made from text such as ``"delay"``, ``"delay=0,2,4,6"`` or ``"partial-flatten"``.

    >>> pattern = Pattern("delay", rows=4)
    >>> sequence = pattern.build(tokens, special=1024)         # (4, T) to (4, pattern.step_count(T))
    >>> back = pattern.revert(sequence, special=1024, frames=T)
    """

    def __init__(self, text: str, rows: int) -> None:
        self.text, self.rows = text, whole(rows, 1, lib.RSD_MAX_SEQUENCES, "rows")
        self._pattern, error = ffi.new("rsd_pattern *"), new_error()
        check(lib.rsd_pattern_parse(text_bytes(text, "a pattern"), self.rows, self._pattern, error), error)

    def __reduce__(self) -> tuple[Any, ...]:
        return Pattern, (self.text, self.rows)

    def step_count(self, frames: int) -> int:
        """Steps of a sound of so many frames, the first, empty one included."""
        return int(lib.rsd_pattern_step_count(self._pattern, self._checked_frames(frames)))

    @property
    def delay_frames(self) -> int | None:
        """Frames that a decoder waits for the last row of a frame; None: the pattern cannot be streamed."""
        delay = int(lib.rsd_pattern_delay_frames(self._pattern))
        return None if delay == 2**64 - 1 else delay

    def build(self, tokens: Any, special: int | Sequence[int]) -> TokenArray:
        """Interleaves (K, T) tokens to (K, S); a batch may stand in front: (..., K, T).

        special
            The token where a row has none at a step: one past its last codeword, one number or one for each row.
        """
        batch = self._array(tokens, "tokens")
        frames = batch.shape[-1]
        out = np.empty((*batch.shape[:-1], self.step_count(frames)), np.int32)
        for one, to in self._pairs(batch, out):
            lib.rsd_pattern_forward(self._pattern, self._special(special), _ints(one), frames, _ints(to))
        return out

    def revert(self, sequence: Any, special: int | Sequence[int], frames: int) -> TokenArray:
        """The other way: (..., K, S) to (..., K, frames). What the sequence does not reach is `NOT_CODED` (-1)."""
        batch = self._array(sequence, "sequence")
        out = np.empty((*batch.shape[:-1], self._checked_frames(frames)), np.int32)
        for one, to in self._pairs(batch, out):
            rows = ffi.new("rsd_pattern_sequence *", {"tokens": _ints(one), "step_count": one.shape[1]})
            lib.rsd_pattern_inverse(self._pattern, self._special(special), rows[0], frames, _ints(to))
        return out

    def check(self, sequence: Any, special: int | Sequence[int], frames: int) -> None:
        """Raises `FormatError` where a (K, S) sequence is not one of this pattern; it names row and step, from 0."""
        rows = self._array(sequence, "sequence")
        if rows.ndim != 2:
            raise ArgumentError(f"one sequence of shape ({self.rows}, steps) is checked at a time, not {rows.shape}")
        error = new_error()
        one = ffi.new("rsd_pattern_sequence *", {"tokens": _ints(rows), "step_count": rows.shape[1]})
        check(lib.rsd_pattern_check(self._pattern, self._special(special), one[0], self._checked_frames(frames), error), error)

    def layout(self, frames: int) -> TokenArray:
        """(K, S): the frame that each row has at each step; -1 where it has none, or one behind the sound's end."""
        out = np.full((self.rows, self.step_count(frames)), -1, np.int32)
        frame = ffi.new("uint64_t *")
        for row in range(self.rows):
            for step in range(out.shape[1]):
                if lib.rsd_pattern_at(self._pattern, frames, row, step, frame) and frame[0] < frames:
                    out[row, step] = frame[0]
        return out

    # ---- streams ----

    def interleave(self, frames: Iterator[Any], special: int | Sequence[int]) -> Iterator[TokenArray]:
        """Steps (K,) from frames (K,) as they come. `UnsupportedError` where the pattern cannot be streamed."""
        stream, _memory = self._stream("interleaver", special)
        step = np.empty(self.rows, np.int32)
        for frame in frames:
            lib.rsd_interleaver_push(stream, _ints(self._one(frame)))
            while lib.rsd_interleaver_pull(stream, _ints(step)):
                yield step.copy()
        lib.rsd_interleaver_flush(stream)
        while lib.rsd_interleaver_pull(stream, _ints(step)):
            yield step.copy()

    def deinterleave(self, steps: Iterator[Any], special: int | Sequence[int]) -> Iterator[TokenArray]:
        """Frames (K,) from steps (K,) as they come; each is given as soon as its last row is there."""
        stream, _memory = self._stream("deinterleaver", special)
        frame = np.empty(self.rows, np.int32)
        for step in steps:
            lib.rsd_deinterleaver_push(stream, _ints(self._one(step)))
            while lib.rsd_deinterleaver_pull(stream, _ints(frame)):
                yield frame.copy()

    # ---- inside ----

    def _stream(self, kind: str, special: int | Sequence[int]) -> tuple[Any, Any]:
        size = lib.rsd_pattern_stream_bytes(self._pattern)
        memory = ffi.new("char[]", size + 128)
        start = memory + (-int(ffi.cast("uintptr_t", memory)) % 64)
        stream = ffi.new(f"rsd_{kind} **")
        make = getattr(lib, f"rsd_{kind}_init")
        check(make(start, size, self._pattern, self._special(special), stream), None, f"pattern '{self.text}' as a stream")
        return stream[0], memory

    def _one(self, row: Any) -> TokenArray:
        array = as_int32(row, "a step or frame")
        if array.shape != (self.rows,):
            raise ArgumentError(f"{self.rows} tokens are wanted, not an array of shape {array.shape}")
        return array

    def _array(self, array: Any, what: str) -> TokenArray:
        rows = as_int32(array, what)
        if rows.ndim < 2 or rows.shape[-2] != self.rows:
            raise ArgumentError(f"{what}: the shape (..., {self.rows}, n) is wanted, not {rows.shape}")
        return rows

    def _pairs(self, batch: TokenArray, out: TokenArray) -> Iterator[tuple[TokenArray, TokenArray]]:
        count = int(np.prod(batch.shape[:-2]))
        return zip(batch.reshape(count, *batch.shape[-2:]), out.reshape(count, *out.shape[-2:]))

    def _special(self, special: int | Sequence[int]) -> Any:
        given = list(special) if isinstance(special, Iterable) else [special] * self.rows
        values = [whole(value, -(2**31), 2**31 - 1, "special") for value in given]
        if len(values) != self.rows:
            raise ArgumentError(f"{self.rows} special tokens are wanted, or one for all, not {len(values)}")
        return ffi.new("int32_t[]", values)

    @staticmethod
    def _checked_frames(frames: int) -> int:
        return whole(frames, 0, 2**31, "frames")


def _ints(array: TokenArray) -> Any:
    return ffi.from_buffer("int32_t[]", array)
