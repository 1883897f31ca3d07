#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_token_scores.py ROOT FOLDER: tools/models/score.py ranks sounds by what was done to them, and refuses what it
cannot compare by one line."""
import subprocess
import sys

import support
from support import check, folder, root

support.enter()
import numpy as np
import soundfile

sys.path.insert(1, str(root / "tools" / "models"))
import score

RATE_HZ = 16000
random = np.random.default_rng(5)


def noise_between(low_hz, high_hz, count):
    spectrum = np.fft.rfft(random.standard_normal(count))
    hz = np.fft.rfftfreq(count, 1 / RATE_HZ)
    return np.fft.irfft(np.where((hz >= low_hz) & (hz < high_hz), spectrum, 0), count)


def check_distance():
    x = 0.1 * random.standard_normal(2 * RATE_HZ)
    check(score.log_mel_distance(x, x, RATE_HZ) == 0, "a copy is at a distance")
    halved = score.log_mel_distance(x, 0.5 * x, RATE_HZ)
    check(abs(halved - 6.02) < 0.05, f"half of a noise is at {halved:.2f} dB, not 6.02")
    low, high = noise_between(0, 4000, len(x)), noise_between(4000, 8000, len(x))
    dulled = score.log_mel_distance(low + high, low + 0.1 * high, RATE_HZ)
    peaks_hz = np.fft.rfftfreq(score.WINDOW, 1 / RATE_HZ)[score.mel_filters(RATE_HZ).argmax(1)]
    wanted = 20 * np.sqrt(np.mean(peaks_hz > 4000))  # those bands alone differ, by 20 dB
    check(abs(dulled - wanted) < 0.7, f"20 dB off the bands above 4 kHz are {dulled:.2f} dB, not {wanted:.2f}")
    check(score.log_mel_distance(x, np.concatenate([x, x]), RATE_HZ) == 0, "what is longer is not cut")


def write(name, sounds):
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    for number, sound in enumerate(sounds):
        soundfile.write(place / f"{number}.wav", sound, RATE_HZ, subtype="FLOAT")
    return place


def run(*words):
    return subprocess.run([sys.executable, root / "tools/models/score.py", *words], capture_output=True, text=True)


def check_rows():
    t = np.arange(3 * RATE_HZ) / RATE_HZ
    sounds = [sum(np.sin(2 * np.pi * f * k * t) / k for k in range(1, 9)) * 0.1 * (1 + np.sin(9 * t)) for f in (150, 220)]
    originals, copies = write("originals", sounds), write("copies", sounds)
    noisy = write("noisy", [s + 0.03 * random.standard_normal(s.size) for s in sounds])
    done = run(originals, copies, noisy)
    rows = {line.split()[0]: [float(word) for word in line.split()[1:]] for line in done.stdout.splitlines()[1:]}
    check(done.returncode == 0 and list(rows) == ["copies", "noisy"], f"a row a folder: {done.stdout}{done.stderr}")
    mos, least, mel = rows["copies"]
    check(mos > 4.6 and least <= mos and mel == 0, f"a copy is not the best: {rows['copies']}")
    check(rows["noisy"][0] < mos - 0.3 and rows["noisy"][2] > 3, f"noise is not worse: {rows['noisy']}")
    (noisy / "1.wav").unlink()
    for words, wanted in (((originals, noisy), "has no 1.wav"), ((folder / "none", noisy), "no WAV files"), ((originals,), "usage")):
        done = run(*words)
        check(done.returncode == 1 and wanted in done.stderr and "Traceback" not in done.stderr, f"{words}: {done.stderr}")


check_distance()
check_rows()
support.end()
