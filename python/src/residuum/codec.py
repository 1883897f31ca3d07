# SPDX-License-Identifier: MIT
"""Codecs: sound to tokens and back, whole sounds at a time and hop by hop."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from residuum._library import (ArgumentError, Samples, TokenArray, as_array, as_rows, check, ffi, lib, new_error,
                               numbers_of, path_bytes, row_pointers, text_of)
from residuum.tokens import NOT_CODED, Tokens


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
        if not 8000 <= sample_rate_hz <= 384000:
            raise ArgumentError(f"sample_rate_hz is 8000 to 384000, not {sample_rate_hz}")
        model, error = ffi.new("rsd_model **"), new_error()
        check(lib.rsd_model_open(path_bytes(name_or_path), model, error), error)
        return Codec(ffi.gc(model[0], lib.rsd_model_release), os.fsdecode(name_or_path), sample_rate_hz)

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
        found = lib.rsd_model_codebook(self._model, row, counts, counts + 1) if row >= 0 else ffi.NULL
        if found == ffi.NULL:
            return None
        shape = counts[0], counts[1]
        return np.frombuffer(ffi.buffer(found, 4 * shape[0] * shape[1]), np.float32).reshape(shape).copy()

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
        from residuum.engine import Engine  # an engine is made of a codec: one of the two has to be late

        rows, _ = as_rows(x)
        engine = Engine(self, channels=rows.shape[0])
        if levels is not None:
            engine.set("levels", self._checked_levels(levels, "levels"))
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
        for k, gain in enumerate(gains if gains is not None else ()):
            engine.set(f"level_gain[{k + 1}]", gain)
        return engine._decode(tokens)

    def _checked_levels(self, levels: float, what: str) -> float:
        if not 0 <= levels <= self.level_count:
            raise ArgumentError(f"{what}: codec '{self.name}' has 0 to {self.level_count} levels, not {levels}")
        return levels

    def _check_rows(self, tokens: Tokens) -> None:
        side = 0 if tokens.side is None else int(tokens.side.shape[-2])
        if (tokens.row_count, side) != (self.row_count, self.side_count):
            raise ArgumentError(f"{tokens.row_count} rows of tokens and {side} of side tokens, but codec '{self.name}' "
                                f"has {self.row_count} and {self.side_count}; are they of codec '{tokens.codec}'?")

    # ---- hop by hop ----

    def encoder(self, *, channels: int = 1) -> Encoder:
        """A streaming encoder of sounds at `codec_rate_hz`."""
        return Encoder(self, channels)

    def decoder(self, *, channels: int = 1) -> Decoder:
        """A streaming decoder to sound at `codec_rate_hz`."""
        return Decoder(self, channels)


class _Frame:
    """A frame of tokens, with views of its rows."""

    def __init__(self, codec: Codec) -> None:
        self.frame = ffi.new("rsd_token_frame *")
        self.tokens = np.frombuffer(ffi.buffer(self.frame.tokens), np.int32)[: codec.row_count]
        self.side = np.frombuffer(ffi.buffer(self.frame.side), np.int32)[: codec.side_count]


class _States:
    """A codec state for each channel. One thread at a time is let in."""

    def __init__(self, codec: Codec, channels: int) -> None:
        if not 1 <= channels <= 64:
            raise ArgumentError(f"1 to 64 channels are possible, not {channels}")
        self.codec = codec
        self.channels = channels
        self.lock = threading.Lock()
        self.states = [self._make(codec) for _ in range(channels)]
        # Two channels are a stereo pair, as in the engine; of more, each is coded by itself.
        self.groups = [(0, 1)] if channels == 2 else [(c,) for c in range(channels)]
        self.pair = [state for state, _ in self.states]

    def frames(self) -> list[_Frame]:
        """A frame for each channel of a group."""
        return [_Frame(self.codec) for _ in self.groups[0]]

    @staticmethod
    def _make(codec: Codec) -> tuple[Any, Any]:
        size = lib.rsd_codec_size_bytes(codec._model)
        memory = ffi.new("char[]", size + 64)
        start = memory + (-int(ffi.cast("uintptr_t", memory)) % 64)
        state = ffi.new("rsd_codec **")
        check(lib.rsd_codec_init(start, size, codec._model, codec.codec_rate_hz, state))
        return state[0], memory

    def reset(self) -> None:
        """Back to the state of the beginning."""
        with self.lock:
            for state, _ in self.states:
                lib.rsd_codec_reset(state)


class Encoder:
    """Codes sound as it comes. Samples that do not fill a hop wait for the next call.

    Frame f of the result codes samples ``f * hop_samples`` on, as `Codec.encode` does at `codec_rate_hz`.
    """

    def __init__(self, codec: Codec, channels: int = 1) -> None:
        self._states = _States(codec, channels)
        self._rest = np.zeros((channels, 0), np.float32)

    def push(self, x: Any, *, levels: int | None = None, codebook_bits: int | None = None) \
            -> tuple[TokenArray, TokenArray]:
        """Takes (samples,) or (channels, samples); returns the frames that are full now.

        Returns tokens (K, n) and side tokens (S, n), or with channels in front where the encoder has more than one; n
        may be 0. Rows of levels that are not coded are `NOT_CODED`.
        """
        rows, _ = as_rows(x)
        with self._states.lock:
            if rows.shape[0] != self._states.channels:
                raise ArgumentError(f"{rows.shape[0]} channels, but the encoder has {self._states.channels}")
            sound = rows if self._rest.shape[1] == 0 else np.concatenate([self._rest, rows], axis=1)
            hop = self._states.codec.hop_samples
            frames = sound.shape[1] // hop
            result = self._code(sound, frames, levels, codebook_bits)
            self._rest = sound[:, frames * hop :].copy()
            return result

    def flush(self, **controls: Any) -> tuple[TokenArray, TokenArray]:
        """Fills the last hop with silence and codes it; nothing where no samples wait. `controls` as for `push`."""
        hop = self._states.codec.hop_samples
        missing = -self._rest.shape[1] % hop
        return self.push(np.zeros((self._states.channels, missing), np.float32), **controls)

    def reset(self) -> None:
        """Back to the beginning; samples that wait are dropped."""
        self._states.reset()
        self._rest = self._rest[:, :0]

    def _code(self, sound: Samples, frames: int, levels: int | None, codebook_bits: int | None) \
            -> tuple[TokenArray, TokenArray]:
        codec, channels = self._states.codec, self._states.channels
        controls = ffi.new("rsd_encode_controls *")
        controls.level_count = codec.level_count if levels is None else int(codec._checked_levels(levels, "levels"))
        controls.codebook_bits = 16 if codebook_bits is None else codebook_bits
        tokens = np.full((channels, codec.row_count, frames), NOT_CODED, np.int32)
        side = np.full((channels, codec.side_count, frames), NOT_CODED, np.int32)
        size, frames_of = ffi.sizeof("rsd_encode_controls"), self._states.frames()
        pointers, buffer = row_pointers(np.ascontiguousarray(sound))
        for group in self._states.groups:
            for t in range(frames):
                hops = [pointers[c] + t * codec.hop_samples for c in group]
                if len(group) == 2:
                    lib.rsd_codec_encode_pair_sized(self._states.pair, hops, controls, size,
                                                    [f.frame for f in frames_of], ffi.NULL)
                else:
                    lib.rsd_codec_encode_sized(self._states.states[group[0]][0], hops[0], controls, size,
                                               frames_of[0].frame, ffi.NULL)
                for c, coded in zip(group, frames_of):
                    tokens[c, :, t], side[c, :, t] = coded.tokens, coded.side
        del buffer
        return (tokens, side) if channels > 1 else (tokens[0], side[0])


class Decoder:
    """Decodes frames as they come. What comes out lies `Codec.latency_samples` less one hop behind what went in."""

    def __init__(self, codec: Codec, channels: int = 1) -> None:
        self._states = _States(codec, channels)

    def push(self, tokens: Any, side: Any = None, *, levels: float | None = None, gains: Sequence[float] | None = None,
             noise_fill: float = 1.0) -> Samples:
        """Decodes tokens (K, n) and side tokens (S, n), or with channels in front; returns n hops of samples.

        Tokens out of range are wrapped into the codebook; `NOT_CODED` adds nothing. The rest as in `Codec.decode`.
        """
        codec, channels = self._states.codec, self._states.channels
        rows = self._shaped(tokens, codec.row_count, "tokens")
        sides = self._shaped(side, codec.side_count, "side tokens") if codec.side_count > 0 else None
        if sides is not None and sides.shape[2] != rows.shape[2]:
            raise ArgumentError(f"{rows.shape[2]} frames of tokens, but {sides.shape[2]} of side tokens")
        coded = self._coded_levels(rows)
        controls = {n: self._controls(levels, gains, noise_fill, n) for n in set(coded.ravel().tolist())}
        out = np.zeros((channels, rows.shape[2] * codec.hop_samples), np.float32)
        pointers, buffer = row_pointers(out)
        size, frames_of = ffi.sizeof("rsd_decode_controls"), self._states.frames()
        with self._states.lock:
            for group in self._states.groups:
                for t in range(rows.shape[2]):
                    for c, coded_frame in zip(group, frames_of):
                        coded_frame.tokens[:] = rows[c, :, t]
                        if sides is not None:
                            coded_frame.side[:] = sides[c, :, t]
                        coded_frame.frame.level_count = int(coded[c, t])
                    wanted = controls[max(int(coded[c, t]) for c in group)]
                    hops = [pointers[c] + t * codec.hop_samples for c in group]
                    if len(group) == 2:
                        lib.rsd_codec_decode_pair_sized(self._states.pair, [f.frame for f in frames_of], wanted, size, hops)
                    else:
                        lib.rsd_codec_decode_sized(self._states.states[group[0]][0], frames_of[0].frame, wanted, size, hops[0])
        del buffer
        return out if channels > 1 else out[0]

    def reset(self) -> None:
        """Back to the beginning."""
        self._states.reset()

    def _shaped(self, array: Any, row_count: int, what: str) -> TokenArray:
        channels = self._states.channels
        if array is None:
            raise ArgumentError(f"codec '{self._states.codec.name}' needs {what} of {row_count} rows")
        rows = as_array(array)
        wanted = (channels, row_count) if channels > 1 else (row_count,)
        if rows.dtype.kind not in "iu" or rows.shape[:-1] != wanted:
            raise ArgumentError(f"{what}: whole numbers of shape {(*wanted, 'n')} are wanted, "
                                f"not {rows.dtype} of {rows.shape}".replace("'n'", "n"))
        return np.asarray(rows, np.int32).reshape(channels, row_count, rows.shape[-1])

    def _coded_levels(self, rows: TokenArray) -> TokenArray:
        """(channels, frames): the topmost level that has a token."""
        levels = self._states.codec.levels
        has_token = [np.any(rows[:, level.rows.start : level.rows.stop] != NOT_CODED, axis=1) for level in levels]
        numbers = np.arange(1, len(levels) + 1, dtype=np.int32)[:, None, None]
        return np.asarray(np.max(np.where(has_token, numbers, 0), axis=0), np.int32)

    def _controls(self, levels: float | None, gains: Sequence[float] | None, noise_fill: float, coded: int) -> Any:
        codec = self._states.codec
        wanted = float(codec.level_count) if levels is None else codec._checked_levels(levels, "levels")
        active = min(wanted, float(coded))  # what a frame has not is not coded
        given = list(gains if gains is not None else ())
        if not 0.0 <= noise_fill <= 1.0 or any(not 0.0 <= gain <= 2.0 for gain in given):
            raise ArgumentError("noise_fill is 0 to 1, and gains are 0 to 2")
        controls = ffi.new("rsd_decode_controls *")
        lib.rsd_codec_decode_controls_init_sized(controls, ffi.sizeof("rsd_decode_controls"), codec.level_count)
        controls.active_levels, controls.noise_fill = active, noise_fill
        for k in range(codec.level_count):
            share = min(max(active - k, 0.0), 1.0)
            controls.level_gain[k] = share * (given[k] if k < len(given) else 1.0)
        return controls


__all__ = ["Codec", "Decoder", "Encoder", "Level", "codecs"]
