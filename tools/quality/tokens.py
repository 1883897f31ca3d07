# SPDX-License-Identifier: MIT
"""How loud tokens get that no encoder made: a million frames of each of four kinds, of one channel
and of a stereo pair, at level 1, levels 1 to 2 and all.

`token_peaks` of the build that the residuum command belongs to draws and decodes them; tests/bench/token_peaks.c says
how. The bar is a stated peak: twice the largest sample that an encoder takes.
"""

import json
import os
from pathlib import Path

import common
import signals

FRAMES = 1_000_000
STATED_DBFS = 18.1  # LIVE_MAX_PEAK, samples of 8


def find_program(residuum):
    """BUILD/tests/bench/token_peaks of BUILD/src/app/residuum."""
    found = Path(residuum).resolve().parents[2] / "tests" / "bench" / "token_peaks"
    if not os.access(found, os.X_OK):
        common.fail(f"there is no '{found}': --signals tokens needs a residuum in its build folder, built with RSD_BUILD_BENCH")
    return str(found)


def run(residuum, codec, out, _):
    """Judges one codec; writes CODEC-tokens.{csv,json,md} into `out`. Returns whether the bar is met."""
    lines = common.run_residuum([find_program(residuum), codec, str(FRAMES)]).splitlines()
    rows = sorted(map(json.loads, lines), key=lambda row: -row["peak_dbfs"])
    for row in rows:
        row["passes"] = row["peak_dbfs"] <= STATED_DBFS and row["not_finite"] == 0
    name = signals.file_name(codec)
    text = [f"{name}: {FRAMES} frames of any tokens peak at {rows[0]['peak_dbfs']:+.1f} dBFS; {STATED_DBFS:+.0f} is stated.", ""]
    cells = [[row["way"], str(row["channels"]), str(row["levels"]), f"{row['peak_dbfs']:+.1f}", str(row["not_finite"]), "" if row["passes"] else "fails"]
             for row in rows]
    text += signals.table(["tokens", "channels", "levels", "peak, dBFS", "samples not finite", ""], cells)
    signals.keep(out, f"{name}-tokens", rows, "\n".join(text) + "\n")
    return all(row["passes"] for row in rows)
