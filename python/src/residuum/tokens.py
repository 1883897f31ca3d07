# SPDX-License-Identifier: MIT
"""Tokens of a whole sound, in memory and in files."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields, replace
from typing import Any, Sequence

import numpy as np

from residuum._library import (ArgumentError, TokenArray, as_int32, check, ffi, lib, new_error, numbers_of, path_bytes,
                               text_bytes, text_of, whole)

NOT_CODED = -1
"""In place of a token: this row was not coded in this frame."""


_FIELDS = dict(ffi.typeof("rsd_token_set").fields)
_TEXT_BYTES = {what: ffi.sizeof(_FIELDS[what].type) for what in ("codec", "sample_format", "pattern")}


def _rows(array: Any, what: str) -> TokenArray:
    rows = as_int32(array, what)
    if rows.ndim not in (2, 3):
        raise ArgumentError(f"{what}: the shape (rows, frames) or (channels, rows, frames) is wanted, not {rows.shape}")
    return rows


@dataclass(frozen=True, eq=False, repr=False)
class Tokens:
    """Tokens of a sound: `tokens[q, t]` is the codeword of row q in frame t.

    tokens
        int32 of shape (K, T), or (channels, K, T) for more than one channel; `NOT_CODED` where a row was not coded.
    side
        int32 of shape (S, T) or (channels, S, T): the side tokens (an envelope), which every level count needs. None
        where the codec has none.
    level_sequence_end
        The level table: level k, from 1, owns the rows ``level_sequence_end[k-2]`` (0 for level 1) up to, but not
        including, ``level_sequence_end[k-1]``. Empty where a file does not say.
    sequence_codewords
        Codewords of each row's codebook: tokens of row q lie in ``0 .. sequence_codewords[q]-1``.
    level_count
        Levels that are coded.
    codec
        Name or path by which the codec is opened.
    sample_rate_hz, sample_count, latency_samples
        Of the sound that went in, and of the engine that coded it.
    """

    tokens: TokenArray
    side: TokenArray | None
    codec: str
    sample_rate_hz: int
    sample_count: int
    level_count: int
    level_sequence_end: Sequence[int]
    sequence_codewords: Sequence[int]
    latency_samples: int = 0
    primed: bool = False
    sample_format: str = ""
    pattern: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "tokens", _rows(self.tokens, "tokens"))
        if self.side is not None:
            side = _rows(self.side, "side tokens")
            if side.shape[:-2] != self.tokens.shape[:-2] or side.shape[-1] != self.tokens.shape[-1]:
                raise ArgumentError(f"side tokens of shape {side.shape} do not go with tokens of {self.tokens.shape}")
            object.__setattr__(self, "side", side)
        if len(self.sequence_codewords) != self.row_count:
            raise ArgumentError(f"{self.row_count} rows of tokens, but {len(self.sequence_codewords)} codebook sizes")
        self._check_limits()

    def _check_limits(self) -> None:
        """Of what goes to the library: it has room for so much and no more."""
        side_rows = 0 if self.side is None else int(self.side.shape[-2])
        for what, count, most in (("rows of tokens", self.row_count, lib.RSD_MAX_SEQUENCES),
                                  ("rows of side tokens", side_rows, lib.RSD_MAX_SIDE),
                                  ("levels", len(self.level_sequence_end), lib.RSD_MAX_LEVELS),
                                  ("channels", self.channel_count, lib.RSD_ENGINE_MAX_CHANNELS)):
            if count > most:
                raise ArgumentError(f"{count} {what}: up to {most} are possible")
        ends = [0, *self.level_sequence_end]
        if any(a > b for a, b in zip(ends, ends[1:])) or ends[-1] > self.row_count:
            raise ArgumentError(f"the level table {ends[1:]} does not fit {self.row_count} rows")
        for codewords in self.sequence_codewords:
            whole(codewords, 0, 2**16 - 1, "sequence_codewords")
        for what, room in _TEXT_BYTES.items():
            if len(text_bytes(getattr(self, what), what)) >= room:
                raise ArgumentError(f"{what}: a text of under {room} bytes is wanted")
        whole(self.sample_count, 0, 2**40, "sample_count")
        whole(self.latency_samples, 0, 2**31, "latency_samples")
        whole(self.level_count, 0, len(self.level_sequence_end) or lib.RSD_MAX_LEVELS, "level_count")

    def __eq__(self, other: object) -> bool:
        """Whether every token and all else that is told of the sound is the same."""
        if not isinstance(other, Tokens):
            return NotImplemented
        return all(_same(getattr(self, field.name), getattr(other, field.name)) for field in fields(self))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        side = 0 if self.side is None else int(self.side.shape[-2])
        return (f"<residuum.Tokens of {self.codec}: {self.channel_count} channels, {self.row_count} rows and {side} of side tokens, "
                f"{self.frame_count} frames, {self.level_count} levels>")

    @property
    def channel_count(self) -> int:
        """Channels, 1 where `tokens` has two dimensions."""
        return int(self.tokens.shape[0]) if self.tokens.ndim == 3 else 1

    @property
    def row_count(self) -> int:
        """K: rows of one channel."""
        return int(self.tokens.shape[-2])

    @property
    def frame_count(self) -> int:
        """T."""
        return int(self.tokens.shape[-1])

    def rows_of_level(self, level: int) -> slice:
        """The rows of a level, counted from 1: ``tokens.tokens[..., tokens.rows_of_level(2), :]``."""
        if not 1 <= whole(level, -(2**31), 2**31, "level") <= len(self.level_sequence_end):
            raise ArgumentError(f"levels are 1 to {len(self.level_sequence_end)}, not {level}")
        return slice(self.level_sequence_end[level - 2] if level > 1 else 0, self.level_sequence_end[level - 1])

    def with_levels(self, levels: int) -> Tokens:
        """The first `levels` levels of the same sound; the rows of the others are `NOT_CODED`. A copy."""
        if not 0 <= whole(levels, -(2**31), 2**31, "levels") <= self.level_count:
            raise ArgumentError(f"{self.level_count} levels are coded: 0 to that many can be kept, not {levels}")
        kept = self.tokens.copy()
        kept[..., self.level_sequence_end[levels - 1] if levels > 0 else 0 :, :] = NOT_CODED
        return replace(self, tokens=kept, level_count=levels)

    def save(self, path: str | os.PathLike[str], *, entropy: bool = False) -> None:
        """Writes the files that `residuum decode` reads, whole or not at all.

        `path` ends in ``.npy`` (then ``.side.npy`` and ``.json`` lie beside it) or in ``.rsdt``, the compact stream;
        `entropy` codes that one without loss in fewer bits.
        """
        name = os.fsdecode(path)
        error = new_error()
        if name.endswith(".rsdt"):
            self._save_stream(path_bytes(path), entropy)
            return
        if entropy:
            raise ArgumentError(f"entropy coding is for .rsdt, not for '{name}'")
        held = _Set.of(self)
        check(lib.rsd_token_set_save(held.set, path_bytes(path), error), error, name)

    def _save_stream(self, path: bytes, entropy: bool) -> None:
        from residuum.codec import Codec  # a codec's encode gives tokens: one of the two has to be late

        codec = Codec.open(self.codec, sample_rate_hz=self.sample_rate_hz)
        codec._check_rows(self)
        info = ffi.new("rsd_token_stream_info *")
        info.fingerprint = codec.fingerprint
        info.codec_name = os.fsencode(self.codec)
        info.sample_format = self.sample_format.encode()
        info.channel_count = self.channel_count
        info.sample_rate_hz = self.sample_rate_hz
        info.latency_samples = self.latency_samples
        info.primed = self.primed
        info.is_entropy_coded = entropy
        info.knows_places = entropy and lib.rsd_token_stream_places(codec._model)
        ffi.memmove(ffi.addressof(info, "codec"), codec._info, ffi.sizeof("rsd_codec_info"))
        held = _Set.of(self)
        error = new_error()
        check(lib.rsd_token_stream_save_sized(held.set, info, ffi.sizeof("rsd_token_stream_info"), self.level_count, path,
                                              error), error)

    @staticmethod
    def load(path: str | os.PathLike[str]) -> Tokens:
        """Reads ``.npy`` files of `save` or of `residuum encode`, or a ``.rsdt`` stream.

        Of a damaged stream, what is whole is read; frames that are lost are `NOT_CODED`.
        """
        error = new_error()
        token_set = ffi.new("rsd_token_set *")
        size = ffi.sizeof("rsd_token_set")
        if os.fsdecode(path).endswith(".rsdt"):
            report = ffi.new("rsd_token_stream_report *")
            status = lib.rsd_token_stream_load_sized(path_bytes(path), token_set, size, report,
                                                     ffi.sizeof("rsd_token_stream_report"), error)
        else:
            status = lib.rsd_token_set_load_sized(path_bytes(path), token_set, size, error)
        check(status, error, os.fsdecode(path))
        try:
            return _from_set(token_set)
        finally:
            lib.rsd_token_set_destroy(token_set)


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return a is not None and b is not None and np.array_equal(a, b)
    return list(a) == list(b) if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)) else bool(a == b)


def _copy_rows(rows: Any, channels: int, row_count: int, token_set: Any) -> TokenArray:
    capacity, frames = int(token_set.frame_capacity), int(token_set.frame_count)
    shape = (channels, row_count, frames)
    if rows == ffi.NULL or 0 in shape:
        return np.zeros(shape if channels > 1 else shape[1:], np.int32)
    flat = np.frombuffer(ffi.buffer(rows, channels * row_count * capacity * 4), np.int32)
    array = flat.reshape(channels, row_count, capacity)[:, :, :frames].copy()
    return array if channels > 1 else array[0]


def _from_set(token_set: Any) -> Tokens:
    channels, rows = int(token_set.channel_count), int(token_set.sequence_count)
    levels = int(token_set.codec_level_count)
    side = int(token_set.side_count)
    return Tokens(tokens=_copy_rows(token_set.tokens, channels, rows, token_set),
                  side=_copy_rows(token_set.side, channels, side, token_set) if side > 0 else None,
                  codec=text_of(token_set.codec),
                  sample_rate_hz=int(token_set.sample_rate_hz),
                  sample_count=int(token_set.sample_count),
                  level_count=int(token_set.level_count),
                  level_sequence_end=numbers_of(token_set.level_sequence_end, levels),
                  sequence_codewords=numbers_of(token_set.sequence_codewords, rows),
                  latency_samples=int(token_set.latency_samples),
                  primed=bool(token_set.primed),
                  sample_format=text_of(token_set.sample_format),
                  pattern=text_of(token_set.pattern))


class _Set:
    """An `rsd_token_set` whose rows are those of NumPy arrays: nothing is copied, and it may only be read."""

    def __init__(self, token_set: Any, kept: tuple[Any, ...]) -> None:
        self.set = token_set
        self.kept = kept

    @staticmethod
    def of(tokens: Tokens) -> _Set:
        s = ffi.new("rsd_token_set *")
        s.size_bytes = ffi.sizeof("rsd_token_set")
        s.codec = os.fsencode(tokens.codec)
        s.channel_count = tokens.channel_count
        s.sequence_count = tokens.row_count
        s.frame_count = s.frame_capacity = tokens.frame_count
        s.level_count = tokens.level_count
        s.sample_rate_hz = tokens.sample_rate_hz
        s.sample_count = tokens.sample_count
        s.latency_samples = tokens.latency_samples
        s.sample_format = tokens.sample_format.encode()
        s.pattern = tokens.pattern.encode()
        s.primed = tokens.primed
        s.codec_level_count = len(tokens.level_sequence_end)
        for k, end in enumerate(tokens.level_sequence_end):
            s.level_sequence_end[k] = end
        for q, codewords in enumerate(tokens.sequence_codewords):
            s.sequence_codewords[q] = codewords
        kept = [ffi.from_buffer("int32_t[]", tokens.tokens)]
        s.tokens = kept[0]
        if tokens.side is not None:
            s.side_count = int(tokens.side.shape[-2])
            kept.append(ffi.from_buffer("int32_t[]", tokens.side))
            s.side = kept[1]
        return _Set(s, (*kept, tokens))
