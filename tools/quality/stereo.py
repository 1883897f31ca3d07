# SPDX-License-Identifier: MIT
"""Stereo sounds: ours as a pair, ours with each channel by itself, and Opus CELT in joint stereo at the sum of the bitrates.

Sounds are mixed from the kinds of test_sounds.py: in the middle, panned, wide, on one side, with nothing in common.
The bars: as a pair no worse than each channel by itself (SNR of both within 0.5 dB, Zimtohrli within 0.02), and the image
is kept: the sum over the difference changes by at most 6 dB where the sum is louder by 10 dB or more.
"""

import numpy as np

import scores
import signals
import test_sounds
from signals import RATE_HZ

TARGETS_KBPS = (12, 24, 64, 96, 128)  # of one channel
LOSS_DB, LOSS_MOS, IMAGE_DB = 0.5, 0.02, 6.0
NEAR_MONO_DB = 43.0


def unit(sound):
    return 0.1 * sound / np.sqrt(np.mean(sound**2))


def kind(name):
    sound = test_sounds.KINDS[name]()
    return None if sound is None else unit(sound[: 3 * RATE_HZ])


def panned(sources):
    """(sound, left gain, right gain) of each source, added."""
    count = min(len(s) for s, _, _ in sources)
    mixed = sum(np.outer(s[:count], (left, right)) for s, left, right in sources)
    return 0.7 * mixed / np.max(np.abs(mixed))


def room(sound, decay_samples=5000):
    """Two decays of noise that have nothing in common, as of a room."""
    from scipy.signal import fftconvolve

    draw = np.random.default_rng(5)
    tail = draw.standard_normal((2, 24000)) * np.exp(-np.arange(24000) / decay_samples) * 0.03
    return np.stack([sound + fftconvolve(sound, tail[c])[: len(sound)] for c in range(2)], axis=1)


def mixes():
    """{name: samples, two columns}."""
    lead, chord, drums, keys, plucks = (kind(k) for k in ("synthetic lead", "dense chord", "kick", "jingling keys", "plucked string"))
    side = 10 ** (-NEAR_MONO_DB / 20)
    found = {
        "in the middle": panned([(lead, 0.7, 0.7)]),
        f"in the middle, sides {NEAR_MONO_DB:g} dB under it": panned([(chord, 1, 1), (keys, side, -side)]),
        "panned by 20 degrees": panned([(lead, 0.94, 0.34)]),
        "panned by 60 degrees": panned([(plucks, 0.5, 0.87)]),
        "four panned sounds": panned([(drums, 0.7, 0.7), (lead, 0.9, 0.4), (plucks, 0.4, 0.9), (chord, 0.6, 0.8)]),
        "a lead in a room": 0.3 * room(lead),
        "plucked strings in a room": 0.3 * room(plucks),
        "opposite in sign": panned([(plucks, 0.7, -0.7)]),
        "two that have nothing in common": panned([(lead, 1, 0), (chord, 0, 1)]),
        "drums and chord, apart": panned([(drums, 1, 0), (chord, 0, 1)]),
        "on the left alone": panned([(plucks, 1, 0)]),
    }
    speech = kind("speech")
    if speech is not None:
        found["speech and lead, apart"] = panned([(speech, 1, 0), (lead, 0, 1)])
    return found


def snr_db(x, y):
    return signals.decibels(np.sqrt(np.sum(x**2) / (np.sum((x - y) ** 2) + 1e-20)))


def image_db(x):
    total, difference = np.sum((x[:, 0] + x[:, 1]) ** 2), np.sum((x[:, 0] - x[:, 1]) ** 2)
    return signals.decibels(np.sqrt((total + 1e-9) / (difference + 1e-9)))


def read(path):
    return scores.read(path)[1].T


def measure(x, y):
    heard = [c for c in range(2) if np.any(x[:, c])]
    mos = [scores.zimtohrli_mos(x[:, c], y[:, c]) for c in heard]
    return {"snr_db": snr_db(x, y), "zimtohrli": float(np.mean(mos)), "image_db": image_db(y)}


def code_one(residuum, codec, chosen, folder, job):
    name, samples = job
    path = signals.write_sound(folder / f"{name}.wav", samples)
    counts, rates = sorted({c for c, _ in chosen.values()}), sorted({max(k, 16) for _, k in chosen.values()})
    together = signals.code(residuum, path, codec, counts, rates, folder / name)
    apart = []
    for c in range(2):
        mono = signals.write_sound(folder / f"{name} {c}.wav", samples[:, c])
        apart.append(signals.code(residuum, mono, codec, counts, [64], folder / f"{name} {c}"))
    rows = []
    for target, (count, kbps) in chosen.items():
        ours = next(r["file"] for r in together if r["level_count"] == count)
        alone = [read(next(r["file"] for r in mono if r["level_count"] == count))[:, 0] for mono in apart]
        joint = [r for r in together if r["codec"] == "opus-stereo"]
        opus = min(joint, key=lambda r: abs(r["asked_kbps"] / 2 - max(kbps, 16)))
        rows.append((name, target, kbps, read(path), read(ours), np.stack(alone, axis=1), read(opus["file"])))
    return rows


def make_row(name, target, kbps, x, pair, apart, opus):
    row = {"name": name, "target_kbps": target, "kbps": kbps, "image_db": image_db(x)}
    for label, y in (("pair", pair), ("apart", apart), ("opus", opus)):
        row.update({f"{label}_{key}": value for key, value in measure(x, y[: len(x)]).items()})
    over = [(row["apart_snr_db"] - row["pair_snr_db"]) / LOSS_DB, (row["apart_zimtohrli"] - row["pair_zimtohrli"]) / LOSS_MOS]
    if 10 <= row["image_db"] <= 60:
        over.append(abs(row["pair_image_db"] - row["image_db"]) / IMAGE_DB)
    return {**row, "worst": max(over), "passes": max(over) <= 1}


def summary(codec, rows):
    lines = [f"{codec}: {sum(not r['passes'] for r in rows)} of {len(rows)} places lose more than {LOSS_DB:g} dB or {LOSS_MOS:g} of a "
             f"MOS to channels by themselves, or change a narrow image by more than {IMAGE_DB:g} dB.", "",
             "As a pair; each channel by itself; Opus in joint stereo (2.5 ms, at 16 kbps a channel or more). Worst sound first.", ""]
    names = list(dict.fromkeys(r["name"] for r in sorted(rows, key=lambda r: -r["worst"])))
    body = []
    for name in names:
        mine = sorted((r for r in rows if r["name"] == name), key=lambda r: r["target_kbps"])
        cells = ["; ".join(" ".join(f"{r[f'{label}_{field}']:.{places}f}" for label in ("pair", "apart", "opus")) for r in mine)
                 for field, places in (("snr_db", 1), ("zimtohrli", 2), ("image_db", 0))]
        body.append([f"{name} ({mine[0]['image_db']:.0f} dB)", *cells])
    rates = ", ".join(f"{r['kbps']:g}" for r in sorted((r for r in rows if r["name"] == names[0]), key=lambda r: r["target_kbps"]))
    lines += signals.table([f"sound (sum over difference); at {rates} kbps a channel", "SNR dB", "Zimtohrli", "sum over difference, dB"], body)
    for label in ("apart", "opus"):
        ahead = sum(r["pair_snr_db"] > r[f"{label}_snr_db"] for r in rows), sum(r["pair_zimtohrli"] > r[f"{label}_zimtohrli"] for r in rows)
        gain = np.mean([r["pair_snr_db"] - r[f"{label}_snr_db"] for r in rows]), np.mean([r["pair_zimtohrli"] - r[f"{label}_zimtohrli"] for r in rows])
        lines += ["", f"Beside {label}: ahead in {ahead[0]} (SNR) and {ahead[1]} (Zimtohrli) of {len(rows)} places; {gain[0]:+.1f} dB and {gain[1]:+.3f} on average."]
    return "\n".join(lines) + "\n"


def run(residuum, codec, out, folder):
    """Judges one codec; writes CODEC-stereo.{csv,json,md} into `out`. Returns whether every bar is met."""
    levels = signals.ladder(residuum, codec, folder)
    chosen = {kbps: min(levels, key=lambda level: abs(level[1] - kbps)) for kbps in TARGETS_KBPS}
    work = folder / "stereo"
    coded = signals.at_once(lambda job: code_one(residuum, codec, chosen, work, job), list(mixes().items()))
    rows = [make_row(*row) for rows in coded for row in rows]
    rows.sort(key=lambda r: -r["worst"])
    signals.keep(out, f"{signals.file_name(codec)}-stereo", rows, summary(signals.file_name(codec), rows))
    return all(row["passes"] for row in rows)
