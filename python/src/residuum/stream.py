# SPDX-License-Identifier: MIT
"""Codecs hop by hop: sound to tokens and back as it comes."""

from __future__ import annotations

import threading
from typing import Any, Sequence

import numpy as np

from residuum._library import (ArgumentError, Samples, TokenArray, as_int32, as_rows, check, ffi, lib, not_pickled, row_pointers,
                               whole)
from residuum.codec import Codec
from residuum.tokens import NOT_CODED


class _Frame:
    """A frame of tokens, with views of its rows."""

    def __init__(self, codec: Codec) -> None:
        self.frame = ffi.new("rsd_token_frame *")
        self.tokens = np.frombuffer(ffi.buffer(self.frame.tokens), np.int32)[: codec.row_count]
        self.side = np.frombuffer(ffi.buffer(self.frame.side), np.int32)[: codec.side_count]


class _States:
    """A codec state for each channel. One thread at a time is let in."""

    def __init__(self, codec: Codec, channels: int) -> None:
        whole(channels, 1, 64, "channels")
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
        """Back to the state of the beginning. The caller holds the lock."""
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
        if rows.shape[0] != self._states.channels:
            raise ArgumentError(f"{rows.shape[0]} channels, but the encoder has {self._states.channels}")
        with self._states.lock:
            return self._take(rows, levels, codebook_bits)

    def flush(self, *, levels: int | None = None, codebook_bits: int | None = None) -> tuple[TokenArray, TokenArray]:
        """Fills the last hop with silence and codes it; no frame where no samples wait. The controls are those of `push`."""
        with self._states.lock:
            missing = -self._rest.shape[1] % self._states.codec.hop_samples
            return self._take(np.zeros((self._states.channels, missing), np.float32), levels, codebook_bits)

    def reset(self) -> None:
        """Back to the beginning; samples that wait are dropped."""
        with self._states.lock:
            self._states.reset()
            self._rest = self._rest[:, :0]

    __reduce__ = not_pickled("Encoder", "pickle its codec, and make another there")

    def _take(self, rows: Samples, levels: int | None, codebook_bits: int | None) -> tuple[TokenArray, TokenArray]:
        sound = rows if self._rest.shape[1] == 0 else np.concatenate([self._rest, rows], axis=1)
        hop = self._states.codec.hop_samples
        frames = sound.shape[1] // hop
        result = self._code(sound, frames, levels, codebook_bits)
        self._rest = sound[:, frames * hop :].copy()
        return result

    def _code(self, sound: Samples, frames: int, levels: int | None, codebook_bits: int | None) \
            -> tuple[TokenArray, TokenArray]:
        codec, channels = self._states.codec, self._states.channels
        controls = ffi.new("rsd_encode_controls *")
        controls.level_count = codec.level_count if levels is None else whole(levels, 0, codec.level_count, "levels")
        controls.codebook_bits = 16 if codebook_bits is None else whole(codebook_bits, 1, 16, "codebook_bits")
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
        with self._states.lock:
            self._states.reset()

    __reduce__ = not_pickled("Decoder", "pickle its codec, and make another there")

    def _shaped(self, array: Any, row_count: int, what: str) -> TokenArray:
        channels = self._states.channels
        if array is None:
            raise ArgumentError(f"codec '{self._states.codec.name}' needs {what} of {row_count} rows")
        rows = as_int32(array, what)
        wanted = (channels, row_count) if channels > 1 else (row_count,)
        if rows.shape[:-1] != wanted:
            raise ArgumentError(f"{what}: the shape {(*wanted, 'n')} is wanted, not {rows.shape}".replace("'n'", "n"))
        return rows.reshape(channels, row_count, rows.shape[-1])

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
        given = codec._checked_gains(gains)
        if not 0.0 <= noise_fill <= 1.0:
            raise ArgumentError(f"noise_fill is 0 to 1, not {noise_fill}")
        controls = ffi.new("rsd_decode_controls *")
        lib.rsd_codec_decode_controls_init_sized(controls, ffi.sizeof("rsd_decode_controls"), codec.level_count)
        controls.active_levels, controls.noise_fill = active, noise_fill
        for k in range(codec.level_count):
            share = min(max(active - k, 0.0), 1.0)
            controls.level_gain[k] = share * (given[k] if k < len(given) else 1.0)
        return controls
