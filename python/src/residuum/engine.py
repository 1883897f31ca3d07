# SPDX-License-Identifier: MIT
"""The engine: the whole chain of `residuum live` and `residuum process`, with every parameter."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from residuum._library import (ArgumentError, Samples, as_rows, check, ffi, lib, new_error, not_pickled,
                               path_bytes, row_pointers, text_of, whole)
from residuum.codec import Codec, need_codec
from residuum.params import find, number_of
from residuum.tokens import NOT_CODED, Tokens, _Set

_SCHEDULES = {"auto": "RSD_SCHEDULE_AUTO", "inline": "RSD_SCHEDULE_INLINE", "threaded": "RSD_SCHEDULE_THREADED",
              "by-frame": "RSD_SCHEDULE_BY_FRAME"}


@dataclass(frozen=True)
class Latency:
    """Delay of an impulse from input to output in samples at the engine's rate, exact, and what it consists of."""

    codec_samples: int
    resampler_samples: int
    schedule_samples: int
    total_samples: int


@dataclass(frozen=True)
class Telemetry:
    """What happened in one period of 20 ms. Energies are sums over frames and channels in the codec's transform domain.

    level_energy, error_energy
        By level: of what the level adds, and of what is left over after it.
    """

    sample_time: int
    frame_count: int
    levels: float
    bitrate_kbps: float
    input_peak: float
    output_peak: float
    input_energy: float
    level_energy: list[float]
    error_energy: list[float]
    late_frame_count: int


class Engine:
    """Processes sound in blocks of any size; what comes out does not depend on how the stream is cut.

    >>> engine = Engine(Codec.open("live-128"), channels=2)
    >>> engine.set("levels", 2.5)
    >>> wet = engine.process(block)             # (2, n) in, (2, n) out, later by engine.latency.total_samples

    Threads: one at a time is let in to process, and one at a time to set, post, swap and load, which may go on while
    another processes. Python's lock is not held while sound is processed.
    """

    def __init__(self, codec: Codec, *, sample_rate_hz: int | None = None, channels: int = 1,
                 schedule: Literal["auto", "inline", "threaded", "by-frame"] = "inline", block_samples: int = 0,
                 sidechain_channels: int = 0) -> None:
        """
        sample_rate_hz
            Of the sound; None: the codec's `Codec.sample_rate_hz`.
        schedule
            ``"inline"`` codes a frame in the call that brings its last sample, ``"threaded"`` beside it, one hop later.
        block_samples
            Of a call in real time, for ``"auto"``.
        sidechain_channels
            Of the second input, which `cross` and `envelope_sidechain` read: up to `channels`; 0: there is none.
        """
        need_codec(codec)
        if schedule not in _SCHEDULES:
            raise ArgumentError(f"schedule is one of {', '.join(_SCHEDULES)}, not '{schedule}'")
        config, engine, error = ffi.new("rsd_engine_config *"), ffi.new("rsd_engine **"), new_error()
        rate_hz = codec.sample_rate_hz if sample_rate_hz is None else sample_rate_hz
        config.sample_rate_hz = whole(rate_hz, 8000, 384000, "sample_rate_hz")
        config.channel_count = whole(channels, 1, lib.RSD_ENGINE_MAX_CHANNELS, "channels")
        config.schedule = getattr(lib, _SCHEDULES[schedule])
        config.block_samples = whole(block_samples, 0, 2**31, "block_samples")
        config.sidechain_channel_count = whole(sidechain_channels, 0, channels, "sidechain_channels")
        check(lib.rsd_engine_create_sized(config, ffi.sizeof("rsd_engine_config"), codec._model, engine, error), error)
        self._engine = ffi.gc(engine[0], lib.rsd_engine_destroy)
        self._codec = codec
        self._rate, self._channels = int(config.sample_rate_hz), int(config.channel_count)
        self._sidechain_channels = int(config.sidechain_channel_count)
        self._lock = threading.Lock()  # of sound
        self._control = threading.Lock()  # taken behind that of sound, where both are

    __reduce__ = not_pickled("Engine", "pickle its codec, and make another there")

    @property
    def sample_rate_hz(self) -> int:
        """Of what goes in and comes out."""
        return self._rate

    @property
    def channel_count(self) -> int:
        """Channels."""
        return self._channels

    @property
    def codec(self) -> Codec:
        """The codec in use, or the one that is being swapped to."""
        return self._codec

    @property
    def latency(self) -> Latency:
        """As it is now."""
        latency = ffi.new("rsd_engine_latency *")
        lib.rsd_engine_get_latency_sized(self._engine, latency, ffi.sizeof("rsd_engine_latency"))
        return Latency(int(latency.codec_samples), int(latency.resampler_samples), int(latency.schedule_samples),
                       int(latency.total_samples))

    @property
    def sample_time(self) -> int:
        """Samples processed since the beginning or `reset`."""
        return int(lib.rsd_engine_sample_time(self._engine))

    # ---- sound ----

    def process(self, x: Any, *, sidechain: Any = None) -> Samples:
        """The next block: (samples,) or (channels, samples) in, the same shape out.

        A float32 array in C order is read where it lies. Samples that are not finite count as 0.

        sidechain
            (samples,) or (sidechain_channels, samples), as many samples as `x`; None: it is silent here.
        """
        rows, is_single = self._rows(x)
        second = self._sidechain(sidechain, rows)
        out = np.empty_like(rows)
        block = ffi.new("rsd_engine_block *")
        pointers = [row_pointers(array) if array is not None else (ffi.NULL, None) for array in (rows, out, second)]
        block.out, block.sidechain, block.sample_count = pointers[1][0], pointers[2][0], rows.shape[1]
        setattr(block, "in", pointers[0][0])
        with self._lock:
            self._follow_generations()
            lib.rsd_engine_process_block_sized(self._engine, block, ffi.sizeof("rsd_engine_block"))
        del pointers
        return out[0] if is_single else out

    def render(self, x: Any, *, sidechain: Any = None) -> Samples:
        """Codes a whole sound from the beginning; what comes out lies on what went in, to the sample.

        The samples are those of `residuum process` with the same parameters. `sidechain` is as for `process`.
        """
        rows, is_single = self._rows(x)
        second = self._sidechain(sidechain, rows)
        out = np.empty_like(rows)
        pointers_in, kept_in = row_pointers(rows)
        pointers_out, kept_out = row_pointers(out)
        pointers_second, kept_second = row_pointers(second) if second is not None else (ffi.NULL, None)
        with self._lock, self._control:
            status = lib.rsd_render_sidechain(self._engine, pointers_in, pointers_second, pointers_out, rows.shape[1])
        check(status, None, "render")
        del kept_in, kept_out, kept_second
        return out[0] if is_single else out

    def reset(self) -> None:
        """Clears sound and codec state and drops events; parameters stay."""
        with self._lock:
            lib.rsd_engine_reset(self._engine)

    # ---- parameters ----

    def set(self, symbol: str, value: float | str) -> None:
        """Sets a parameter: ``set("levels", 2.5)``, ``set("level_gain[3]", 0)``, ``set("monitor", "residual")``.

        ``set("codec", name)`` is a `swap`, ``set("preset", name)`` a `load_preset`, and ``set("decode_codec", name)`` a swap
        to what `codec` codes and that one decodes; ``"none"`` is the codec itself again.
        """
        row, level = find(symbol)
        if row.unit == lib.RSD_UNIT_TEXT:
            self._set_text(symbol, str(value))
            return
        number = number_of(row, symbol, value)
        with self._control:
            status = lib.rsd_engine_set(self._engine, row.id, level, number)
        check(status, None, f"{symbol} is {row.min:g} to {row.max:g}, not {value}")

    def get(self, symbol: str) -> float:
        """The value that a parameter has."""
        row, level = find(symbol)
        value = ffi.new("float *")
        check(lib.rsd_engine_get(self._engine, row.id, level, value), None, symbol)
        return float(value[0])

    def post(self, sample_time: int, symbol: str, value: float | str) -> None:
        """Sets a parameter at a sample, exactly; up to 1024 may wait."""
        row, level = find(symbol)
        if row.unit == lib.RSD_UNIT_TEXT:
            raise ArgumentError(f"'{symbol}' is no number and cannot wait for a sample: use set")
        event = ffi.new("rsd_event *", {"sample_time": whole(sample_time, 0, 2**63, "sample_time"), "param_id": row.id,
                                        "level": level, "value": number_of(row, symbol, value)})
        with self._control:
            status = lib.rsd_engine_post_sized(self._engine, event, ffi.sizeof("rsd_event"))
        check(status, None, f"{symbol} = {value} at sample {sample_time}")

    def set_transport(self, bpm: float, beats: float = -1.0, is_rolling: bool = True) -> None:
        """Tells modulation of a transport, before each `process`: beats a minute (0: `tempo_bpm` counts), and quarter notes
        since its beginning (negative: not known)."""
        if not (bpm == 0 or 1 <= bpm <= 1000) or not np.isfinite(beats):
            raise ArgumentError(f"bpm is 0, or 1 to 1000, and beats is finite, not {bpm} and {beats}")
        with self._lock:
            lib.rsd_engine_set_transport(self._engine, bpm, beats, is_rolling)

    def load_preset(self, name_or_path: str | os.PathLike[str]) -> None:
        """Takes the engine to a preset in one step: the codec that it names, and every parameter.

        What sounds is faded into what will sound; before the first sample there is no fade. Parameters that the preset
        does not name get their defaults, but for those of the session, such as the limiter.
        """
        preset, error = ffi.new("rsd_preset *"), new_error()
        size = ffi.sizeof("rsd_preset")
        check(lib.rsd_preset_open_sized(path_bytes(name_or_path), preset, size, error), error)
        name = text_of(preset.codec)
        codec = Codec.open(name, sample_rate_hz=self._rate) if name else self._codec
        with self._control:
            model = ffi.NULL if codec._model == self._codec._model else codec._model
            lib.rsd_engine_collect(self._engine)
            check(lib.rsd_preset_load_sized(preset, size, model, self._engine, error), error, os.fsdecode(name_or_path))
            self._codec = codec

    def swap(self, codec: Codec) -> None:
        """Changes the codec while sound runs: the new one fades in once its latency has filled."""
        need_codec(codec)
        error = new_error()
        with self._control:
            lib.rsd_engine_collect(self._engine)
            check(lib.rsd_engine_swap(self._engine, codec._model, error), error)
            self._codec = codec

    @property
    def is_swapping(self) -> bool:
        """Whether a swap is under way. Frees the codec that one has replaced."""
        with self._control:
            return bool(lib.rsd_engine_collect(self._engine))

    def telemetry(self) -> list[Telemetry]:
        """Records since the last call, the oldest first. Records that find no room are left out."""
        record, found = ffi.new("rsd_telemetry *"), []
        with self._lock:
            while lib.rsd_engine_read_telemetry_sized(self._engine, record, ffi.sizeof("rsd_telemetry"), 1) == 1:
                count = int(record.level_count)
                found.append(Telemetry(int(record.sample_time), int(record.frame_count), float(record.levels),
                                       float(record.bitrate_kbps), float(record.input_peak), float(record.output_peak),
                                       float(record.input_energy), [float(v) for v in record.level_energy[0:count]],
                                       [float(v) for v in record.error_energy[0:count]], int(record.late_frame_count)))
        return found

    # ---- inside ----

    def _rows(self, x: Any) -> tuple[Samples, bool]:
        rows, is_single = as_rows(x)
        if rows.shape[0] != self._channels:
            raise ArgumentError(f"{rows.shape[0]} channels, but the engine has {self._channels}"
                                " (the shape is (channels, samples))")
        return rows, is_single

    def _sidechain(self, x: Any, rows: Samples) -> Samples | None:
        if x is None:
            return None
        second, _ = as_rows(x, "sidechain")
        wanted = self._sidechain_channels, rows.shape[1]
        if second.shape != wanted:
            raise ArgumentError(f"sidechain: an engine of {wanted[0]} side-chain channels wants the shape {wanted} beside such "
                                f"an input, not {second.shape}")
        return second

    def _follow_generations(self) -> None:
        """Brings the engine to as many generations as the parameter says; while a swap is under way, later."""
        if not lib.rsd_engine_wants_generations(self._engine):
            return
        error = new_error()
        with self._control:
            lib.rsd_engine_collect(self._engine)
            status = lib.rsd_engine_apply_generations(self._engine, error)
        if status != lib.RSD_ERR_FULL:
            check(status, error, "generations")

    def _set_text(self, symbol: str, value: str) -> None:
        if symbol == "preset":
            self.load_preset(value)
            return
        name = value
        if symbol == "decode_codec":
            joined = ffi.new("char[]", 4096)
            if not lib.residuum_join_decoder(os.fsencode(self._codec._name), os.fsencode(value), joined, 4096):
                raise ArgumentError(f"decode_codec: the name is too long: {value:.60}")
            name = text_of(joined)
        self.swap(Codec.open(name, sample_rate_hz=self._rate))

    def _codec_info(self) -> Any:
        info = ffi.new("rsd_codec_info *")
        lib.rsd_engine_get_codec_sized(self._engine, info, ffi.sizeof("rsd_codec_info"))
        return info

    def _prime(self, rows: Samples, info: Any) -> bool:
        """Shows a codec that begins a file otherwise than a stream the sound's beginning."""
        if info.prime_samples == 0 or info.sample_rate_hz != self._rate:
            return False
        pointers, kept = row_pointers(rows)
        count = min(int(info.prime_samples), rows.shape[1])
        check(lib.rsd_engine_prime(self._engine, pointers, count), None, "prime")
        del kept
        return True

    def _encode(self, rows: Samples, level_count: int) -> Tokens:
        info, latency = self._codec_info(), self.latency.total_samples
        hop = info.hop_samples * self._rate / info.sample_rate_hz
        room = int((rows.shape[1] + latency) / hop) + 2
        empty = Tokens(tokens=np.full((self._channels, info.sequence_count, room), NOT_CODED, np.int32),
                       side=np.full((self._channels, info.side_count, room), NOT_CODED, np.int32),
                       codec=self._codec._name, sample_rate_hz=self._rate, sample_count=rows.shape[1],
                       level_count=level_count, latency_samples=latency,
                       level_sequence_end=[level.rows.stop for level in self._codec.levels],
                       sequence_codewords=self._codec.codewords)
        held = _Set.of(empty)
        held.set.frame_count = held.set.level_count = 0
        lib.residuum_collect(self._engine, held.set)
        primed = self._prime(rows, info)
        pointers, kept = row_pointers(rows)
        check(lib.residuum_run(self._engine, pointers, ffi.NULL, self._channels, rows.shape[1]), None, "encode")
        del kept
        frames = int(held.set.frame_count)
        return self._cut(empty, frames, int(held.set.level_count), primed)

    def _cut(self, full: Tokens, frames: int, level_count: int, primed: bool) -> Tokens:
        assert full.side is not None
        tokens, side = full.tokens[:, :, :frames], full.side[:, :, :frames]
        if self._channels == 1:
            tokens, side = tokens[0], side[0]
        return replace(full, tokens=tokens, side=side if full.side.shape[1] > 0 else None, level_count=level_count,
                       primed=primed)

    def _decode(self, tokens: Tokens) -> Samples:
        held = _Set.of(tokens)
        out = np.zeros((self._channels, tokens.sample_count), np.float32)
        lib.residuum_play(self._engine, held.set)
        if tokens.primed:
            check(lib.rsd_engine_prime_source(self._engine), None, "decode")
        pointers, kept = row_pointers(out)
        check(lib.residuum_run(self._engine, ffi.NULL, pointers, self._channels, tokens.sample_count), None, "decode")
        del kept, held
        return out[0] if tokens.tokens.ndim == 2 else out
