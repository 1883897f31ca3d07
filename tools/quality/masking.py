# SPDX-License-Identifier: MIT
"""Noise-to-mask ratio: how far the coding error lies above what the sound itself masks, in dB; under 0 it is masked.

The ear is that of the basic version of Recommendation ITU-R BS.1387-1 (PEAQ), as P. Kabal writes it out in "An
Examination and Interpretation of ITU-R BS.1387" (McGill University, 2002): FFT frames of 2048 samples, outer and middle
ear, 109 bands of a quarter Bark, spreading that depends on level, forward masking. The ratio is its total NMR: the mean
over bands and frames of noise over mask, as a level. PEAQ's error is the difference of the two magnitude spectra, and
so is it here. Sounds are at 48 kHz, one channel; a sine of full scale is taken as 92 dB of sound pressure.
"""

import functools

import numpy as np

RATE_HZ = 48000
FRAME, STEP = 2048, 1024
LOW_HZ, HIGH_HZ, BARK_STEP = 80.0, 18000.0, 0.25
FULL_SCALE_DB = 92.0
AUDIBLE = 8000.0 / 32768**2  # energy of a half frame under which the standard leaves a frame out


def bark(frequency_hz):
    return 7 * np.arcsinh(np.asarray(frequency_hz) / 650)


def hertz(z_bark):
    return 650 * np.sinh(np.asarray(z_bark) / 7)


@functools.cache
def band_edges_hz():
    z = np.arange(bark(LOW_HZ), bark(HIGH_HZ), BARK_STEP)
    return np.append(hertz(z), HIGH_HZ)


@functools.cache
def centres_hz():
    z = bark(band_edges_hz())
    return hertz((z[:-1] + z[1:]) / 2)


@functools.cache
def grouping():
    """The share of every FFT bin that belongs to each band: bins by bands."""
    edges = band_edges_hz()
    width = RATE_HZ / FRAME
    low = ((np.arange(FRAME // 2 + 1) - 0.5) * width)[:, None]
    return np.clip(np.minimum(low + width, edges[None, 1:]) - np.maximum(low, edges[None, :-1]), 0, width) / width


@functools.cache
def ear_gain():
    """Amplitude of the outer and middle ear at every FFT bin."""
    khz = np.maximum(np.fft.rfftfreq(FRAME, 1 / RATE_HZ), 1.0) / 1000
    gain_db = -2.184 * khz**-0.8 + 6.5 * np.exp(-0.6 * (khz - 3.3) ** 2) - 0.001 * khz**3.6
    return 10 ** (gain_db / 20)


def window():
    """A Hann window scaled so that a sine of full scale has the power of FULL_SCALE_DB, whichever bins it lies between."""
    hann = np.hanning(FRAME)
    return hann * 10 ** (FULL_SCALE_DB / 20) * 2 / np.sum(hann)


def spectra(x):
    """Magnitudes behind the outer and middle ear: frames by bins."""
    frames = np.lib.stride_tricks.sliding_window_view(x, FRAME)[::STEP]
    return np.abs(np.fft.rfft(frames * window(), axis=1)) * ear_gain()


def bands(power):
    """Power in bands, none of it nought."""
    return np.maximum(power @ grouping(), 1e-12)


def spread(power):
    """Spreading over bands, its upper slope flatter where it is louder; the parts add as powers of 0.4."""
    return spread_raw(power) / spread_raw(np.ones((1, power.shape[1])))


def spread_raw(power):
    count = power.shape[1]
    lower = 10 ** (2.7 * BARK_STEP)  # 27 dB a Bark
    upper_db = (24 + 230 / centres_hz()[None, :] - 2 * np.log10(power)) * BARK_STEP
    upper = 10 ** (np.maximum(upper_db, 0.1) / 10)
    # What a band of power 1 spreads over all is divided out, so that spreading keeps its energy.
    below = np.arange(count)
    total = (1 - lower ** -(below + 1.0)) / (1 - 1 / lower) + (1 - upper ** -(count - below * 1.0)) / (1 - 1 / upper) - 1
    own = (power / total) ** 0.4
    result = np.zeros_like(power)
    for distance in range(count):
        result[:, distance:] += own[:, : count - distance] * upper[:, : count - distance] ** (-0.4 * distance)
        if distance:
            result[:, :-distance] += own[:, distance:] * lower ** (-0.4 * distance)
    return result**2.5


def smear(power):
    """Forward masking: what dies away slower than the sound does."""
    time_s = 0.008 + 100 / centres_hz() * (0.030 - 0.008)
    keep = np.exp(-STEP / RATE_HZ / time_s)
    result, last = np.empty_like(power), np.zeros(power.shape[1])
    for i, frame in enumerate(power):
        last = keep * last + (1 - keep) * frame
        result[i] = np.maximum(last, frame)
    return result


def mask(magnitudes):
    """The power in each band that is just masked."""
    inner_noise = 10 ** (0.4 * 0.364 * (centres_hz() / 1000) ** -0.8)
    excitation = smear(spread(bands(magnitudes**2) + inner_noise))
    z = np.arange(excitation.shape[1]) * BARK_STEP
    return excitation / 10 ** (np.where(z <= 12, 3.0, 0.25 * z) / 10)


def nmr_db(x, y):
    """Total noise-to-mask ratio of y against x; frames in which neither has sound are left out."""
    rest = max(FRAME - len(x), -(len(x) - FRAME) % STEP)
    x, y = (np.concatenate([s, np.zeros(rest)]) for s in (x, y))
    reference, decoded = spectra(x), spectra(y)
    halves = [np.add.reduceat(s**2, np.arange(0, len(s), STEP))[1 : len(reference) + 1] for s in (x, y)]
    heard = np.maximum(*halves) > AUDIBLE
    if not np.any(heard):
        return -np.inf
    ratio = bands((reference - decoded) ** 2) / mask(reference)
    return float(10 * np.log10(np.mean(ratio[heard])))
