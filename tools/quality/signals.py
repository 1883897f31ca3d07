# SPDX-License-Identifier: MIT
"""What the sets of `run --signals` share: the formulas, coding beside Opus CELT, bitrates, and how a verdict is written.

A set renders its sounds, has `residuum compare` code them, and judges what came out. Its rows are sorted worst first.
"""

import csv
import json
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import common
import numpy as np
import soundfile

sys.path.append(str(common.ROOT / "tools" / "corpus"))
import tones

RATE_HZ = tones.RATE_HZ
NEAR = 0.25  # a level that is further off than this share is no answer for a bitrate


def write_sound(path, sound):
    common.make_folder(path.parent)
    soundfile.write(path, sound, RATE_HZ, subtype="FLOAT")
    return path


def ladder(residuum, codec, folder):
    """Level counts and their kbps, as `residuum compare` has them for a moment of noise."""
    noise = 0.1 * np.random.default_rng(1).standard_normal(RATE_HZ // 4)
    rows = code(residuum, write_sound(folder / "ladder.wav", noise), codec, None, [64], None)
    return [(row["level_count"], row["kbps"]) for row in rows if row["level_count"]]


def nearest(levels, kbps):
    """The level next to a bitrate, or None: (level count, kbps)."""
    found = min(levels, key=lambda level: abs(level[1] - kbps))
    return found if abs(found[1] - kbps) <= NEAR * kbps else None


def code(residuum, sound, codec, level_counts, rates_kbps, folder):
    """Rows of `residuum compare` for one file: ours at these level counts (None: all), CELT at these bitrates."""
    command = [residuum, "compare", str(sound), "--against", "opus", "--codec", codec, "--json", "-", "--quiet",
               "--rates", ",".join(f"{kbps:g}" for kbps in rates_kbps)]
    if level_counts:
        command += ["--levels", ",".join(map(str, level_counts))]
    if folder:
        common.make_folder(folder)
        command += ["--write", str(folder)]
    return common.run_json(command)["rows"]


def code_pairs(residuum, sound, codec, chosen, folder):
    """Codes a sound at chosen levels and CELT at their bitrates: {target: (our file, CELT's file)}.

    chosen: {target kbps: (level count, kbps)}.
    """
    counts, rates = ([pair[i] for pair in chosen.values()] for i in (0, 1))
    rows = code(residuum, sound, codec, sorted(set(counts)), sorted(set(rates)), folder)
    ours = {row["level_count"]: row["file"] for row in rows if row["level_count"]}
    peers = [row for row in rows if not row["level_count"]]
    found = {}
    for target, (count, kbps) in chosen.items():
        peer = min(peers, key=lambda row: abs(row["asked_kbps"] - kbps))
        found[target] = (ours[count], peer["file"])
    return found


def choose(residuum, codec, targets, folder):
    """{target: (level count, kbps)} for the bitrates that the codec has a level for."""
    levels = ladder(residuum, codec, folder)
    return {target: nearest(levels, target) for target in targets if nearest(levels, target)}


def at_once(work, jobs):
    """The results of work(job), in order; the commands that it runs are the processes."""
    with ThreadPoolExecutor(common.PROCESSES) as pool:
        return list(pool.map(work, jobs))


def in_processes(work, jobs):
    """The same of work(*job), where the work is Python's own."""
    with ProcessPoolExecutor(common.PROCESSES) as pool:
        return [done.result() for done in [pool.submit(work, *job) for job in jobs]]


def read(path):
    """First channel of a file."""
    return soundfile.read(path, always_2d=True)[0][:, 0]


def keep(out, name, rows, text):
    """The whole as CSV and JSON, the summary as it is printed."""
    common.make_folder(out)
    (out / f"{name}.json").write_text(json.dumps(rows, indent=1) + "\n")
    fields = list(dict.fromkeys(field for row in rows for field in row))
    with (out / f"{name}.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, fields)
        writer.writeheader()
        writer.writerows({k: f"{v:.3f}" if isinstance(v, float) else v for k, v in row.items()} for row in rows)
    (out / f"{name}.md").write_text(text)
    sys.stdout.write(text + "\n")


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def decibels(ratio):
    return float(20 * np.log10(max(ratio, 1e-9)))


def file_name(codec):
    """A codec's name, or that of its file, as part of a file's name."""
    return codec.rstrip("/").rsplit("/", 1)[-1].removesuffix(".safetensors").replace(":", "-")
