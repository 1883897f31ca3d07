#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_corpus.py ROOT FOLDER: tools/corpus/make gives the same bytes for the same seed, keeps a third of each kind for
judging with words, programs and recordings of its own, and says what it lacks."""
import shutil
import subprocess
import sys

import support
from support import check, folder, root

FORMULAS = ["bells", "keys", "onsets"]
RENDERED = {"piano": "music", "espeak": "speech", "strokes": "samples"}  # and the packages that they need


def make(out, *words):
    command = [sys.executable, root / "tools" / "corpus" / "make", out, *words]
    return subprocess.run(list(map(str, command)), capture_output=True, text=True)


def contents(out):
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*.flac"))}


def installed(packages):
    return subprocess.run(["dpkg-query", "-W", *packages], capture_output=True).returncode == 0 if shutil.which("dpkg-query") else False


def kinds_here():
    """The small selection: formulas, and what the installed packages allow."""
    from importlib.machinery import SourceFileLoader

    packages = SourceFileLoader("make", str(root / "tools" / "corpus" / "make")).load_module().PACKAGES
    here = [kind for kind, need in RENDERED.items() if installed(packages[need])]
    for kind in set(RENDERED) - set(here):
        print(f"left out: '{kind}', which needs {' '.join(packages[RENDERED[kind]])}")
    return FORMULAS + here


def check_bytes(kinds):
    runs = []
    for number, (seed, wanted) in enumerate(((1, kinds), (1, kinds), (2, FORMULAS))):
        out = folder / str(number)
        done = make(out, "--kinds", ",".join(wanted), "--count", "3", "--seed", str(seed))
        check(done.returncode == 0, f"make ends with {done.returncode}: {done.stderr.strip()}")
        runs.append(contents(out))
    names = {f"{side}/{kind}-{n:03d}.flac" for kind in kinds for n, side in enumerate(("train", "train", "judge"))}
    check(set(runs[0]) == names, f"files: {sorted(set(runs[0]) ^ names)}")
    check(runs[0] == runs[1], f"another run differs: {[n for n in names if runs[0].get(n) != runs[1].get(n)]}")
    same = [n for n in runs[2] if runs[0].get(n) == runs[2][n]]
    check(runs[2] and not same, f"another seed gives the same: {same}")
    check(len(set(runs[0].values())) == len(names), "two sounds are the same")


def check_formats():
    import numpy as np
    import soundfile

    for path in sorted((folder / "0").rglob("*.flac")):
        facts = soundfile.info(path)
        check((facts.samplerate, facts.subtype) == (48000, "PCM_16"), f"{path.name}: {facts.samplerate} Hz, {facts.subtype}")
        peak = np.max(np.abs(soundfile.read(path)[0]))
        check(0.01 < peak <= 1, f"{path.name} peaks at {peak}")


def check_sides():
    """What a side draws from, the other has not."""
    import music
    import numpy as np
    import samples
    import speech

    sides = []
    for for_judge in (False, True):
        draws = [np.random.default_rng(n) for n in range(200)]
        said = {speech.words(rng, "de", for_judge) for rng in draws}
        sentences = {s for s in speech.SENTENCES["de"] if any(s in text for text in said)}
        sides.append(sentences | set(music.held_back(range(128), for_judge)))
        check(len(sides[-1]) > 40, f"a side has {len(sides[-1])} sentences and programs")
    check(not sides[0] & sides[1], f"both sides have {sides[0] & sides[1]}")
    for is_long in (False, True):
        both = set(samples.recordings(is_long, False)) & set(samples.recordings(is_long, True))
        check(not both, f"both sides have {both}")


def check_refusals():
    done = make(folder / "none", "--kinds", "bells,bagpipes")
    check(done.returncode == 2 and "'bagpipes'" in done.stderr, f"an unknown kind: {done.returncode}, {done.stderr}")
    check(not (folder / "none").exists(), "a refused call made a folder")


support.enter()
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir(parents=True)
check_bytes(kinds_here())
check_formats()
check_sides()
check_refusals()
shutil.rmtree(folder, ignore_errors=True)
support.end()
