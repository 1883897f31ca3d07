# SPDX-License-Identifier: MIT
"""What each level does to a sound, as `residuum analyze` tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable

import numpy as np

from residuum._library import ArgumentError, Samples, as_rows, check, ffi, lib, row_pointers, whole
from residuum.codec import Codec, need_codec
from residuum.tokens import _Set


@dataclass(frozen=True)
class LevelFigures:
    """One level count. Silence that is coded as silence has 200 dB.

    kbps, coded_kbps
        Bitrate of all channels, constant, and entropy coded.
    snr_db, segmental_snr_db
        Signal-to-noise ratio over the whole sound, and the mean over segments of 20 ms.
    lsd_db
        Log-spectral distance.
    nmr_db
        Noise-to-mask ratio: under 0 dB the coding noise lies below what the sound masks. NaN: the sound is silent.
    codewords_used
        By the topmost of these levels: one over the chance that two of its tokens are alike. NaN: no two were.
    """

    level_count: int
    kbps: float
    coded_kbps: float
    snr_db: float
    segmental_snr_db: float
    lsd_db: float
    nmr_db: float
    codewords_used: float


def snr_db(reference: Any, coded: Any) -> float:
    """Signal-to-noise ratio of samples that lie on each other, over all channels."""
    a, b = _pair(reference, coded)
    return float(lib.rsd_snr_db(_floats(a), _floats(b), a.size))


def log_spectral_distance_db(reference: Any, coded: Any) -> float:
    """Log-spectral distance, the mean over channels: the rms difference of spectra in dB."""
    a, b = _pair(reference, coded)
    return float(np.mean([lib.rsd_log_spectral_distance_db(_floats(x), _floats(y), x.size) for x, y in zip(a, b)]))


def segmental_snr_db(reference: Any, coded: Any, sample_rate_hz: int) -> float:
    """Mean signal-to-noise ratio over segments of 20 ms, the mean over channels."""
    a, b = _pair(reference, coded)
    rate_hz = whole(sample_rate_hz, 1000, 384000, "sample_rate_hz")
    return float(np.mean([lib.rsd_segmental_snr_db(_floats(x), _floats(y), x.size, rate_hz)
                          for x, y in zip(a, b)]))


def noise_to_mask_ratio_db(reference: Any, coded: Any, sample_rate_hz: int) -> float:
    """Noise-to-mask ratio over all channels: under 0 dB the difference lies below what `reference` masks. NaN: it is silent."""
    a, b = _pair(reference, coded)
    rate_hz = whole(sample_rate_hz, 8000, 384000, "sample_rate_hz")
    (sound, kept), (other, kept_other) = row_pointers(a), row_pointers(b)
    ratio = float(lib.residuum_nmr_db(sound, other, a.shape[0], a.shape[1], rate_hz))
    del kept, kept_other
    return ratio


def analyze(x: Any, codec: Codec, *, levels: Iterable[int] | None = None, coded: bool = False) -> list[LevelFigures]:
    """Codes a sound with each of `levels` (default: 1 to all) and measures what comes out.

    x
        (samples,) or (channels, samples) at ``codec.sample_rate_hz``.
    coded
        Tells the entropy-coded bitrate, too, which takes most of the time; else it is NaN.
    """
    need_codec(codec)
    rows, _ = as_rows(x)
    wanted = list(levels) if levels is not None else list(range(1, codec.level_count + 1))
    for level in wanted:
        if not 1 <= level <= codec.level_count:
            raise ArgumentError(f"levels: codec '{codec.name}' has 1 to {codec.level_count}, not {level}")
    return [_measure(rows, codec, level, coded) for level in wanted]


def _measure(rows: Samples, codec: Codec, level: int, coded: bool) -> LevelFigures:
    tokens = codec.encode(rows, levels=level)
    decoded = codec.decode(tokens).reshape(rows.shape)
    held = _Set.of(tokens)
    used = ffi.new("double[]", codec.level_count)
    check(lib.residuum_codewords_used(codec._info, held.set, used), None, "analyze")
    most = max(codec.codewords[q] for q in codec.levels[level - 1].rows)
    return LevelFigures(level_count=level, kbps=codec.levels[level - 1].kbps * rows.shape[0],
                        coded_kbps=float(lib.residuum_coded_kbps(codec._name.encode(), held.set)) if coded else np.nan,
                        snr_db=snr_db(rows, decoded), segmental_snr_db=segmental_snr_db(rows, decoded, codec.sample_rate_hz),
                        lsd_db=log_spectral_distance_db(rows, decoded),
                        nmr_db=noise_to_mask_ratio_db(rows, decoded, codec.sample_rate_hz),
                        codewords_used=float(np.minimum(used[level - 1], most)))


def _pair(reference: Any, coded: Any) -> tuple[Samples, Samples]:
    a, b = as_rows(reference, "reference")[0], as_rows(coded, "coded")[0]
    if a.shape != b.shape:
        raise ArgumentError(f"reference of shape {a.shape}, but coded of {b.shape}")
    return a, b


def _floats(row: Samples) -> Any:
    return ffi.from_buffer("float[]", np.ascontiguousarray(row))
