# SPDX-License-Identifier: MIT
"""Codecs: sound to tokens and back, whole sounds at a time."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Sequence

import numpy as np

from residuum._library import (ArgumentError, FormatError, Samples, as_rows, check, ffi, lib, new_error, numbers_of, path_bytes,
                               text_of, whole)
from residuum.tokens import Tokens

if TYPE_CHECKING:  # streams and engines are made of a codec: they come later
    from residuum.stream import Decoder, Encoder


@dataclass(frozen=True)
class Level:
    """One level of a codec: the rows of tokens that it owns, and the bitrate of all levels up to it.

    number
        From 1.
    rows
        Rows of the (K, T) token array.
    kbps
        Constant bitrate of levels 1 to `number` of one channel, side tokens included.
    """

    number: int
    rows: range
    kbps: float


def codecs() -> list[tuple[str, str]]:
    """Name and one-line description of every codec that the library holds."""
    found: list[tuple[str, str]] = []
    name, description = ffi.new("char **"), ffi.new("char **")
    while lib.rsd_model_builtin(len(found), name, description):
        found.append((text_of(name[0]), text_of(description[0])))
    return found


class Codec:
    """A codec's model: codebooks and tables, which do not change. Any number of threads may use one at a time.

    >>> codec = Codec.open("live-128")
    >>> tokens = codec.encode(samples)          # samples: float32 (n,) or (channels, n)
    >>> coarse = codec.decode(tokens, levels=2)
    """

    def __init__(self, model: Any, name: str, sample_rate_hz: int) -> None:
        """Use `Codec.open`."""
        self._model = model
        self._name = name
        self._rate = sample_rate_hz
        self._info = ffi.new("rsd_codec_info *")
        lib.rsd_model_info_sized(model, sample_rate_hz, self._info, ffi.sizeof("rsd_codec_info"))

    @staticmethod
    def open(name_or_path: str | os.PathLike[str] = "live", *, sample_rate_hz: int = 48000) -> Codec:
        """Opens a codec of the library by name, or a file or folder by its path.

        `sample_rate_hz` is that of the sounds; where the codec runs at another, they are resampled. Raises
        `NotFoundError`, `FileError`, `FormatError`.
        """
        rate_hz = whole(sample_rate_hz, 8000, 384000, "sample_rate_hz")
        model, error = ffi.new("rsd_model **"), new_error()
        check(lib.rsd_model_open(path_bytes(name_or_path), model, error), error)
        return Codec(ffi.gc(model[0], lib.rsd_model_release), os.fsdecode(name_or_path), rate_hz)

    @property
    def name(self) -> str:
        """``"live-128"``; a file says its own."""
        return text_of(self._info.name)

    @property
    def sample_rate_hz(self) -> int:
        """Of the sounds that are coded and decoded."""
        return self._rate

    @property
    def codec_rate_hz(self) -> int:
        """Rate that the codec runs at."""
        return int(self._info.sample_rate_hz)

    @property
    def hop_samples(self) -> int:
        """Samples of a frame, at `codec_rate_hz`."""
        return int(self._info.hop_samples)

    @property
    def frame_rate_hz(self) -> float:
        """Frames a second."""
        return self.codec_rate_hz / self.hop_samples

    @property
    def latency_samples(self) -> int:
        """Input to output of the codec alone, at `codec_rate_hz`, exact."""
        return int(self._info.latency_samples)

    @property
    def row_count(self) -> int:
        """K: rows of tokens of one channel."""
        return int(self._info.sequence_count)

    @property
    def side_count(self) -> int:
        """Rows of side tokens of one channel; 0 where the codec has none."""
        return int(self._info.side_count)

    @property
    def level_count(self) -> int:
        """Levels."""
        return int(self._info.level_count)

    @property
    def levels(self) -> list[Level]:
        """The level table."""
        ends = [0, *numbers_of(self._info.level_sequence_end, self.level_count)]
        return [Level(k + 1, range(ends[k], ends[k + 1]), float(self._info.level_kbps[k]))
                for k in range(self.level_count)]

    @property
    def codewords(self) -> list[int]:
        """Codebook size of each row: tokens of row q lie in ``0 .. codewords[q]-1``."""
        return list(numbers_of(self._info.sequence_codewords, self.row_count))

    @property
    def side_codewords(self) -> list[int]:
        """The same for each row of side tokens."""
        return list(numbers_of(self._info.side_codewords, self.side_count))

    @property
    def fingerprint(self) -> int:
        """The same for codecs that decode alike, on every machine; token files carry it."""
        return int(lib.rsd_model_fingerprint(self._model))

    def codebook(self, row: int) -> Samples | None:
        """The codewords of a row, (codewords, dim): their sum over the rows is what the decoder gets.

        None for codecs that do not tell: `live`, whose tokens mean what their place says, EnCodec, and pairs.
        """
        counts = ffi.new("uint32_t[2]")
        found = lib.rsd_model_codebook(self._model, row, counts, counts + 1) if 0 <= row < self.row_count else ffi.NULL
        if found == ffi.NULL:
            return None
        shape = counts[0], counts[1]
        return np.frombuffer(ffi.buffer(found, 4 * shape[0] * shape[1]), np.float32).reshape(shape).copy()

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process opens it anew, by name or path; that it is the same codec is checked."""
        return _reopen, (self._name, self._rate, self.fingerprint)

    def __repr__(self) -> str:
        return f"<residuum.Codec {self.name} at {self._rate} Hz, {self.level_count} levels, {self.row_count} rows>"

    # ---- whole sounds ----

    def encode(self, x: Any, *, levels: int | None = None, codebook_bits: int | None = None) -> Tokens:
        """Codes a whole sound; the tokens are those of `residuum encode`.

        x
            (samples,) or (channels, samples) at `sample_rate_hz`, full scale at 1.0; float32 in C order is read where
            it lies.
        levels
            Levels to code, 0 to `level_count`; None: all.
        codebook_bits
            Only the first ``2 ** codebook_bits`` codewords of each codebook are searched; None: all.
        """
        from residuum.engine import Engine

        rows, _ = as_rows(x)
        engine = Engine(self, channels=rows.shape[0])
        if levels is not None:
            engine.set("levels", whole(self._checked_levels(levels, "levels"), 0, self.level_count, "levels"))
        if codebook_bits is not None:
            engine.set("codebook_bits", codebook_bits)
        return engine._encode(rows, self.level_count if levels is None else levels)

    def decode(self, tokens: Tokens, *, levels: float | None = None, gains: Sequence[float] | None = None,
               noise_fill: float = 1.0) -> Samples:
        """Decodes tokens of this codec; the samples are those of `residuum decode`.

        levels
            Levels to play, may be a fraction: 3.4 is levels 1 to 3 and 0.4 of level 4. None: all that are coded.
        gains
            Gain of each level from level 1 on, 0 to 2; levels without one have 1.
        noise_fill
            0 to 1: how much of the energy that the levels lack is put back.

        Returns float32 of (sample_count,), or (channels, sample_count) where the tokens have channels.
        """
        from residuum.engine import Engine

        self._check_rows(tokens)
        engine = Engine(self, sample_rate_hz=tokens.sample_rate_hz, channels=tokens.channel_count)
        engine.set("levels", tokens.level_count if levels is None else self._checked_levels(levels, "levels"))
        engine.set("noise_fill", noise_fill)
        for k, gain in enumerate(self._checked_gains(gains)):
            engine.set(f"level_gain[{k + 1}]", gain)
        return engine._decode(tokens)

    def _checked_levels(self, levels: float, what: str) -> float:
        if not 0 <= levels <= self.level_count:
            raise ArgumentError(f"{what}: codec '{self.name}' has 0 to {self.level_count} levels, not {levels}")
        return levels

    def _checked_gains(self, gains: Sequence[float] | None) -> list[float]:
        given = [float(gain) for gain in gains] if gains is not None else []
        if len(given) > self.level_count or not all(0.0 <= gain <= 2.0 for gain in given):
            raise ArgumentError(f"gains: codec '{self.name}' takes up to {self.level_count}, each 0 to 2, not {given}")
        return given

    def _check_rows(self, tokens: Tokens) -> None:
        if not isinstance(tokens, Tokens):
            raise ArgumentError(f"residuum.Tokens are wanted, as encode and Tokens.load give them, not {type(tokens).__name__}")
        side = 0 if tokens.side is None else int(tokens.side.shape[-2])
        if (tokens.row_count, side) != (self.row_count, self.side_count):
            raise ArgumentError(f"{tokens.row_count} rows of tokens and {side} of side tokens, but codec '{self.name}' "
                                f"has {self.row_count} and {self.side_count}; are they of codec '{tokens.codec}'?")

    # ---- hop by hop ----

    def encoder(self, *, channels: int = 1) -> Encoder:
        """A streaming encoder of sounds at `codec_rate_hz`."""
        from residuum.stream import Encoder

        return Encoder(self, channels)

    def decoder(self, *, channels: int = 1) -> Decoder:
        """A streaming decoder to sound at `codec_rate_hz`."""
        from residuum.stream import Decoder

        return Decoder(self, channels)


def need_codec(codec: Any) -> None:
    """Refuses what is no codec, such as the name of one."""
    if not isinstance(codec, Codec):
        raise ArgumentError(f"a residuum.Codec is wanted, as Codec.open gives it, not {codec!r}")


def _reopen(name: str, sample_rate_hz: int, fingerprint: int) -> Codec:
    codec = Codec.open(name, sample_rate_hz=sample_rate_hz)
    if codec.fingerprint != fingerprint:
        raise FormatError(f"codec '{name}' is another here: {codec.fingerprint:016x}, not {fingerprint:016x}")
    return codec


__all__ = ["Codec", "Level", "codecs"]
