# SPDX-License-Identifier: MIT
"""Kinds of sound, one by one: Zimtohrli, ViSQOL and noise-to-mask ratio, ours beside CELT at about the same bitrate.

The bar: on each kind and at each bitrate no worse than CELT in any of the three. Sounds of a folder are judged as kinds
of their own; their scores are means over channels.
"""

import shutil
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

import common
import scores
import signals
import test_sounds

TARGETS_KBPS = (64, 96, 128)
MEASURES = {"zimtohrli": "Zimtohrli", "visqol": "ViSQOL", "nmr_db": "NMR dB", "snr_db": "SNR dB"}
JUDGED = ("zimtohrli", "visqol", "nmr_db")  # SNR is told only
# What is taken as a tie: what these measures change by when nobody hears anything.
TIES = {"zimtohrli": 0.005, "visqol": 0.01, "nmr_db": 0.5}
# One step of distress in each, so that a worst case can be named over all.
STEPS = {"zimtohrli": 0.1, "visqol": 0.05, "nmr_db": 3.0}
MASKED_DB = -10.0  # noise so far under the mask is the same as any less of it


def measure(reference, decoded):
    """Scores of a decoded file; memory of them is the caller's."""
    import masking

    rate, xs = scores.read(reference)
    ys = scores.read(decoded)[1]
    heard = [(scores.to_listening_rate(x, rate), scores.to_listening_rate(y, rate)) for x, y in zip(xs, ys)]
    return {"snr_db": scores.snr_db(xs, ys),
            "zimtohrli": float(np.mean([scores.zimtohrli_mos(x, y) for x, y in heard])),
            "visqol": float(np.mean([scores.visqol_mos(x, y) for x, y in heard])),
            "nmr_db": float(np.mean([masking.nmr_db(x, y) for x, y in heard]))}


def render_all(folder):
    """Files of all kinds: {name: path}; says what cannot be rendered here."""
    found = {}
    for name, render in test_sounds.KINDS.items():
        sound = render()
        if sound is None:
            common.say(f"'{name}' is left out: there is no espeak-ng")
        else:
            found[name] = signals.write_sound(folder / f"{name}.wav", sound)
    return found


def code_one(residuum, codec, chosen, folder, job):
    name, path = job
    return name, path, signals.code_pairs(residuum, path, codec, chosen, folder / f"{signals.file_name(codec)} {name}")


def tasks(coded):
    """(name, target, ours or not, reference, decoded) of every file to be scored."""
    for name, path, pairs in coded:
        for target, files in pairs.items():
            for is_ours, file in zip((True, False), files):
                yield name, target, is_ours, path, file


def score_one(task, known):
    _, _, _, reference, decoded = task
    key = "kinds " + scores.key_of(reference, decoded)
    return key, known.get(key) or measure(reference, decoded)


def score_all(jobs, path):
    """Scores every file that was not scored before; every score is kept on disk at once."""
    known = common.read_scored(path)
    found = {}
    with ProcessPoolExecutor(common.PROCESSES) as pool, path.open("a") as log:
        for done, (task, (key, values)) in enumerate(zip(jobs, pool.map(score_one, jobs, [known] * len(jobs))), 1):
            found[task[:3]] = values
            if key not in known:
                log.write(common.scored_line(key, values))
                log.flush()
            if done % 30 == 0 or done == len(jobs):
                common.say(f"scored {done} of {len(jobs)}")
    return found


def make_row(name, target, kbps, ours, celt):
    """Differences are such that more is better."""
    row = {"name": name, "target_kbps": target, "kbps": kbps}
    short = []
    for m in MEASURES:
        row[m], row[f"celt_{m}"] = ours[m], celt[m]
    for m in JUDGED:
        a, b = ours[m], celt[m]
        better = max(b, MASKED_DB) - max(a, MASKED_DB) if m == "nmr_db" else a - b
        row[f"{m}_better"] = better
        short.append((better + TIES[m]) / STEPS[m])
    return {**row, "worst_steps": min(short), "passes": min(short) >= 0}


def by_kind(rows):
    """Rows of each kind, kinds in order of their worst row."""
    groups = {}
    for row in rows:
        groups.setdefault(row["name"], []).append(row)
    return sorted(groups.items(), key=lambda item: min(r["worst_steps"] for r in item[1]))


def summary(codec, rows, chosen):
    groups = by_kind(rows)
    failing = sum(not all(r["passes"] for r in mine) for _, mine in groups)
    lines = [f"{codec}: {failing} of {len(groups)} kinds are worse than CELT 2.5 ms in Zimtohrli, ViSQOL or noise-to-mask ratio "
             f"at one of {', '.join(f'{kbps:g}' for _, kbps in chosen.values())} kbps.", "",
             "Ours and CELT's at each bitrate, worst kind first; NMR: lower is better; ! marks what is worse than CELT's.", ""]
    body = []
    for name, mine in groups:
        cells = [name]
        for m in JUDGED:
            places = 1 if m == "nmr_db" else 2
            cells += ["; ".join(f"{r[m]:.{places}f} {r['celt_' + m]:.{places}f}{'!' if r[m + '_better'] < -TIES[m] else ''}"
                                for r in sorted(mine, key=lambda r: r["target_kbps"]))]
        body.append(cells)
    lines += signals.table(["kind", *(MEASURES[m] for m in JUDGED)], body)
    for m in JUDGED:
        worse = sum(r[f"{m}_better"] < -TIES[m] for r in rows)
        lines += ["" if m == JUDGED[0] else None, f"{MEASURES[m]}: worse in {worse} of {len(rows)} places, "
                  f"{np.mean([r[f'{m}_better'] for r in rows]):+.3f} better on average."]
    return "\n".join(line for line in lines if line is not None) + "\n"


def run(residuum, codec, out, folder, clips=()):
    """Judges one codec; writes CODEC-kinds.{csv,json,md} into `out`. Returns whether every bar is met.

    clips: paths of further sounds.
    """
    chosen = signals.choose(residuum, codec, TARGETS_KBPS, folder)
    sounds = render_all(folder / "kinds")
    sounds.update({Path(clip).stem: Path(clip) for clip in clips})
    coded = signals.at_once(lambda job: code_one(residuum, codec, chosen, folder, job), list(sounds.items()))
    found = score_all(list(tasks(coded)), out / "scored.jsonl")
    rows = [make_row(name, target, chosen[target][1], found[name, target, True], found[name, target, False])
            for name, _, pairs in coded for target in pairs]
    rows.sort(key=lambda r: r["worst_steps"])
    for name, _, _ in coded:
        shutil.rmtree(folder / f"{signals.file_name(codec)} {name}", ignore_errors=True)
    signals.keep(out, f"{signals.file_name(codec)}-kinds", rows, summary(signals.file_name(codec), rows, chosen))
    return all(row["passes"] for row in rows)
