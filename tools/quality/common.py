# SPDX-License-Identifier: MIT
"""What the programs of this folder share: their Python packages, the residuum command, words for people."""

import hashlib
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SOUND_ENDINGS = {".wav", ".flac", ".ogg", ".aif", ".aiff", ".w64", ".caf", ".au"}


def say(text):
    print(f"{Path(sys.argv[0]).name}: {text}", file=sys.stderr, flush=True)


def fail(text):
    say(text)
    sys.exit(1)


def pins():
    """Name and version of each line of requirements.txt."""
    lines = (HERE / "requirements.txt").read_text().split("\n")
    return dict(line.split("==") for line in lines if "==" in line)


def unmet():
    """Packages that this Python lacks, or has in another version."""

    def version(name):
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            return None

    return [f"{name}=={wanted}" for name, wanted in pins().items() if version(name) != wanted]


def make_venv(venv):
    say(f"making a Python environment in {venv}")
    install = [venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r",
               HERE / "requirements.txt"]
    for command in ([sys.executable, "-m", "venv", venv], install):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.stderr.write(done.stdout + done.stderr)
            fail(f"could not make it: '{' '.join(map(str, command))}' failed (on Debian it needs python3-venv)")


def enter_venv():
    """Goes on where the packages of requirements.txt are: here, or in an environment that is made where it is not."""
    if not unmet():
        return
    venv = Path(os.environ.get("RSD_QUALITY_VENV", ROOT / "build" / "quality-venv"))
    if os.environ.get("RSD_QUALITY_ENTERED"):
        fail(f"{venv} lacks {' '.join(unmet())}; remove it, and it is made anew")
    wanted = hashlib.sha256((HERE / "requirements.txt").read_bytes()).hexdigest()
    stamp = venv / "requirements.sha256"
    if not stamp.is_file() or stamp.read_text() != wanted:
        make_venv(venv)
        stamp.write_text(wanted)
    os.environ["RSD_QUALITY_ENTERED"] = "1"
    os.execv(venv / "bin" / "python", [venv / "bin" / "python", *sys.argv])


def find_residuum(given):
    """The command: as given, else the newest that was built here, else one that is installed."""
    if given:
        found = shutil.which(given)
        return found or fail(f"there is no command '{given}'")
    built = [p for p in ROOT.glob("build/*/src/app/residuum") if os.access(p, os.X_OK)]
    if built:
        return str(max(built, key=lambda p: p.stat().st_mtime))
    return shutil.which("residuum") or fail("there is no residuum: build it (./dev run) or name it by --residuum")


def run_residuum(command):
    """Runs it; what it has to say where it fails is the end of the program."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip().split("\n")[0] or f"{command[0]} ended with {done.returncode}")
    return done.stdout


def run_json(command):
    return json.loads(run_residuum(command))


def read_scored(path):
    """What scored_line wrote: {key: scores}."""
    known = {}
    for line in path.read_text().split("\n") if path.is_file() else []:
        try:
            known.update([json.loads(line)])
        except ValueError:
            continue  # the last line of a run that was cut off
    return known


def scored_line(key, values):
    return json.dumps([key, values]) + "\n"


def make_folder(path):
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"cannot make the folder '{path}': {error.strerror}")


# Fewer than two clips at once leave a core idle; more than one thread in each would fight for it.
PROCESSES = 2
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(name, "1")
