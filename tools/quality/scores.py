# SPDX-License-Identifier: MIT
"""The four measures of a decoded sound against its input, each channel by itself, mean over channels.

SNR, LSD: at the sound's own rate. ViSQOL (audio mode) and Zimtohrli (as MOS): at 48 kHz, converted where need be.
"""

import hashlib
import math

import numpy as np
import soundfile

LISTENING_RATE_HZ = 48000
METRICS = ("snr_db", "lsd_db", "visqol", "zimtohrli")

_visqol = None


def snr_db(x, y):
    return float(10 * np.log10(np.sum(x**2) / (np.sum((x - y) ** 2) + 1e-20)))


def lsd_db(x, y):
    """Log-spectral distance over 1024-point Hann frames every 256; frames with next to no energy do not count."""
    starts = np.arange(0, len(x) - 1024, 256)[:, None] + np.arange(1024)
    a, b = (np.abs(np.fft.rfft(s[starts] * np.hanning(1024), axis=1)) for s in (x, y))
    counts = (a**2).sum(1) > 1e-2
    return float(np.sqrt(((20 * np.log10((a + 1e-3) / (b + 1e-3)))[counts] ** 2).mean(1)).mean())


def visqol_mos(x, y):
    global _visqol
    import visqol

    if _visqol is None:
        _visqol = visqol.VisqolApi()
        _visqol.create(mode="audio")
    return float(_visqol.measure_from_arrays(x, y, LISTENING_RATE_HZ).moslqo)


def zimtohrli_mos(x, y):
    import zimtohrli

    return float(zimtohrli.mos_from_signals(x.astype(np.float32), y.astype(np.float32)))


def read(path):
    """Rate and samples, one row a channel."""
    samples, rate = soundfile.read(path, always_2d=True)
    return rate, samples.T


def to_listening_rate(x, rate):
    if rate == LISTENING_RATE_HZ:
        return x
    from scipy.signal import resample_poly

    common = math.gcd(rate, LISTENING_RATE_HZ)
    return resample_poly(x, LISTENING_RATE_HZ // common, rate // common)


def key_of(*paths):
    """Same sounds, same key: what was scored once need not be again."""
    digest = hashlib.sha256()
    for path in paths:
        rate, samples = read(path)
        digest.update(f"{rate} {samples.shape} ".encode() + samples.astype(np.float32).tobytes())
    return digest.hexdigest()


def score(reference, decoded):
    rate, xs = read(reference)
    ys = read(decoded)[1]
    heard = [(to_listening_rate(x, rate), to_listening_rate(y, rate)) for x, y in zip(xs, ys)]
    return {
        # Over all channels: one ratio of sums.
        "snr_db": snr_db(xs, ys),
        "lsd_db": float(np.mean([lsd_db(x, y) for x, y in zip(xs, ys)])),
        "visqol": float(np.mean([visqol_mos(x, y) for x, y in heard])),
        "zimtohrli": float(np.mean([zimtohrli_mos(x, y) for x, y in heard])),
    }
