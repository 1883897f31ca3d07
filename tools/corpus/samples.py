# SPDX-License-Identifier: MIT
"""Loops and rhythms: of the recordings of sonic-pi-samples for training, of others for judging.

The project's own training sounds (../shared/audio/train) hold nearly all of sonic-pi-samples. So the judge's loops are
those that are not in there, and its strokes come from hydrogen-drumkits, which nothing is trained on.
"""

from pathlib import Path

import numpy as np
import speech
import tones

LOOPS = Path("/usr/share/sonic-pi/samples")
KITS = Path("/usr/share/hydrogen/data/drumkits")
LONG = ("ambi_", "loop_", "guit_", "bass_", "vinyl_", "misc_")
FOR_JUDGE = {"loop_3d_printer", "loop_weirdo", "loop_tabla", "loop_mehackit2", "ambi_lunar_land", "ambi_sauna", "misc_crow"}
# Parts of these lie in the clips that the project measures itself by while it is developed (../shared/audio/dev).
KEPT_OUT = {"guit_em9", "loop_garzul", "loop_mika"}


def recordings(is_long, for_judge):
    if for_judge and not is_long:
        return sorted(p for p in KITS.glob("*/*") if p.suffix.lower() in (".flac", ".wav"))
    return [p for p in sorted(LOOPS.glob("*.flac")) if p.stem not in KEPT_OUT and p.stem.startswith(LONG) == is_long
            and (p.stem in FOR_JUDGE) == for_judge]


def take(rng, is_long, for_judge):
    """A recording at 48 kHz, its largest sample 1."""
    mine = recordings(is_long, for_judge)
    sound = speech.read(mine[rng.integers(len(mine))])
    return sound / max(np.max(np.abs(sound)), 1e-9)


def loop(rng, count, for_judge):
    """One recording, or two over each other, again and again, each at a speed of its own."""
    sound = np.zeros(count)
    for _ in range(int(rng.integers(1, 3))):
        part = at_speed(take(rng, True, for_judge), rng.uniform(0.8, 1.25))
        repeated = np.tile(part, -(-count // len(part)) + 1)
        first = int(rng.integers(len(part)))
        sound += tones.amplitude(rng.uniform(-12, 0)) * repeated[first : first + count]
    return sound


def at_speed(sound, speed):
    """Faster and higher, or slower and lower, as a tape does; between samples by straight lines."""
    return np.interp(np.arange(0, len(sound) - 1, speed), np.arange(len(sound)), sound)


def strokes(rng, count, for_judge):
    """A pattern of single strokes over sixteenths."""
    step = int(rng.uniform(0.09, 0.2) * tones.RATE_HZ)
    sound = np.zeros(count)
    for _ in range(int(rng.integers(3, 8))):
        part = at_speed(take(rng, False, for_judge), rng.uniform(0.85, 1.2)) * tones.amplitude(rng.uniform(-15, 0))
        pattern = rng.random(16) < rng.uniform(0.05, 0.5)
        for at in range(0, count, step):
            if pattern[at // step % 16]:
                tones.place(sound, part * rng.uniform(0.5, 1), at)
    return sound
