# SPDX-License-Identifier: MIT
"""Scores drawn by a random generator and rendered by FluidSynth: single instruments, orchestra, bands, drums, choir.

Nothing here is anyone's tune. A score is a list of (channel, beat, beats, key, velocity). Two sound fonts take turns;
one of the judge's two, and all its drum kits, are never trained on. Programs of General MIDI, counted from 0, are
divided too: every third one is heard by the judge alone.
"""

import subprocess
import tempfile
from pathlib import Path

import midi
import soundfile

RATE_HZ = 48000
FLUID, MUSESCORE = "/usr/share/sounds/sf2/FluidR3_GM.sf2", "/usr/share/sounds/sf3/MuseScore_General_Lite.sf3"
TIM = "/usr/share/sounds/sf2/TimGM6mb.sf2"
FONTS = {False: [FLUID, MUSESCORE], True: [MUSESCORE, TIM]}  # True: for judging
DRUM_FONTS = [TIM, "/usr/share/sounds/sf2/Black_Pearl_4_LV2.sf2", "/usr/share/sounds/sf2/Red_Zeppelin_4_LV2.sf2"]
DRUMS = 9  # the channel of drum kits
KITS = [0, 8, 16, 24, 25, 32, 40, 48]
SCALES = [(0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 3, 5, 7, 9, 10), (0, 2, 4, 7, 9), (0, 3, 5, 6, 7, 10)]

KICK, SNARE, RIM, CLOSED, OPEN, PEDAL, CRASH, RIDE, TOMS = 36, 38, 37, 42, 46, 44, 49, 51, (41, 43, 45, 47, 48, 50)

STRINGS, BRASS, WOOD, PERCUSSIVE = (48, 49, 44, 45, 40, 41, 42, 43), (56, 57, 58, 60, 61), (68, 69, 70, 71, 72, 73), (9, 11, 14, 46, 47)
CHOIRS = (52, 53, 54, 91)
BASSES = (32, 33, 34, 35, 36, 37, 38, 39, 43)
GUITARS, KEYBOARDS, LEADS = (24, 25, 26, 27, 28, 29, 30), (0, 1, 2, 4, 5, 7, 16, 17, 18), (80, 81, 82, 83, 65, 66, 56, 73)
PADS = (48, 50, 51, 88, 89, 90, 92, 94)

# Lowest and highest key that sounds like the instrument, of families of 8 programs.
RANGES = [(28, 96), (60, 100), (40, 84), (36, 80), (26, 55), (40, 88), (40, 84), (42, 80),
          (48, 86), (55, 94), (40, 88), (40, 84), (40, 84), (45, 84), (48, 84), (48, 72)]


def held_back(programs, for_judge):
    """A third of the programs for judging, the others for training; a family of fewer than three has all in both."""
    chosen = [p for i, p in enumerate(programs) if (i % 3 == 2) == for_judge]
    return chosen if len(programs) > 2 else list(programs)


def choose(rng, programs, for_judge):
    return int(rng.choice(held_back(programs, for_judge)))


class Harmony:
    """A key, a scale and a chord for every four beats."""

    def __init__(self, rng):
        self.root = int(rng.integers(0, 12))
        self.scale = SCALES[rng.integers(len(SCALES))]
        self.degrees = [int(d) for d in rng.integers(0, len(self.scale), 64)]

    def key(self, degree, low):
        """The key of a degree of the scale, at or above `low` by less than an octave and what the degree goes beyond."""
        octave, step = divmod(degree, len(self.scale))
        base = self.root + self.scale[step] + 12 * octave
        return base + 12 * -(-(low - self.root) // 12)

    def chord(self, beat, low, tones=3):
        degree = self.degrees[int(beat // 4) % 64]
        return [min(self.key(degree + 2 * i, low), 120) for i in range(tones)]


def melody(rng, harmony, channel, beats, low, high, softest=50, rest_share=0.15):
    """A random walk over the scale."""
    notes, beat, degree = [], 0.0, int(rng.integers(0, 8))
    while beat < beats:
        length = float(rng.choice([0.25, 0.5, 0.5, 1, 1, 2]))
        degree = int(min(max(degree + rng.integers(-3, 4), -4), 16))
        key = min(max(harmony.key(degree, low), low), high)
        if rng.random() > rest_share:
            notes.append((channel, beat, length * rng.uniform(0.3, 1.1), key, int(rng.integers(softest, 127))))
        beat += length
    return notes


def chords(rng, harmony, channel, beats, low, tones=3):
    notes, step = [], float(rng.choice([1, 2, 4]))
    beat = 0.0
    while beat < beats:
        velocity = int(rng.integers(40, 110))
        spread = rng.choice([0, 0, 0.05, 0.25])
        for i, key in enumerate(harmony.chord(beat, low, tones)):
            notes.append((channel, beat + i * spread, step * rng.uniform(0.5, 1), key, velocity))
        beat += step
    return notes


def bass_line(rng, harmony, channel, beats, walking=False):
    notes, beat = [], 0.0
    while beat < beats:
        length = 1.0 if walking else float(rng.choice([0.5, 0.5, 1, 1, 2]))
        key = int(rng.choice(harmony.chord(beat, 28, 4)))
        notes.append((channel, beat, length * rng.uniform(0.5, 1), min(key, 55), int(rng.integers(70, 127))))
        beat += length
    return notes


def rhythm(rng, beats, swing=False):
    """A pattern of one bar, played with small changes."""
    steps = 12 if swing else 16
    weights = {KICK: 0.25, SNARE: 0.2, CLOSED: 0.5, OPEN: 0.08, RIDE: 0.4 if swing else 0.1, RIM: 0.08, PEDAL: 0.1,
               CRASH: 0.02, int(rng.choice(TOMS)): 0.1, int(rng.integers(54, 82)): 0.12}
    bar = [(step, key) for step in range(steps) for key, share in weights.items() if rng.random() < share]
    bar += [(0, KICK), (steps // 4, SNARE), (3 * steps // 4, SNARE)]
    notes = []
    for first in range(0, int(beats), 4):
        notes += [(DRUMS, first + 4 * step / steps, 0.2, key, int(rng.integers(45, 127))) for step, key in bar
                  if rng.random() < 0.92]
    return notes


# ---- kinds: each returns notes, programs and seconds of a beat ----


def instrument(rng, beats, index, for_judge):
    """One program alone: a melody, chords or both. Programs are gone through in turn."""
    mine = [p for p in range(128) if (p % 3 == 2) == for_judge]
    program = mine[index % len(mine)]
    low, high = RANGES[program // 8]
    harmony = Harmony(rng)
    low += int(rng.integers(0, (high - low) // 2))
    notes = melody(rng, harmony, 0, beats, low, high, 30)
    if rng.random() < 0.4:
        notes += chords(rng, harmony, 0, beats, low, int(rng.integers(2, 5)))
    return notes, {0: program}


def orchestra(rng, beats, _, for_judge):
    harmony, notes, programs = Harmony(rng), [], {}
    for channel in range(int(rng.integers(4, 9))):
        family = [STRINGS, WOOD, BRASS, STRINGS, PERCUSSIVE, CHOIRS, STRINGS, WOOD][channel]
        programs[channel] = choose(rng, family, for_judge)
        low = int(rng.choice([40, 48, 55, 60, 67]))
        if rng.random() < 0.5:
            notes += melody(rng, harmony, channel, beats, low, low + 28, 40, 0.3)
        else:
            notes += chords(rng, harmony, channel, beats, low, int(rng.integers(2, 5)))
    return notes + [(DRUMS, 0, 1, 49, 90)], {**programs, DRUMS: 48}


def combo(rng, beats, _, for_judge):
    """Ride and walking bass, a piano or guitar, a horn."""
    harmony = Harmony(rng)
    programs = {0: choose(rng, (32, 33, 35), for_judge), 1: choose(rng, KEYBOARDS + (26,), for_judge),
                2: choose(rng, (56, 57, 59, 64, 65, 66, 67, 71, 11), for_judge), DRUMS: int(rng.choice([32, 40, 0]))}
    notes = bass_line(rng, harmony, 0, beats, walking=True) + chords(rng, harmony, 1, beats, 55, 4)
    return notes + melody(rng, harmony, 2, beats, 55, 86) + rhythm(rng, beats, swing=True), programs


def band(rng, beats, _, for_judge):
    harmony = Harmony(rng)
    programs = {0: choose(rng, BASSES, for_judge), 1: choose(rng, GUITARS, for_judge),
                2: choose(rng, LEADS, for_judge), 3: choose(rng, PADS, for_judge), DRUMS: int(rng.choice(KITS[:6]))}
    notes = bass_line(rng, harmony, 0, beats) + chords(rng, harmony, 1, beats, 45)
    notes += melody(rng, harmony, 2, beats, 57, 90) + rhythm(rng, beats)
    return notes + (chords(rng, harmony, 3, beats, 55) if rng.random() < 0.5 else []), programs


def drums(rng, beats, *_):
    return rhythm(rng, beats, swing=rng.random() < 0.25), {DRUMS: int(rng.choice(KITS))}


def bass(rng, beats, _, for_judge):
    return bass_line(rng, Harmony(rng), 0, beats), {0: choose(rng, BASSES, for_judge)}


def choir(rng, beats, _, for_judge):
    harmony = Harmony(rng)
    notes = chords(rng, harmony, 0, beats, int(rng.choice([48, 55, 60])), int(rng.integers(2, 5)))
    notes += melody(rng, harmony, 1, beats, 60, 84, 40)
    return notes, {0: choose(rng, CHOIRS, for_judge), 1: choose(rng, CHOIRS, for_judge)}


def piano(rng, beats, _, for_judge):
    harmony = Harmony(rng)
    notes = melody(rng, harmony, 0, beats, 60, 100, 20) + chords(rng, harmony, 0, beats, int(rng.integers(30, 55)))
    return notes, {0: choose(rng, KEYBOARDS, for_judge)}


def play(score, seconds, beat_s, reverb, font):
    """The score as FluidSynth plays it: samples by 2 channels."""
    notes, programs = score
    with tempfile.TemporaryDirectory() as folder:
        midi_file, sound = Path(folder) / "score.mid", Path(folder) / "score.wav"
        midi_file.write_bytes(midi.file_of(notes, programs, beat_s))
        command = ["fluidsynth", "-n", "-i", "-q", "-g", "0.4", "-r", str(RATE_HZ), "-C", "0", "-R", str(reverb),
                   "-o", "synth.cpu-cores=1", "-o", "synth.dynamic-sample-loading=1", "-T", "wav", "-O", "float",
                   "-F", str(sound), font, str(midi_file)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0 or not sound.is_file():
            raise RuntimeError(f"fluidsynth failed: {done.stderr.strip()[:200]}")
        return soundfile.read(sound, always_2d=True, frames=round(seconds * RATE_HZ))[0]


def render(kind, rng, seconds, index, for_judge):
    beat_s = float(rng.uniform(0.28, 0.8))
    score = kind(rng, seconds / beat_s, index, for_judge)
    reverb = int(rng.integers(0, 2))
    fonts = DRUM_FONTS if for_judge and kind is drums else FONTS[for_judge]
    font = fonts[rng.integers(len(fonts))]
    if font in DRUM_FONTS[1:]:
        score = as_instrument(score)
    return play(score, seconds, beat_s, reverb, font)


def as_instrument(score):
    """Drums for a font that has them as its only program, and not as a kit."""
    return [(0, *note[1:]) for note in score[0]], {0: 0}
