# SPDX-License-Identifier: MIT
"""What the tests of tools/ share: where the tools' Python packages are, and a test's end."""
import os
import sys
from pathlib import Path

sys.dont_write_bytecode = True
root = Path(sys.argv[1]).resolve()
folder = Path(sys.argv[2])
sys.path[1:1] = [str(root / "tools" / "quality"), str(root / "tools" / "corpus")]
import common

failures = []


def enter():
    """Goes on with the packages of tools/quality/requirements.txt; ends as skipped where they are not installed."""
    if not common.unmet():
        return
    python = Path(os.environ.get("RSD_QUALITY_VENV", root / "build" / "quality-venv")) / "bin" / "python"
    if os.environ.get("RSD_QUALITY_ENTERED") or not os.access(python, os.X_OK):
        print(f"skipped: no Python with {' '.join(common.unmet()[:3])}...; tools/quality/run installs them")
        sys.exit(77)
    os.environ["RSD_QUALITY_ENTERED"] = "1"
    os.execv(python, [python, *sys.argv])


def check(good, text):
    if not good:
        print(f"failed: {text}")
        failures.append(text)


def end():
    sys.exit(1 if failures else 0)
