# SPDX-License-Identifier: MIT
"""Overshoot where sound begins: the peak of what is decoded less the peak of what went in, in dB, event by event.

Events lie in digital silence, long enough apart that a codec has forgotten the one before. Bars: 6 dB at level 1, 3 at
level 2, 1 at all levels. The events of one name are told apart by their number; the same numbers are the same sounds.
"""

import numpy as np

import signals
from signals import RATE_HZ, tones

BARS_DB = (6.0, 3.0, 1.0)  # of the level counts 1, 2, all
EVENTS = 1000
FADE_INS = 400
PAUSE = 19 * 256  # samples of silence between events, 19 frames of live-256
REACH = 2048  # samples after an event that still belong to it
EVENTS_A_FILE = 250
SHOWN = 15


def decaying(rng, sound):
    return sound * np.exp(-np.arange(len(sound)) / (rng.uniform(0.05, 0.5) * len(sound)))


def tone(rng, count):
    rise = int(rng.choice([0, 0, 24, 240, 480, 2400]))
    return tones.fade(tones.sine(tones.log_uniform(rng, 40, 16000), count, rng.uniform(0, 6.28)), rise, int(rng.choice([0, 480])))


def bell(rng, count):
    ratio, index = rng.choice([1.4, 2.8, 3.5]), rng.uniform(0.5, 5)
    sound = tones.fm_bell(tones.log_uniform(rng, 150, 3000), ratio, index, rng.uniform(3, 20), count)
    return tones.fade(sound, 0, 480)


def click(rng, count):
    length = int(rng.choice([1, 2, 5, 20, 100]))
    return np.concatenate([rng.standard_normal(length), np.zeros(count - length)])


def noise(rng, count):
    low_hz = tones.log_uniform(rng, 50, 8000)
    return decaying(rng, tones.noise_band(rng, low_hz, low_hz * rng.uniform(1.1, 8), count))


def gap(rng, count):
    """A steady tone or band with samples zeroed in its middle."""
    low_hz = tones.log_uniform(rng, 60, 8000)
    sound = tones.sine(low_hz, count, rng.uniform(0, 6.28)) if rng.random() < 0.6 else tones.noise_band(rng, low_hz, 2 * low_hz, count)
    first, length = count // 4, int(rng.integers(64, count // 2))
    sound[first : first + length] = 0
    return sound


KINDS = {"tone": tone, "bell": bell, "click": click, "noise": noise, "gap": gap}


def drawn_events():
    """EVENTS events, each kind in turn: (name, samples)."""
    events = []
    for number in range(EVENTS):
        rng = np.random.default_rng([22, number])
        name = list(KINDS)[number % len(KINDS)]
        sound = KINDS[name](rng, int(rng.uniform(0.06, 0.25) * RATE_HZ))
        events.append((f"{name} {number}", tones.amplitude(rng.uniform(-40, -1)) * sound / np.max(np.abs(sound))))
    return events


def named_events():
    """Sounds that a codec of this kind once failed at, each by name."""
    bell = tones.fade(tones.fm_bell(660, 2.8, 3.0, 6.0, RATE_HZ // 2), 0, 4800)
    bell *= 0.2 / np.max(np.abs(bell))
    events = [(f"FM bell 660 Hz, {late} samples later", np.concatenate([np.zeros(late), bell])) for late in range(0, 256, 8)]
    for frequency_hz in (220, 440, 1000, 3000):
        sound = 0.1 * tones.sine(frequency_hz, 2 * RATE_HZ)
        sound[64280:65816] = 0
        events.append((f"gap in a sine of {frequency_hz} Hz", sound))
    for frequency_hz in (41, 60, 82, 440):
        events.append((f"square {frequency_hz} Hz", np.sign(tones.sine(frequency_hz, RATE_HZ // 2, 0.1))))
    return events


def fade_ins():
    rise = RATE_HZ // 100
    return [(f"440 Hz faded in and cut off, phase {i} of {FADE_INS}",
             0.1 * tones.fade(tones.sine(440, RATE_HZ // 10, 2 * np.pi * i / FADE_INS), rise, 0)) for i in range(FADE_INS)]


def one_file(events, shifts):
    """The events with pauses between, and where each begins; shifts: at any place in a hop."""
    pause = np.zeros(PAUSE)
    pieces, starts, at = [pause], [], PAUSE
    for number, (_, sound) in enumerate(events):
        starts.append(at)
        pieces += [sound, pause]
        at += len(sound) + PAUSE
        # The next event begins on a hop of 256 and some samples more, so that all places in a hop are met.
        rest = -at % 256 + (97 * number % 256 if shifts else 0)
        pieces.append(np.zeros(rest))
        at += rest
    return np.concatenate(pieces), starts


def overshoots_db(events, starts, decoded):
    """Of each event; what comes before it, by the codec's window, counts too."""
    return [signals.decibels(np.max(np.abs(decoded[start - REACH // 2 : start + len(sound) + REACH])) / np.max(np.abs(sound)))
            for (_, sound), start in zip(events, starts)]


def judge_file(residuum, codec, counts, folder, job):
    """Rows of the events of one file: overshoot at each level count, and CELT's at 64 kbps."""
    number, (group, events) = job
    sound, starts = one_file(events, shifts=group != "named")
    path = signals.write_sound(folder / f"onsets{number}.wav", sound)
    coded = signals.code(residuum, path, codec, counts, [64], folder / f"onsets{number}")
    ours = {row["level_count"]: signals.read(row["file"]) for row in coded if row["level_count"]}
    celt = next(signals.read(row["file"]) for row in coded if not row["level_count"])
    figures = [overshoots_db(events, starts, ours[count]) for count in counts]
    peer = overshoots_db(events, starts, celt)
    return [make_row(group, name, [f[i] for f in figures], peer[i]) for i, (name, _) in enumerate(events)]


def make_row(group, name, overshoots, celt_db):
    row = {"group": group, "name": name}
    row.update({f"{label}_db": value for label, value in zip(("level_1", "level_2", "all"), overshoots)})
    over = [value - bar for value, bar in zip(overshoots, BARS_DB)]
    return {**row, "celt_64_db": celt_db, "over_db": max(over), "passes": max(over) <= 0}


def summary(codec, rows):
    lines = [f"{codec}: {sum(not r['passes'] for r in rows)} of {len(rows)} events overshoot by more than "
             f"{', '.join(f'{b:g}' for b in BARS_DB)} dB at level 1, levels 1 to 2, all.", ""]
    counts = []
    for group in dict.fromkeys(r["group"] for r in sorted(rows, key=lambda r: r["group"])):
        mine = [r for r in rows if r["group"] == group]
        figures = []
        for field, bar in zip(("level_1_db", "level_2_db", "all_db"), BARS_DB):
            figures.append(f"{max(r[field] for r in mine):+.1f}; {sum(r[field] > bar for r in mine)}")
        counts.append([group, str(len(mine)), *figures, f"{max(r['celt_64_db'] for r in mine):+.1f}"])
    lines += signals.table(["events", "number", "level 1: worst dB; over 6", "level 2; over 3", "all; over 1", "CELT 64: worst"], counts)
    lines += ["", f"The worst {SHOWN}, dB over the bar of one of the three:", ""]
    worst = [[r["name"], *(f"{r[f]:+.1f}" for f in ("level_1_db", "level_2_db", "all_db", "celt_64_db", "over_db"))] for r in rows[:SHOWN]]
    lines += signals.table(["event", "level 1", "level 2", "all", "CELT 64", "over"], worst)
    named = [[r["name"], *(f"{r[f]:+.1f}" for f in ("level_1_db", "level_2_db", "all_db", "celt_64_db"))] for r in rows if r["group"] == "named"][:SHOWN]
    return "\n".join([*lines, "", *signals.table(["the worst by name", "level 1", "level 2", "all", "CELT 64"], named)]) + "\n"


def run(residuum, codec, out, folder):
    """Judges one codec; writes CODEC-onsets.{csv,json,md} into `out`. Returns whether every bar is met."""
    counts = [1, 2, max(count for count, _ in signals.ladder(residuum, codec, folder))]
    events = drawn_events()
    files = [("drawn", events[i : i + EVENTS_A_FILE]) for i in range(0, EVENTS, EVENTS_A_FILE)]
    files += [("named", named_events()), ("fade-in", fade_ins())]
    found = signals.at_once(lambda job: judge_file(residuum, codec, counts, folder, job), list(enumerate(files)))
    rows = sorted((row for part in found for row in part), key=lambda r: -r["over_db"])
    for row in rows:
        if row["group"] == "drawn":
            row["group"] = row["name"].split()[0]
    signals.keep(out, f"{signals.file_name(codec)}-onsets", rows, summary(signals.file_name(codec), rows))
    return all(row["passes"] for row in rows)
