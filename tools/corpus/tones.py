# SPDX-License-Identifier: MIT
"""Sounds from formulas: tones, bells, noises and the signals that engineers test with, mono at 48 kHz.

A function of a kind takes a random generator and a length in samples, and returns that many samples; what it draws is
the kind's variety. The functions above them make one sound of given properties, for whoever wants just that.
"""

import numpy as np

RATE_HZ = 48000
TOP_HZ = 20000  # partials above it are left out
INAUDIBLE = 14  # decays of 1/e, 120 dB: what dies away ends there


def amplitude(level_db):
    return 10 ** (level_db / 20)


def seconds(count):
    return np.arange(count) / RATE_HZ


def log_uniform(rng, low, high):
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def sine(frequency_hz, count, phase=0.0):
    return np.sin(2 * np.pi * frequency_hz * seconds(count) + phase)


def phase_of(frequency_hz):
    """The phase of a frequency that changes from sample to sample."""
    return 2 * np.pi * np.cumsum(frequency_hz) / RATE_HZ


def fade(sound, rise_samples, fall_samples):
    """Raised cosines at both ends; 0 samples: none."""
    sound = sound.copy()
    rise, fall = min(rise_samples, len(sound)), min(fall_samples, len(sound))
    if rise:
        sound[:rise] *= 0.5 - 0.5 * np.cos(np.pi * (np.arange(rise) + 0.5) / rise)
    if fall:
        sound[len(sound) - fall :] *= 0.5 + 0.5 * np.cos(np.pi * (np.arange(fall) + 0.5) / fall)
    return sound


def clipped_sine(frequency_hz, count, drive, phase=0.0):
    """A sine of amplitude `drive`, cut off at 1, as a converter does: without a filter before it."""
    return np.clip(drive * sine(frequency_hz, count, phase), -1, 1)


def harmonic(frequency_hz, count, shape, phase=0.0):
    """Partials of a steady tone below TOP_HZ; shape(n) is the amplitude of partial n, from 1."""
    n = np.arange(1, int(TOP_HZ / frequency_hz) + 1)
    angle = 2 * np.pi * frequency_hz * seconds(count) + phase
    sound = np.zeros(count)
    for partial, gain in zip(n, shape(n)):
        sound += gain * np.sin(partial * angle)
    return sound / max(np.max(np.abs(sound)), 1e-9)


def saw(n):
    return 1 / n


def pulse(width):
    return lambda n: np.sin(np.pi * n * width) / n


def partials(frequencies_hz, gains, decays_s, count, phases=0.0):
    """Decaying sines; a decay is the time in which the amplitude falls by 1/e."""
    t = seconds(count)
    sound = np.zeros(count)
    phases = np.broadcast_to(phases, np.shape(frequencies_hz))
    for frequency_hz, gain, decay_s, phase in zip(frequencies_hz, gains, decays_s, phases):
        if frequency_hz < TOP_HZ:
            own = t[: int(min(INAUDIBLE * decay_s, count) * RATE_HZ) + 1]
            sound[: len(own)] += gain * np.exp(-own / decay_s) * np.sin(2 * np.pi * frequency_hz * own + phase)
    return sound


def fm_bell(frequency_hz, ratio, index, decay_per_s, count):
    """A sine whose phase another one swings; both die away at one rate. At most `count` samples, to where it is inaudible."""
    t = seconds(min(count, int(INAUDIBLE / decay_per_s * RATE_HZ)))
    fall = np.exp(-decay_per_s * t)
    return np.sin(2 * np.pi * frequency_hz * t + index * fall * np.sin(2 * np.pi * ratio * frequency_hz * t)) * fall


def noise_band(rng, low_hz, high_hz, count):
    """White noise between two frequencies, with edges of an FFT; its largest sample is 1."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    f = np.fft.rfftfreq(count, 1 / RATE_HZ)
    sound = np.fft.irfft(spectrum * ((f >= low_hz) & (f <= high_hz)), count)
    return sound / max(np.max(np.abs(sound)), 1e-9)


def coloured_noise(rng, slope_db, count):
    """Noise whose power changes by `slope_db` an octave, from 20 Hz up."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    f = np.fft.rfftfreq(count, 1 / RATE_HZ)
    sound = np.fft.irfft(spectrum * (f >= 20) * np.maximum(f, 20.0) ** (slope_db / 6.0206), count)
    return sound / np.max(np.abs(sound))


def log_sweep(low_hz, high_hz, count):
    return np.sin(phase_of(np.geomspace(low_hz, high_hz, count)))


def fsk(bits, mark_hz, space_hz, baud, count):
    """Frequency-shift keying with a continuous phase."""
    place = np.minimum((seconds(count) * baud).astype(int), len(bits) - 1)
    return np.sin(phase_of(np.where(np.asarray(bits)[place] > 0, mark_hz, space_hz)))


def square_bursts(frequency_hz, on_s, off_s, count):
    """A piezo sounder: a square, switched on and off without a ramp."""
    on = seconds(count) % (on_s + off_s) < on_s
    return harmonic(frequency_hz, count, pulse(0.5)) * on


def bird(middle_hz, depth_hz, trill_hz, count):
    """A whistle whose frequency swings, in syllables."""
    t = seconds(count)
    frequency_hz = middle_hz + depth_hz * np.sin(2 * np.pi * trill_hz * t) * np.sin(2 * np.pi * 0.7 * t)
    syllables = np.clip(1.5 * np.sin(2 * np.pi * trill_hz / 3 * t), 0, 1)
    return np.sin(phase_of(frequency_hz)) * syllables


def place(sound, part, at):
    """Adds what fits."""
    part = part[: max(len(sound) - at, 0)]
    sound[at : at + len(part)] += part


# ---- kinds ----


def in_events(rng, count, shortest_s, longest_s, event, pause_share=0.5):
    """Events one after another, every one with its own level and ends; some with a pause behind them."""
    sound = np.zeros(count)
    at = int(rng.integers(0, RATE_HZ // 4))
    while at < count:
        length = int(rng.uniform(shortest_s, longest_s) * RATE_HZ)
        part = amplitude(rng.uniform(-40, -1)) * event(length)
        rise, fall = (int(rng.choice([0, 48, 240, 960, 4800]) * rng.uniform(0.5, 1)) for _ in range(2))
        place(sound, fade(part, rise, fall), at)
        at += length + (int(rng.uniform(0.02, 0.3) * RATE_HZ) if rng.random() < pause_share else 0)
    return sound


def sines(rng, count):
    return in_events(rng, count, 0.4, 1.2, lambda n: sine(log_uniform(rng, 25, TOP_HZ), n, rng.uniform(0, 6.28)), 0.3)


def twotones(rng, count):
    def event(n):
        tones = [amplitude(rng.uniform(-50, 0) * (i > 0)) * sine(log_uniform(rng, 40, TOP_HZ), n, rng.uniform(0, 6.28))
                 for i in range(rng.integers(2, 5))]
        return sum(tones) / len(tones)

    return in_events(rng, count, 0.5, 1.5, event, 0.3)


def sweeps(rng, count):
    def event(n):
        low_hz, high_hz = log_uniform(rng, 20, 2000), log_uniform(rng, 3000, 22000)
        ends = (low_hz, high_hz) if rng.random() < 0.5 else (high_hz, low_hz)
        path = np.geomspace if rng.random() < 0.6 else np.linspace
        return np.sin(phase_of(path(*ends, n)))

    return in_events(rng, count, 0.5, 4, event, 0.3)


def clipped(rng, count):
    def event(n):
        drive = float(rng.choice([1.2, 2, 4, 1000])) * rng.uniform(0.9, 1.2)
        return clipped_sine(log_uniform(rng, 25, 1500), n, drive, rng.uniform(0, 6.28))

    return in_events(rng, count, 0.5, 1.5, event, 0.2)


def saws(rng, count):
    def event(n):
        shape = saw if rng.random() < 0.5 else pulse(rng.uniform(0.03, 0.5))
        return harmonic(log_uniform(rng, 30, 3000), n, shape, rng.uniform(0, 6.28))

    return in_events(rng, count, 0.3, 1, event, 0.3)


def lead_note(rng, frequency_hz, count):
    """Two saws a little apart, with vibrato, behind a resonance that falls with time."""
    t = seconds(count)
    sound = np.zeros(count)
    cutoff_hz = log_uniform(rng, 800, 8000) * (0.3 + 0.7 * np.exp(-t * rng.uniform(1, 8)))
    vibrato = rng.uniform(0, 0.008) * np.sin(2 * np.pi * rng.uniform(4, 7) * t)
    for detune in (1, 1 + rng.uniform(0, 0.01)):
        angle = phase_of(frequency_hz * detune * (1 + vibrato))
        for n in range(1, min(int(16000 / (frequency_hz * 1.02)), 80) + 1):
            ratio = n * frequency_hz / cutoff_hz
            gain = 1 / np.sqrt((1 - ratio**2) ** 2 + (0.4 * ratio) ** 2)
            sound += gain / n * np.sin(n * angle)
    return sound / np.max(np.abs(sound))


def leads(rng, count):
    key = int(rng.integers(45, 75))

    def event(n):
        return lead_note(rng, 440 * 2 ** ((key + int(rng.integers(-7, 12)) - 69) / 12), n)

    return in_events(rng, count, 0.12, 0.6, event, 0.2)


def struck(rng, count, strokes_per_s, stroke):
    """Strokes that ring on over one another."""
    sound = np.zeros(count)
    for at in np.sort(rng.integers(0, count, max(1, int(strokes_per_s * count / RATE_HZ)))):
        place(sound, amplitude(rng.uniform(-20, 0)) * stroke(int(count - at)), int(at))
    return sound / max(np.max(np.abs(sound)), 1e-9) * amplitude(rng.uniform(-20, -1))


def bells(rng, count):
    def stroke(n):
        return fm_bell(log_uniform(rng, 100, 3000), rng.choice([1.4, 2.8, 3.5, 1, 2.01]) * rng.uniform(0.97, 1.03),
                       rng.uniform(0.5, 8), log_uniform(rng, 0.7, 20), n)

    return struck(rng, count, rng.uniform(0.5, 4), stroke)


def glocks(rng, count):
    def stroke(n):
        base_hz, decay_s = log_uniform(rng, 600, 4500), log_uniform(rng, 0.1, 1.5)
        ratios = np.array([1, 2.756, 5.404, 8.933]) * rng.uniform(0.99, 1.01, 4)  # of a free bar
        return partials(base_hz * ratios, rng.uniform(0.1, 1, 4) / [1, 2, 4, 6], decay_s / ratios, n)

    return struck(rng, count, rng.uniform(1, 6), stroke)


def keys(rng, count):
    def stroke(n):
        modes = int(rng.integers(3, 10))
        return partials(rng.uniform(4000, 15000, modes), rng.uniform(0.1, 1, modes), rng.uniform(0.01, 0.15, modes), n,
                        rng.uniform(0, 6.28, modes))

    return struck(rng, count, rng.uniform(4, 25), stroke)


def modem(rng, count):
    def event(n):
        mark_hz, baud = rng.uniform(900, 2500), rng.choice([45.45, 75, 300, 1200])
        space_hz = mark_hz + rng.uniform(0.5, 1.5) * max(baud, 170)
        return fsk(rng.integers(0, 2, n), mark_hz, space_hz, baud, n)

    return in_events(rng, count, 1, 3, event, 0.3)


def alarms(rng, count):
    sound = square_bursts(rng.uniform(2500, 3700), rng.choice([0.05, 0.1, 0.5]), rng.choice([0.05, 0.1, 0.5]), count)
    return amplitude(rng.uniform(-25, -1)) * sound


def birds(rng, count):
    def event(n):
        return bird(rng.uniform(3500, 8500), rng.uniform(100, 2000), rng.uniform(5, 40), n)

    return in_events(rng, count, 0.4, 2, event)


def noises(rng, count):
    def event(n):
        if rng.random() < 0.3:
            return coloured_noise(rng, rng.choice([0, -3, -6, 3]), n)
        middle_hz, octaves = log_uniform(rng, 60, 15000), log_uniform(rng, 0.02, 4)
        return noise_band(rng, middle_hz * 2 ** (-octaves / 2), min(middle_hz * 2 ** (octaves / 2), 23000), n)

    return in_events(rng, count, 0.3, 2, event, 0.4)


def clicks(rng, count):
    """Single samples, short bursts and rims after digital silence."""
    sound = np.zeros(count)
    at = int(rng.integers(0, 10000))
    while at < count:
        length = int(rng.choice([1, 2, 8, 50, 400, 2000]))
        part = rng.standard_normal(length) if rng.random() < 0.7 else np.ones(length)
        part *= np.exp(-np.arange(length) / (0.3 * length))
        place(sound, amplitude(rng.uniform(-30, -1)) * part / np.max(np.abs(part)), at)
        at += length + int(log_uniform(rng, 500, 30000))
    return np.clip(sound, -1, 1)


def onsets(rng, count):
    """Tones, bells and noise that begin, are cut out and begin again, all out of digital silence."""

    def event(n):
        frequency_hz = log_uniform(rng, 60, 12000)
        which = rng.random()
        if which < 0.4:
            return sine(frequency_hz, n, rng.uniform(0, 6.28))
        if which < 0.7:
            return fm_bell(min(frequency_hz, 3000), 2.8, rng.uniform(0, 4), rng.uniform(2, 20), n)
        return noise_band(rng, frequency_hz, 2 * frequency_hz, n)

    return in_events(rng, count, 0.03, 0.4, event, 1.0)


def hums(rng, count):
    """Mains hum, engines and drones under a little noise."""
    base_hz = float(rng.choice([50, 60, rng.uniform(25, 140)]))
    n = np.arange(1, int(rng.integers(5, 60)))
    gains = rng.uniform(0, 1, len(n)) * n ** -rng.uniform(0.3, 1.5)
    sound = partials(base_hz * n, gains, np.full(len(n), 1e9), count, rng.uniform(0, 6.28, len(n)))
    swell = 1 + 0.3 * np.sin(2 * np.pi * rng.uniform(0.05, 2) * seconds(count))
    sound = sound * swell / np.max(np.abs(sound)) + amplitude(rng.uniform(-60, -20)) * coloured_noise(rng, -3, count)
    return sound / np.max(np.abs(sound)) * amplitude(rng.uniform(-30, -1))


def dialling(rng, count):
    """Telephone keys: pairs of tones."""
    rows_hz, columns_hz = (697, 770, 852, 941), (1209, 1336, 1477, 1633)

    def event(n):
        return (sine(float(rng.choice(rows_hz)), n) + sine(float(rng.choice(columns_hz)), n)) / 2

    return in_events(rng, count, 0.05, 0.3, event, 0.9)


def tones_in_noise(rng, count):
    """Steady tones, high ones too, over noise that is 10 to 60 dB softer."""
    tones = in_events(rng, count, 0.3, 1.5, lambda n: sine(log_uniform(rng, 200, TOP_HZ), n), 0.2)
    floor = coloured_noise(rng, rng.choice([0, -3, -6]), count)
    return np.clip(tones + amplitude(rng.uniform(-60, -10)) * np.max(np.abs(tones)) * floor, -1, 1)
