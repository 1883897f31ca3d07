# SPDX-License-Identifier: MIT
"""How far live is from codecs with more delay: live-128 (5.3 ms) and live-256 (10.7) beside CELT and LC3plus.

CELT runs by `residuum compare`, LC3plus by the Python package lc3py (liblc3: its frames of 2.5 and 5 ms are LC3plus).
All are mono at a constant bitrate; what a level's bitrate is, the others are asked for.
"""

import shutil

import numpy as np
import scores
import signals
import soundfile

TARGETS_KBPS = (64, 96)
# Our codec, and the peers that it wants to be level with; delay in ms.
GOALS = {"live-128": ("opus-5ms", "lc3plus 5 ms"), "live-256": ("opus-10ms",)}
BESIDE = ("opus", "lc3plus 2.5 ms")
LC3_FRAMES_US = {"lc3plus 2.5 ms": 2500, "lc3plus 5 ms": 5000}
FIELDS = (("snr_db", 1), ("lsd_db", 2), ("visqol", 3), ("zimtohrli", 3))


def lc3plus(path, folder, name, kbps):
    """Codes and decodes one file, aligned with it; returns the row of a peer."""
    import lc3

    rate, samples = scores.read(path)
    if rate != signals.RATE_HZ:
        raise ValueError(f"{path} is not at {signals.RATE_HZ} Hz: LC3plus runs at the sound's rate, and is judged at this one")
    frame_us = LC3_FRAMES_US[name]
    rows, hop, delay_samples, coded_kbps = [], 0, 0, 0.0
    for channel in samples:
        encoder, decoder = lc3.Encoder(frame_us, rate), lc3.Decoder(frame_us, rate)
        hop, size = encoder.get_frame_samples(), encoder.get_frame_bytes(int(kbps * 1000))
        delay_samples, coded_kbps = encoder.get_delay_samples(), 8e3 * size / frame_us
        padded = np.concatenate([channel, np.zeros(delay_samples + hop - (len(channel) + delay_samples) % hop)])
        frames = [decoder.decode(encoder.encode(padded[i : i + hop].tolist(), size)) for i in range(0, len(padded), hop)]
        rows.append(np.concatenate(frames)[delay_samples : delay_samples + len(channel)])
    file = signals.write_sound(folder / f"{name} {kbps:g}.wav", np.stack(rows, axis=1))
    return {"codec": name, "kbps": coded_kbps, "latency_ms": 1e3 * (hop + delay_samples) / rate, "file": str(file)}


def code_clip(residuum, chosen, folder, clip):
    """{(codec, target): row} of one clip."""
    found, work = {}, folder / clip.name
    for codec, levels in chosen.items():
        signals.common.make_folder(work / codec)
        counts, rates = ([level[i] for level in levels.values()] for i in (0, 1))
        peers = [peer for peer in (*GOALS[codec], *BESIDE) if peer.startswith("opus")]
        command = [residuum, "compare", str(clip), "--against", ",".join(peers), "--codec", codec, "--json", "-", "--quiet",
                   "--levels", ",".join(map(str, counts)), "--rates", ",".join(f"{r:g}" for r in rates), "--write", str(work / codec)]
        rows = signals.common.run_json(command)["rows"]
        for target, (count, kbps) in levels.items():
            found[codec, codec, target] = next(r for r in rows if r["level_count"] == count)
            for peer in peers:
                found[codec, peer, target] = min((r for r in rows if r["codec"] == peer), key=lambda r: abs(r["asked_kbps"] - kbps))
            for peer in LC3_FRAMES_US:
                if peer in (*GOALS[codec], *BESIDE):
                    found[codec, peer, target] = lc3plus(clip, work / codec, peer, kbps)
    return found


def score_clip(clip, found):
    return [{"clip": clip.name, "beside": beside, "codec": codec, "target_kbps": target, "kbps": row["kbps"], "latency_ms": row["latency_ms"],
             **scores.score(clip, row["file"])} for (beside, codec, target), row in found.items()]


def judge(residuum, chosen, folder, clip):
    rows = score_clip(clip, code_clip(residuum, chosen, folder, clip))
    shutil.rmtree(folder / clip.name, ignore_errors=True)
    signals.common.say(f"scored {clip.name}")
    return rows


def cell(rows, field, places):
    worst = max if field == "lsd_db" else min
    values = [r[field] for r in rows]
    return f"{np.mean(values):.{places}f} ({worst(values):.{places}f})"


def distance(ours, theirs):
    """Ours less theirs by each measure, and on how many clips ours is ahead."""
    cells = []
    for field, places in FIELDS:
        sign = -1 if field == "lsd_db" else 1
        gains = [sign * (a[field] - b[field]) for a, b in zip(ours, theirs)]
        cells.append(f"{sign * np.mean(gains):+.{places}f}; {sum(g > 0 for g in gains)}")
    return cells


def summary(rows):
    def pick(beside, codec, target):
        return sorted((r for r in rows if (r["beside"], r["codec"], r["target_kbps"]) == (beside, codec, target)), key=lambda r: r["clip"])

    body, far = [], []
    for ours, goals in GOALS.items():
        for target in TARGETS_KBPS:
            for codec in (ours, *goals, *BESIDE):
                mine = pick(ours, codec, target)
                if mine:
                    body.append([codec, f"{mine[0]['latency_ms']:.1f}", f"{mine[0]['kbps']:.1f}", *(cell(mine, f, p) for f, p in FIELDS)])
            far += [[f"{ours} less {goal}", f"{pick(ours, ours, target)[0]['kbps']:.1f}", *distance(pick(ours, ours, target), pick(ours, goal, target))]
                    for goal in goals if pick(ours, goal, target)]
    count = len({r["clip"] for r in rows})
    lines = [f"Means over {count} sounds, with the worst in brackets.", ""]
    lines += signals.table(["codec", "delay ms", "kbps", "SNR dB", "LSD dB", "ViSQOL", "Zimtohrli"], body)
    lines += ["", f"The distance to codecs of more delay, and on how many of {count} sounds live is ahead (less LSD is better):", ""]
    return "\n".join(lines + signals.table(["", "kbps", "SNR dB", "LSD dB", "ViSQOL", "Zimtohrli"], far)) + "\n"


def run(residuum, clips, out, folder):
    """Writes peers.{csv,json,md} into `out`."""
    chosen = {}
    for codec in GOALS:
        levels = signals.ladder(residuum, codec, folder)
        chosen[codec] = {target: min(levels, key=lambda level: abs(level[1] - target)) for target in TARGETS_KBPS}
    rows = [row for part in signals.in_processes(judge, [(residuum, chosen, folder, clip) for clip in clips]) for row in part]
    signals.keep(out, "peers", rows, summary(rows))
