# SPDX-License-Identifier: MIT
"""Means over clips, and the words and tables made of them."""

import statistics

from scores import METRICS

WORST = {"snr_db": min, "lsd_db": max, "visqol": min, "zimtohrli": min}
NAMES = {"snr_db": "SNR dB", "lsd_db": "LSD dB", "visqol": "ViSQOL", "zimtohrli": "Zimtohrli"}
NEAR = 0.1  # a level is set against a bitrate that the peer was asked for and that is no further off than this share


def gather(rows):
    """Rows of single clips to one row for each level count and bitrate, in order of bitrate."""
    groups = {}
    for row in rows:
        groups.setdefault((row["codec"], row["level_count"], row["asked_kbps"]), []).append(row)
    ladder = []
    for (codec, level_count, asked_kbps), group in groups.items():
        clips = {row["clip"]: row["scores"] for row in group}
        values = {m: [scores[m] for scores in clips.values()] for m in METRICS}
        ladder.append({
            "codec": codec,
            "level_count": level_count,
            "asked_kbps": asked_kbps,
            "version": group[0].get("version"),  # None: results of an older residuum
            "kbps": statistics.mean(row["kbps"] for row in group),
            "latency_ms": group[0]["latency_ms"],
            "cpu_share": statistics.mean(row["cpu_share"] for row in group),
            "mean": {m: statistics.mean(values[m]) for m in METRICS},
            "worst": {m: WORST[m](values[m]) for m in METRICS},
            "clips": clips,
        })
    return sorted(ladder, key=lambda row: (row["level_count"] is None, row["codec"], row["kbps"]))


def codecs(ladder):
    """Names in order, ours first, each with its rows."""
    found = {}
    for row in ladder:
        found.setdefault(row["codec"], []).append(row)
    return found


def title(name, rows):
    """A codec with the version of what codes, where it is of another maker."""
    version = rows[0].get("version") if rows[0]["level_count"] is None else None
    return f"{name} ({version})" if version else name


def number(value, decimals=2):
    return f"{value:.{decimals}f}"


def codec_table(codec, rows):
    is_ours = rows[0]["level_count"] is not None
    lines = [f"| {title(codec, rows)}, {rows[0]['latency_ms']:.2f} ms, kbps{' (level)' if is_ours else ''} | SNR dB (worst clip) | "
             "LSD dB | ViSQOL (worst) | Zimtohrli (worst) | CPU % |", "|---|---|---|---|---|---|"]
    for row in rows:
        mean, worst = row["mean"], row["worst"]
        level = f" ({row['level_count']})" if is_ours else ""
        lines.append(f"| {row['kbps']:.1f}{level} | {mean['snr_db']:.1f} ({worst['snr_db']:.1f}) | "
                     f"{mean['lsd_db']:.2f} | {mean['visqol']:.2f} ({worst['visqol']:.2f}) | "
                     f"{mean['zimtohrli']:.2f} ({worst['zimtohrli']:.2f}) | {100 * row['cpu_share']:.2f} |")
    return lines


def pairs(ours, peers):
    """Each bitrate of the peer with the level nearest to it, where one is near enough."""
    for peer in peers:
        asked = peer["asked_kbps"]
        nearest = min(ours, key=lambda row: abs(row["kbps"] - asked))
        if abs(nearest["kbps"] - asked) <= NEAR * asked:
            yield nearest, peer


def difference_table(codec, ours, peer_name, peers):
    lines = [f"| {peer_name}, kbps | {codec}, kbps (level) | " + " | ".join(NAMES[m] for m in METRICS) +
             " | ViSQOL, worst clip |", "|---|---|---|---|---|---|---|"]
    for row, peer in pairs(ours, peers):
        figures = [f"{row['mean'][m] - peer['mean'][m]:+.2f}" for m in METRICS]
        figures.append(f"{row['worst']['visqol'] - peer['worst']['visqol']:+.2f}")
        lines.append(f"| {peer['kbps']:.1f} | {row['kbps']:.1f} ({row['level_count']}) | {' | '.join(figures)} |")
    return lines if len(lines) > 2 else []


def is_better(metric, value, than):
    return value < than if metric == "lsd_db" else value > than


def ladder_faults(codec, rows):
    """Where a level is no better than the one before."""
    for below, above in zip(rows, rows[1:]):
        for m in METRICS:
            if not is_better(m, above["mean"][m], below["mean"][m]):
                yield (f"{codec}: level {above['level_count']} is not better than level {below['level_count']} in "
                       f"{NAMES[m]}: {number(above['mean'][m], 3)}, {number(below['mean'][m], 3)}")
        for clip, scores in above["clips"].items():
            loss = below["clips"][clip]["snr_db"] - scores["snr_db"]
            if loss > 0.1:
                yield (f"{codec}: level {above['level_count']} loses {number(loss)} dB of SNR on {clip} against level "
                       f"{below['level_count']}")


def bitrate_at(rows, visqol):
    """Bitrate at which a ladder reaches a ViSQOL, between its levels by a straight line; None where it does not."""
    below = None
    for row in rows:
        reached = row["mean"]["visqol"]
        if reached >= visqol:
            if below is None:
                return row["kbps"]
            share = (visqol - below["mean"]["visqol"]) / (reached - below["mean"]["visqol"])
            return below["kbps"] + share * (row["kbps"] - below["kbps"])
        if below is None or reached > below["mean"]["visqol"]:
            below = row
    return None


def equal_visqol_table(base, base_rows, other, rows):
    """What `other` needs for the ViSQOL of each level of `base`."""
    lines = [f"| ViSQOL | {base}, kbps | {other}, kbps | times |", "|---|---|---|---|"]
    for row in base_rows:
        wanted = row["mean"]["visqol"]
        needed = bitrate_at(rows, wanted)
        if needed is None:
            figures = ["not reached", ""]
        else:
            figures = [number(needed, 1), number(needed / row["kbps"])]
            if wanted < rows[0]["mean"]["visqol"]:
                figures = [f"under {figures[0]}", f"under {figures[1]}"]
        lines.append(f"| {number(wanted)} | {row['kbps']:.1f} | {' | '.join(figures)} |")
    return lines


def markdown(ladder, base):
    """`base`: the codec that others of ours are set against at equal ViSQOL."""
    names = codecs(ladder)
    ours = {name: rows for name, rows in names.items() if rows[0]["level_count"] is not None}
    peers = {name: rows for name, rows in names.items() if name not in ours}
    clip_count = len(ladder[0]["clips"])
    lines = [f"Means over {clip_count} clip{'' if clip_count == 1 else 's'}; kbps of one channel.", ""]
    for name, rows in names.items():
        lines += codec_table(name, rows) + [""]
    for name, rows in ours.items():
        for peer_name, peer_rows in peers.items():
            differences = difference_table(name, rows, peer_name, peer_rows)
            if differences:
                lines += [f"{name} less {peer_name} (more is better, but for LSD):", "", *differences, ""]
        faults = list(ladder_faults(name, rows))
        lines += [f"- {fault}" for fault in faults] + ([""] if faults else [])
    for name, rows in ours.items():
        if name != base:
            lines += [f"{name} at the ViSQOL of {base}:", "", *equal_visqol_table(base, ours[base], name, rows), ""]
    return "\n".join(lines).rstrip() + "\n"
