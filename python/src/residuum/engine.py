# SPDX-License-Identifier: MIT
"""The engine: the whole chain of `residuum live` and `residuum process`, with every parameter."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from residuum._library import (ArgumentError, NotFoundError, Samples, as_rows, check, ffi, lib, new_error, path_bytes,
                               row_pointers, text_of)
from residuum.codec import Codec
from residuum.tokens import NOT_CODED, Tokens, _Set

_SCHEDULES = {"auto": "RSD_SCHEDULE_AUTO", "inline": "RSD_SCHEDULE_INLINE", "threaded": "RSD_SCHEDULE_THREADED",
              "by-frame": "RSD_SCHEDULE_BY_FRAME"}


@dataclass(frozen=True)
class Parameter:
    """A row of the parameter table.

    symbol
        Its name in `Engine.set`; one that has a value for each level is set as ``"level_gain[3]"``.
    minimum, maximum, default
        In `unit`; a parameter of the unit ``"text"`` has none.
    """

    symbol: str
    name: str
    unit: str
    minimum: float
    maximum: float
    default: float
    is_per_level: bool
    is_whole: bool
    group: str
    help: str


def parameters() -> list[Parameter]:
    """Every parameter of the engine, in the order of the table."""
    found: list[Parameter] = []
    while (row := lib.rsd_param_row(len(found))) != ffi.NULL:
        unit = ffi.string(ffi.cast("rsd_param_unit", row.unit)).removeprefix("RSD_UNIT_").lower()
        found.append(Parameter(symbol=text_of(row.symbol), name=text_of(row.name), unit=unit, minimum=row.min,
                               maximum=row.max, default=row.default_value,
                               is_per_level=bool(lib.rsd_param_is_per_level(row)),
                               is_whole=bool(lib.rsd_param_is_whole(row)),
                               group=text_of(lib.rsd_param_group_symbol(row.group)), help=text_of(row.help)))
    return found


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

    One thread at a time is let in; Python's lock is not held while sound is processed.
    """

    def __init__(self, codec: Codec, *, sample_rate_hz: int | None = None, channels: int = 1,
                 schedule: Literal["auto", "inline", "threaded", "by-frame"] = "inline", block_samples: int = 0) -> None:
        """
        sample_rate_hz
            Of the sound; None: the codec's `Codec.sample_rate_hz`.
        schedule
            ``"inline"`` codes a frame in the call that brings its last sample, ``"threaded"`` beside it, one hop later.
        block_samples
            Of a call in real time, for ``"auto"``.
        """
        if schedule not in _SCHEDULES:
            raise ArgumentError(f"schedule is one of {', '.join(_SCHEDULES)}, not '{schedule}'")
        config, engine, error = ffi.new("rsd_engine_config *"), ffi.new("rsd_engine **"), new_error()
        config.sample_rate_hz = codec.sample_rate_hz if sample_rate_hz is None else sample_rate_hz
        config.channel_count = channels
        config.schedule = getattr(lib, _SCHEDULES[schedule])
        config.block_samples = block_samples
        check(lib.rsd_engine_create_sized(config, ffi.sizeof("rsd_engine_config"), codec._model, engine, error), error)
        self._engine = ffi.gc(engine[0], lib.rsd_engine_destroy)
        self._codec = codec
        self._rate, self._channels = int(config.sample_rate_hz), channels
        self._lock = threading.Lock()

    @property
    def sample_rate_hz(self) -> int:
        """Of what goes in and comes out."""
        return self._rate

    @property
    def channel_count(self) -> int:
        """Channels."""
        return self._channels

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

    def process(self, x: Any) -> Samples:
        """The next block: (samples,) or (channels, samples) in, the same shape out.

        A float32 array in C order is read where it lies. Samples that are not finite count as 0.
        """
        rows, is_single = self._rows(x)
        out = np.empty_like(rows)
        pointers_in, kept_in = row_pointers(rows)
        pointers_out, kept_out = row_pointers(out)
        with self._lock:
            lib.rsd_engine_process(self._engine, pointers_in, pointers_out, rows.shape[1])
        del kept_in, kept_out
        return out[0] if is_single else out

    def render(self, x: Any) -> Samples:
        """Codes a whole sound from the beginning; what comes out lies on what went in, to the sample.

        The samples are those of `residuum process` with the same parameters.
        """
        rows, is_single = self._rows(x)
        out = np.empty_like(rows)
        pointers_in, kept_in = row_pointers(rows)
        pointers_out, kept_out = row_pointers(out)
        with self._lock:
            check(lib.rsd_render(self._engine, pointers_in, pointers_out, rows.shape[1]), None, "render")
        del kept_in, kept_out
        return out[0] if is_single else out

    def reset(self) -> None:
        """Clears sound and codec state and drops events; parameters stay."""
        with self._lock:
            lib.rsd_engine_reset(self._engine)

    # ---- parameters ----

    def set(self, symbol: str, value: float | str) -> None:
        """Sets a parameter: ``set("levels", 2.5)``, ``set("level_gain[3]", 0)``, ``set("monitor", "residual")``."""
        row, level, number = self._setting(symbol, value)
        check(lib.rsd_engine_set(self._engine, row.id, level, number), None,
              f"{symbol} is {row.min:g} to {row.max:g}, not {value}")

    def get(self, symbol: str) -> float:
        """The value that a parameter has."""
        row, level = self._parameter(symbol)
        value = ffi.new("float *")
        check(lib.rsd_engine_get(self._engine, row.id, level, value), None, symbol)
        return float(value[0])

    def post(self, sample_time: int, symbol: str, value: float | str) -> None:
        """Sets a parameter at a sample, exactly; up to 1024 may wait."""
        row, level, number = self._setting(symbol, value)
        event = ffi.new("rsd_event *", {"sample_time": sample_time, "param_id": row.id, "level": level, "value": number})
        check(lib.rsd_engine_post_sized(self._engine, event, ffi.sizeof("rsd_event")), None,
              f"{symbol} = {value} at sample {sample_time}")

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
        model = ffi.NULL if codec._model == self._codec._model else codec._model
        lib.rsd_engine_collect(self._engine)
        check(lib.rsd_preset_load_sized(preset, size, model, self._engine, error), error, os.fsdecode(name_or_path))
        self._codec = codec

    def swap(self, codec: Codec) -> None:
        """Changes the codec while sound runs: the new one fades in once its latency has filled."""
        error = new_error()
        lib.rsd_engine_collect(self._engine)
        check(lib.rsd_engine_swap(self._engine, codec._model, error), error)
        self._codec = codec

    @property
    def is_swapping(self) -> bool:
        """Whether a swap is under way. Frees the codec that one has replaced."""
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

    @staticmethod
    def _parameter(symbol: str) -> tuple[Any, int]:
        row, level = ffi.new("rsd_param_info **"), ffi.new("uint32_t *")
        status = lib.rsd_param_parse_symbol(symbol.encode(), row, level)
        if status == lib.RSD_ERR_NOT_FOUND:
            failure = NotFoundError(f"there is no parameter '{symbol}'")
            failure.status = "RSD_ERR_NOT_FOUND"
            raise failure
        check(status, None, f"'{symbol}' (levels count from 1, as in level_gain[3], and only where there is one for each)")
        return row[0], int(level[0])

    def _setting(self, symbol: str, value: float | str) -> tuple[Any, int, float]:
        row, level = self._parameter(symbol)
        if not isinstance(value, str):
            return row, level, float(value)
        number = ffi.new("float *")
        check(lib.rsd_param_parse_value(row, value.encode(), number), None, f"{symbol} cannot be '{value}'")
        return row, level, float(number[0])

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
