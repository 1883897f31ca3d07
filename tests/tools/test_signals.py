#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_signals.py ROOT FOLDER [RESIDUUM]: the judges of `tools/quality/run --signals` find what is put into sounds: noise
over or under a mask, a tone that is too soft, an overshoot. With a command that has Opus: one tone through both codecs."""
import math
import shutil
import subprocess
import sys

import support
from support import check, folder, root

support.enter()
import masking
import numpy as np
import onsets
import peers
import signals
import sines
import test_sounds
import tones

RATE_HZ = tones.RATE_HZ
rng = np.random.default_rng(3)


def near(value, wanted, within, text):
    check(abs(value - wanted) <= within, f"{text}: {value:.2f}, not {wanted:.2f} within {within:g}")


def noise_at(x, snr_db, low_hz=20, high_hz=20000):
    noise = tones.noise_band(rng, low_hz, high_hz, len(x))
    return noise * math.sqrt(np.mean(x**2) / np.mean(noise**2)) * 10 ** (-snr_db / 20)


def check_peers():
    ours = [dict(snr_db=20.0, lsd_db=4.0, visqol=4.5, zimtohrli=4.8), dict(snr_db=10.0, lsd_db=6.0, visqol=4.2, zimtohrli=4.6)]
    theirs = [dict(snr_db=18.0, lsd_db=5.0, visqol=4.6, zimtohrli=4.8), dict(snr_db=11.0, lsd_db=6.5, visqol=4.0, zimtohrli=4.7)]
    found = peers.distance(ours, theirs)
    wanted = ["+0.5; 1", "-0.75; 2", "+0.050; 1", "-0.050; 0"]  # LSD: less is better, and ours is less on both
    check(found == wanted, f"the distance to a peer: {found}, not {wanted}")


def check_masking():
    count = 2 * RATE_HZ
    white, tone = 0.1 * rng.standard_normal(count), 0.5 * tones.sine(1000, count)
    louder, softer = (masking.nmr_db(white, white + noise_at(white, snr)) for snr in (10, 30))
    near(louder - softer, 20, 0.5, "20 dB less noise")
    # Of white noise the mask lies 3 to 27 dB under it, as the band is low or high, and it is smooth in time.
    near(louder, -10, 3, "noise 10 dB under noise")
    beside, far = (masking.nmr_db(tone, tone + noise_at(tone, 30, *band)) for band in ((900, 1100), (6000, 6600)))
    check(beside < -3 and far > 10, f"a tone masks noise beside it ({beside:.1f} dB), not far above it ({far:.1f} dB)")
    check(masking.nmr_db(tone, tone) < -60, "a copy has noise")
    check(masking.nmr_db(np.zeros(count), np.zeros(count)) == -np.inf, "silence has noise")
    masks = masking.mask(masking.spectra(np.concatenate([tone, np.zeros(RATE_HZ // 4)])))
    band = int(np.argmin(abs(masking.centres_hz() - 1000)))
    fall_db = 10 * np.log10(masks[:, band] / np.max(masks[:, band]))
    after = -(-len(tone) // masking.STEP)  # the first frame with nothing of the tone: it falls by 9 dB a frame
    check(-35 < fall_db[after] < -10, f"forward masking: {fall_db[after - 3 :]}")
    near(fall_db[after + 1] - fall_db[after], 10 * np.log10(np.exp(-masking.STEP / RATE_HZ / 0.0102)), 0.3, "fall of a frame")


def check_sines():
    part = ("sine", "sine 1000 Hz", 1000, -1, tones.amplitude(-1) * tones.sine(1000, RATE_HZ))
    sound, starts = sines.one_file([part])
    good = sound + 0.9 * 10 ** (-40 / 20) * tones.sine(3000, len(sound))
    row = sines.judge(part, starts[0], sound, (good, good), 64, 64)
    near(row["snr_db"], 40 - 0.1, 0.2, "SNR of a tone 40 dB under")
    check(row["passes"], f"as good as CELT, and fails: {row}")
    soft = sines.judge(part, starts[0], sound, (0.5 * sound, good), 64, 64)
    near(soft["gain_db"], -6.02, 0.01, "gain of half")
    check(not soft["passes"] and soft["margin_db"] < -30, f"half as loud, and passes: {soft}")
    near(sines.gain_db(part[4], tones.amplitude(-1) * tones.sine(1000, RATE_HZ, 2.0), 1000), 0, 0.01, "gain of another phase")
    top = sines.judge(part, starts[0], sound, (good, sound), sines.TOP_KBPS, 195)
    near(top["margin_db"], 40 - 0.1 - sines.SNR_AT_TOP_DB, 0.2, "margin at the top bitrate")


def check_onsets():
    events = onsets.drawn_events()[:20]
    again = onsets.drawn_events()[:20]
    check(all(np.array_equal(a[1], b[1]) for a, b in zip(events, again)), "events differ from call to call")
    sound, starts = onsets.one_file(events, shifts=True)
    check(len({start % 256 for start in starts}) > 10, "events begin at the same places of a hop")
    check(np.allclose(onsets.overshoots_db(events, starts, sound), 0), "the input overshoots")
    peak = np.max(np.abs(events[3][1]))
    hit = sound.copy()
    hit[starts[3] - 100] = 4 * peak
    figures = onsets.overshoots_db(events, starts, hit)
    near(figures[3], 12.04, 0.01, "four times the peak, before the event")
    check(np.allclose(np.delete(figures, 3), 0), "another event is blamed")
    check(not onsets.make_row("tone", "tone", [6.5, 0, 0], 0)["passes"], "6.5 dB at level 1 passes")
    check(onsets.make_row("tone", "tone", [5.9, 2.9, 0.9], 0)["passes"], "within the bars, and fails")


def check_kinds():
    check(len(test_sounds.KINDS) >= 37, f"{len(test_sounds.KINDS)} kinds")
    for name, render in test_sounds.KINDS.items():
        sound = render()
        if sound is None:
            print(f"left out: '{name}'")
            continue
        check(len(sound) == test_sounds.LENGTH and np.all(np.isfinite(sound)), f"'{name}' has {len(sound)} samples")
        check(0.05 < np.max(np.abs(sound)) <= 1.001, f"'{name}' peaks at {np.max(np.abs(sound)):.3f}")


def check_refusals():
    run = [sys.executable, str(root / "tools" / "quality" / "run"), "--out", str(folder / "none")]
    for words, named in ((["--signals", "sines,bagpipes"], "'bagpipes'"), ([], "FOLDER")):
        done = subprocess.run(run + words, capture_output=True, text=True)
        check(done.returncode == 2 and named in done.stderr, f"{words}: {done.returncode}, {done.stderr}")


def check_command(residuum):
    help_text = subprocess.run([residuum, "compare", "--help"], capture_output=True, text=True).stdout
    if "opus" not in help_text.split("--against", 1)[-1].split("\n\n")[0]:
        print("left out: a tone through both codecs, for want of Opus")
        return
    chosen = signals.choose(residuum, "live-128", (128,), folder)
    part = ("sine", "sine 1000 Hz", 1000, -1, tones.amplitude(-1) * tones.sine(1000, RATE_HZ))
    rows = sines.judge_file(residuum, "live-128", chosen, folder, 0, [part])
    check(len(rows) == 1 and rows[0]["snr_db"] > 25 and rows[0]["celt_snr_db"] > 25, f"1 kHz: {rows}")
    check(abs(rows[0]["gain_db"]) < 0.5 and abs(rows[0]["celt_gain_db"]) < 0.5, f"1 kHz, gain: {rows}")


shutil.rmtree(folder, ignore_errors=True)
check_peers()
check_masking()
check_sines()
check_onsets()
check_kinds()
check_refusals()
if len(sys.argv) > 3:
    check_command(sys.argv[3])
shutil.rmtree(folder, ignore_errors=True)
support.end()
