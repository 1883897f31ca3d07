# SPDX-License-Identifier: MIT
"""Steady tones: SNR and gain against frequency and level, ours beside CELT at the same bitrate.

One file holds many tones with pauses of digital silence between; a tone is judged in its middle, so that neither its
ends nor its neighbours count. Bars: a sine has CELT's SNR less 1 dB at 64 and 128 kbps, 30 dB at 195, and its own
amplitude within 0.5 dB; a clipped sine has 35 dB at 195; two tones and a sweep have at least CELT's SNR.
"""

import numpy as np

import signals
from signals import RATE_HZ, tones

TARGETS_KBPS = (64, 128, 195)
TOP_KBPS = 195
LEVELS_DBFS = (-1, -20, -40)
FREQUENCIES_HZ = [30 * 2 ** (step / 6) for step in range(56)] + [18000.0]
ISSUE_HZ = [8000.0, 10000.0, 12000.0, 14000.0, 16000.0]  # round ones, which people try first
CLIPPED_HZ = [30 * 2 ** (step / 3) for step in range(12)] + [82.0, 440.0]
DRIVES = (1.5, 4, 30)  # amplitudes of the sine before it is clipped at 1; the last is next to a square
TONE_S, PAUSE_S, SKIPPED_S = 0.55, 0.15, 0.1  # of a tone, the skipped time at either end is not judged
SNR_BELOW_CELT_DB, SNR_AT_TOP_DB, CLIPPED_AT_TOP_DB, GAIN_DB = 1.0, 30.0, 35.0, 0.5
SHOWN = 12  # rows of the summary


def sine_set():
    """Lists of (group, name, Hz, dBFS, samples), one list a file."""
    count = round(TONE_S * RATE_HZ)
    files = []
    for level_dbfs in LEVELS_DBFS:
        frequencies = FREQUENCIES_HZ + (ISSUE_HZ if level_dbfs == -1 else [])
        files.append([("sine", f"sine {f:.0f} Hz, {level_dbfs} dBFS", f, level_dbfs,
                       tones.amplitude(level_dbfs) * tones.sine(f, count, 0.618 * i)) for i, f in enumerate(frequencies)])
    return files + [other_set(count)]


def other_set(count):
    found = [("clipped", f"sine {f:.0f} Hz clipped from {drive:g}", f, -1,
              tones.amplitude(-1) * tones.clipped_sine(f, count, drive, 0.618 * i))
             for drive in DRIVES for i, f in enumerate(CLIPPED_HZ)]
    long = 4 * RATE_HZ
    for low_hz, high_hz in ((19000, 20000), (60, 7000)):
        both = (tones.sine(low_hz, long // 2) + tones.sine(high_hz, long // 2, 1.0)) / 2
        found.append(("other", f"two tones {low_hz} + {high_hz} Hz", None, -1, tones.amplitude(-1) * both))
    return found + [("other", "log sweep 20 Hz to 20 kHz", None, -6, tones.amplitude(-6) * tones.log_sweep(20, 20000, long))]


def one_file(parts):
    """The parts with pauses between, faded over 10 ms; and where each begins."""
    pause = np.zeros(round(PAUSE_S * RATE_HZ))
    pieces, starts, at = [pause], [], len(pause)
    for part in parts:
        starts.append(at)
        pieces += [tones.fade(part[4], 480, 480), pause]
        at += len(part[4]) + len(pause)
    return np.concatenate(pieces), starts


def gain_db(x, y, frequency_hz):
    """Amplitude of y less that of x at one frequency, whatever their phases."""
    wave = np.exp(-2j * np.pi * frequency_hz * np.arange(len(x)) / RATE_HZ) * np.hanning(len(x))
    return signals.decibels(abs(np.dot(y, wave)) / abs(np.dot(x, wave)))


def snr_db(x, y):
    return float(10 * np.log10(np.sum(x**2) / (np.sum((x - y) ** 2) + 1e-20)))


def bar_db(group, target, celt_snr_db):
    """The least SNR, or None where nothing is asked."""
    if group == "other":
        return celt_snr_db
    if group == "clipped":
        return CLIPPED_AT_TOP_DB if target == TOP_KBPS else None
    return SNR_AT_TOP_DB if target == TOP_KBPS else celt_snr_db - SNR_BELOW_CELT_DB


def judge(part, start, sound, decoded, target, kbps):
    """A row: one tone at one bitrate. decoded: (ours, CELT's)."""
    group, name, frequency_hz, level_dbfs, samples = part
    skipped = round(SKIPPED_S * RATE_HZ)
    middle = slice(start + skipped, start + len(samples) - skipped)
    x, (ours, celt) = sound[middle], (y[middle] for y in decoded)
    row = {"name": name, "group": group, "frequency_hz": frequency_hz, "level_dbfs": level_dbfs, "target_kbps": target,
           "kbps": kbps, "snr_db": snr_db(x, ours), "celt_snr_db": snr_db(x, celt)}
    bar = bar_db(group, target, row["celt_snr_db"])
    row["margin_db"] = None if bar is None else row["snr_db"] - bar
    row["gain_db"] = row["celt_gain_db"] = None
    if group == "sine":
        row["gain_db"], row["celt_gain_db"] = (gain_db(x, y, frequency_hz) for y in (ours, celt))
    loud_enough = row["gain_db"] is None or abs(row["gain_db"]) <= GAIN_DB
    row["passes"] = bool(loud_enough and (bar is None or row["margin_db"] >= 0))
    return row


def judge_file(residuum, codec, chosen, folder, number, parts):
    sound, starts = one_file(parts)
    path = signals.write_sound(folder / f"tones{number}.wav", sound)
    pairs = signals.code_pairs(residuum, path, codec, chosen, folder / f"tones{number}")
    rows = []
    for target, files in pairs.items():
        decoded = [signals.read(file) for file in files]
        rows += [judge(part, start, sound, decoded, target, chosen[target][1]) for part, start in zip(parts, starts)]
    return rows


def shown(row):
    def figure(value, form=".1f"):
        return "" if value is None else f"{value:{form}}"

    return [row["name"], f"{row['kbps']:.1f}", figure(row["snr_db"]), figure(row["celt_snr_db"]), figure(row["margin_db"], "+.1f"),
            figure(row["gain_db"], "+.2f"), "" if row["passes"] else "fails"]


def summary(codec, rows, chosen):
    judged = [row for row in rows if row["margin_db"] is not None or row["gain_db"] is not None]
    lines = [f"{codec}: {sum(not r['passes'] for r in judged)} of {len(judged)} tones at a bitrate fail their bar.", ""]
    counts = []
    for group in ("sine", "clipped", "other"):
        for target in chosen:
            mine = [r for r in judged if r["group"] == group and r["target_kbps"] == target]
            if mine:
                off = [abs(r["gain_db"]) for r in mine if r["gain_db"] is not None]
                counts.append([group, f"{chosen[target][1]:.1f}", f"{sum(not r['passes'] for r in mine)} of {len(mine)}",
                               f"{min(r['margin_db'] for r in mine):+.1f}", f"{max(off):.2f}" if off else "",
                               f"{np.median([r['snr_db'] - r['celt_snr_db'] for r in mine]):+.1f}"])
    lines += signals.table(["tones", "kbps", "fail", "least SNR less bar, dB", "gain off by, dB", "SNR less CELT's, median"], counts)
    lines += ["", f"The worst {SHOWN}:", ""]
    lines += signals.table(["tone", "kbps", "SNR", "CELT's", "less bar", "gain", ""], [shown(r) for r in judged[:SHOWN]])
    return "\n".join(lines) + "\n"


def run(residuum, codec, out, folder):
    """Judges one codec; writes CODEC-sines.{csv,json,md,svg} into `out`. Returns whether every bar is met."""
    import tone_picture

    chosen = signals.choose(residuum, codec, TARGETS_KBPS, folder)
    jobs = list(enumerate(sine_set()))
    found = signals.at_once(lambda job: judge_file(residuum, codec, chosen, folder, *job), jobs)
    rows = sorted((row for part in found for row in part), key=lambda r: 1e9 if r["margin_db"] is None else r["margin_db"])
    name = f"{signals.file_name(codec)}-sines"
    signals.keep(out, name, rows, summary(signals.file_name(codec), rows, chosen))
    tone_picture.draw(signals.file_name(codec), rows, out / f"{name}.svg")
    return all(row["passes"] for row in rows)
