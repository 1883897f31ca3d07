# SPDX-License-Identifier: MIT
"""The kinds of sound that `run --signals kinds` judges: a dictionary of names, each with a function that renders it.

All are fixed. Those that the codec once failed at come first, then what engineers and players feed a codec with.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from signals import RATE_HZ, read, tones

LENGTH = 3 * RATE_HZ
SPEECH = "She sees six thin switches, and the choir sings on."  # said by espeak-ng


def rng():
    return np.random.default_rng(2025)


def at(level_dbfs, sound):
    return tones.amplitude(level_dbfs) * sound / np.max(np.abs(sound))


def every(step_s, stroke):
    """Strokes at equal times; stroke(number, samples left)."""
    sound = np.zeros(LENGTH)
    for number, first in enumerate(range(RATE_HZ // 10, LENGTH, round(step_s * RATE_HZ))):
        tones.place(sound, stroke(number, LENGTH - first), first)
    return sound


def tune(note):
    """Eight notes of a scale; note(Hz, samples)."""
    keys = [57, 60, 64, 69, 67, 62, 72, 76]
    return np.concatenate([tones.fade(note(440 * 2 ** ((key - 69) / 12), LENGTH // 8), 96, 480) for key in keys])


def jingling_keys():
    draw = rng()

    def stroke(_, count):
        return tones.partials(draw.uniform(4000, 15000, 8), draw.uniform(0.2, 1, 8), draw.uniform(0.01, 0.1, 8), count)

    return every(0.06, stroke)


def glockenspiel():
    ratios = np.array([1, 2.756, 5.404])
    keys = [84, 91, 96, 88, 93, 100, 86, 98]

    def stroke(number, count):
        return tones.partials(440 * 2 ** ((keys[number % 8] - 69) / 12) * ratios, [1, 0.4, 0.2], 0.6 / ratios, count)

    return every(0.35, stroke)


def fm_bells():
    return every(0.7, lambda number, count: tones.fm_bell(660 * 1.5 ** (number % 3), 2.8, 3.0, 6.0, count))


def lead():
    draw = rng()
    return tune(lambda hz, count: tones.lead_note(draw, hz, count))


def pluck(frequency_hz, count, draw):
    """Karplus and Strong's string: a burst of noise in a loop that averages neighbours."""
    period = round(RATE_HZ / frequency_hz)
    loop = draw.uniform(-1, 1, period)
    rows = []
    for _ in range(-(-count // period)):
        rows.append(loop)
        loop = 0.498 * (loop + np.roll(loop, 1))
    return np.concatenate(rows)[:count]


def plucked():
    draw = rng()
    return tune(lambda hz, count: pluck(hz, count, draw))


def kick(number, count):
    t = tones.seconds(count)
    return np.sin(tones.phase_of(45 + 150 * np.exp(-t * 30))) * np.exp(-t * 8)


def hi_hat():
    band = tones.noise_band(rng(), 6000, 18000, RATE_HZ // 8)
    return every(0.125, lambda number, count: band * np.exp(-np.arange(len(band)) / (500 if number % 4 else 2500)))


def snare():
    band = tones.noise_band(rng(), 200, 12000, RATE_HZ // 4)
    return every(0.4, lambda number, count: band * np.exp(-np.arange(len(band)) / 2500))


def vowel():
    """A pulse with vibrato behind three resonances, as of a voice."""
    def note(hz, count):
        angle = tones.phase_of(hz / 2 * (1 + 0.01 * np.sin(2 * np.pi * 5.5 * tones.seconds(count))))
        sound = np.zeros(count)
        for n in range(1, int(8000 / hz)):
            f = n * hz / 2
            sound += sum(g / (1 + ((f - c) / w) ** 2) for c, w, g in ((700, 90, 1), (1150, 110, 0.5), (2700, 170, 0.2))) * np.sin(n * angle)
        return sound

    return tune(note)


def organ():
    return tune(lambda hz, count: tones.partials(hz * np.array([0.5, 1, 1.5, 2, 3, 4, 8]), [0.8, 1, 0.6, 0.7, 0.4, 0.5, 0.3], np.full(7, 1e6), count))


def tremolo():
    return tones.sine(880, LENGTH) * (0.6 + 0.4 * tones.sine(6, LENGTH))


def chirps():
    chirp = tones.fade(tones.log_sweep(500, 15000, RATE_HZ // 10), 48, 48)
    return every(0.2, lambda *_: chirp)


def castanets():
    burst = tones.noise_band(rng(), 1500, 9000, 1500) * np.exp(-np.arange(1500) / 200)
    return every(0.09, lambda number, _: burst * (1 if number % 3 else 0.4))


def dense_chord():
    draw = rng()
    return tones.partials(np.exp(draw.uniform(np.log(100), np.log(12000), 40)), draw.uniform(0.1, 1, 40), np.full(40, 1e6), LENGTH, draw.uniform(0, 6.28, 40))


def tone_pips():
    return every(0.25, lambda number, _: tones.fade(tones.sine(500 * 2 ** (number % 5), RATE_HZ // 12), 24, 24))


def speech():
    """Or None, where there is no espeak-ng."""
    if not shutil.which("espeak-ng"):
        return None
    from scipy.signal import resample_poly

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        subprocess.run(["espeak-ng", "-v", "en-gb", "-w", str(path), SPEECH], check=True, capture_output=True)
        sound = resample_poly(read(path), 320, 147)  # espeak-ng speaks at 22.05 kHz
    return np.resize(sound, LENGTH)


def speech_with_tone():
    said = speech()
    return None if said is None else at(-6, said) / 2 + tones.amplitude(-6) * tones.sine(14000, LENGTH)


def dialling():
    pairs = [(697, 1209), (770, 1336), (852, 1477), (941, 1633), (697, 1477)]
    return every(0.2, lambda number, _: sum(tones.fade(tones.sine(f, RATE_HZ // 10), 48, 48) for f in pairs[number % 5]))


KINDS = {f"sine {khz} kHz": lambda khz=khz: at(-1, tones.sine(1000 * khz, LENGTH)) for khz in (8, 10, 12, 14, 16)}
KINDS.update({
    "speech with a 14 kHz tone": speech_with_tone,
    "clipped sine 60 Hz": lambda: at(-1, tones.clipped_sine(60, LENGTH, 4)),
    "clipped sine 82 Hz": lambda: at(-1, tones.clipped_sine(82, LENGTH, 4)),
    "square 60 Hz": lambda: at(-1, np.sign(tones.sine(60, LENGTH, 0.1))),
    "jingling keys": lambda: at(-3, jingling_keys()),
    "FSK modem": lambda: at(-6, tones.fsk(rng().integers(0, 2, 1000), 1300, 2100, 300, LENGTH)),
    "smoke alarm": lambda: at(-6, tones.square_bursts(3100, 0.5, 0.5, LENGTH)),
    "birdsong-like FM": lambda: at(-6, tones.bird(6000, 1200, 12, LENGTH)),
    "synthetic lead": lambda: at(-6, lead()),
    "saw 440 Hz": lambda: at(-6, tones.harmonic(440, LENGTH, tones.saw)),
    "pulses 100 Hz": lambda: at(-6, tones.harmonic(100, LENGTH, tones.pulse(0.05))),
    "glockenspiel": lambda: at(-6, glockenspiel()),
    "FM bells": lambda: at(-6, fm_bells()),
    "two tones 19 + 20 kHz": lambda: at(-6, tones.sine(19000, LENGTH) + tones.sine(20000, LENGTH)),
    "two tones 60 Hz + 7 kHz": lambda: at(-6, tones.sine(60, LENGTH) + tones.sine(7000, LENGTH)),
    "log sweep": lambda: at(-6, tones.log_sweep(20, 20000, LENGTH)),
    "white noise": lambda: at(-6, tones.coloured_noise(rng(), 0, LENGTH)),
    "pink noise": lambda: at(-6, tones.coloured_noise(rng(), -3, LENGTH)),
    "noise 900 to 1100 Hz": lambda: at(-6, tones.noise_band(rng(), 900, 1100, LENGTH)),
    "noise 8 to 10 kHz": lambda: at(-6, tones.noise_band(rng(), 8000, 10000, LENGTH)),
    "clicks": lambda: at(-3, every(0.1, lambda number, _: np.array([1.0, -0.5 * (number % 2)]))),
    "castanets": lambda: at(-3, castanets()),
    "tone pips": lambda: at(-6, tone_pips()),
    "chirps": lambda: at(-6, chirps()),
    "telephone keys": lambda: at(-6, dialling()),
    "mains hum": lambda: at(-20, tones.harmonic(50, LENGTH, lambda n: 1 / n**1.5) + 0.01 * tones.coloured_noise(rng(), -3, LENGTH)),
    "sine 1 kHz in noise": lambda: at(-6, tones.sine(1000, LENGTH) + 0.05 * tones.coloured_noise(rng(), 0, LENGTH)),
    "dense chord": lambda: at(-6, dense_chord()),
    "beating sines": lambda: at(-6, tones.sine(1000, LENGTH) + tones.sine(1006, LENGTH)),
    "tremolo": lambda: at(-6, tremolo()),
    "triangle 220 Hz": lambda: at(-6, tones.harmonic(220, LENGTH, lambda n: (n % 2) * (2 - n % 4) / n**2)),
    "plucked string": lambda: at(-6, plucked()),
    "vowel": lambda: at(-6, vowel()),
    "organ": lambda: at(-6, organ()),
    "kick": lambda: at(-3, every(0.5, kick)),
    "hi-hat": lambda: at(-6, hi_hat()),
    "snare": lambda: at(-6, snare()),
    "speech": lambda: None if speech() is None else at(-3, speech()),
})
