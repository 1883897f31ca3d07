# SPDX-License-Identifier: MIT
"""Scores decoded sounds against their originals: ViSQOL and the distance of log-mel spectra.

usage: score.py ORIGINALS DECODED...      (folders with WAV files of the same names, at 16 kHz)

Run by the Python of tools/quality's environment. Prints a row a folder: means over the sounds, and the least ViSQOL.
"""

import pathlib
import sys

import numpy as np
import soundfile

sys.path.insert(0, str(pathlib.Path(__file__, "../../quality").resolve()))
from scores import to_listening_rate, visqol_mos  # noqa: E402

WINDOW, STEP, BANDS = 512, 160, 40


def mel_filters(rate_hz):
    """(BANDS, bins): triangles of equal width in mel, 60 Hz to half the rate."""
    mel = lambda hz: 2595 * np.log10(1 + hz / 700)  # noqa: E731
    edges = 700 * (10 ** (np.linspace(mel(60), mel(rate_hz / 2), BANDS + 2) / 2595) - 1)
    bins = np.fft.rfftfreq(WINDOW, 1 / rate_hz)
    rise = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0, np.minimum(rise, fall))


def log_mel_db(x, rate_hz):
    starts = np.arange(0, len(x) - WINDOW, STEP)[:, None] + np.arange(WINDOW)
    power = np.abs(np.fft.rfft(x[starts] * np.hanning(WINDOW), axis=1)) ** 2
    return 10 * np.log10(power @ mel_filters(rate_hz).T + 1e-4)


def log_mel_distance(x, y, rate_hz):
    """Mean over frames of the root mean square over bands, in dB."""
    length = min(len(x), len(y))
    difference = log_mel_db(x[:length], rate_hz) - log_mel_db(y[:length], rate_hz)
    return float(np.sqrt((difference**2).mean(1)).mean())


def score_folder(originals, folder):
    """Means over the sounds of ViSQOL and log-mel distance, and the least ViSQOL."""
    mos, mel = [], []
    for path in sorted(originals.glob("*.wav")):
        x, rate_hz = soundfile.read(path)
        y, decoded_rate_hz = soundfile.read(folder / path.name)
        if x.ndim > 1 or y.ndim > 1 or rate_hz != 16000 or decoded_rate_hz != rate_hz:
            sys.exit(f"score.py: {path.name}: mono at 16 kHz is wanted of both")
        length = min(len(x), len(y))
        heard = [to_listening_rate(s[:length], rate_hz) for s in (x, y)]
        mos.append(visqol_mos(*heard))
        mel.append(log_mel_distance(x, y, rate_hz))
    return float(np.mean(mos)), min(mos), float(np.mean(mel))


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: score.py ORIGINALS DECODED...")
    originals, *folders = map(pathlib.Path, sys.argv[1:])
    names = [path.name for path in originals.glob("*.wav")]
    if not names:
        sys.exit(f"score.py: {originals}: no WAV files")
    for folder in folders:
        lacks = [name for name in names if not (folder / name).is_file()]
        if lacks:
            sys.exit(f"score.py: {folder}: has no {lacks[0]}")
    print(f"{'':28} ViSQOL  least  log-mel dB")
    for folder in folders:
        mos, least, mel = score_folder(originals, folder)
        print(f"{folder.name:28} {mos:6.3f} {least:6.3f} {mel:9.2f}", flush=True)


if __name__ == "__main__":
    main()
