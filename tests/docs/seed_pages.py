#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""seed_pages.py CHECK ROOT FOLDER: check_pages.py refuses each of these offences in a copy of the pages, and nothing
else."""
import os
import re
import shutil
import subprocess
import sys

check, root, folder = sys.argv[1:4]


def change(path, old, new):
    path = os.path.join(folder, path)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    changed = re.sub(old, new, text, count=1, flags=re.M)
    if changed == text:
        sys.exit(f"nothing to change in {path}: {old}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(changed)


def only_pages(directory, names):
    kept = (".md", ".svg", ".png", ".def", ".c", ".h", ".txt")
    return [name for name in names if not os.path.isdir(os.path.join(directory, name)) and not name.endswith(kept)]


def fresh():
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for name in ("docs", "tools", "src", "plugin", "tests", "examples", "include"):
        shutil.copytree(os.path.join(root, name), os.path.join(folder, name), ignore=only_pages)
    for name in ("README.md", "CHANGELOG.md", "LICENSE", "dev"):
        shutil.copy(os.path.join(root, name), folder)


OFFENCES = {
    "leads nowhere": lambda: change("docs/engine.md", r"\A", "[x](no-such-page.md)\n"),
    "has no heading": lambda: change("docs/engine.md", r"\A", "[x](osc.md#no-such-heading)\n"),
    "is the limit": lambda: change("README.md", r"\Z", "x\n" * 121),
    "what the key L does": lambda: change("README.md", r"^\| `L` `T` \|", "| `T` |"),
    "lacks the row": lambda: change("src/codec/live/constants.def", r"0\.95f", "0.94f"),
    "does not name": lambda: shutil.copytree(os.path.join(folder, "src/host/osc"), os.path.join(folder, "src/host/new")),
    "has the sections": lambda: change("docs/experiments/" + sorted(os.listdir(os.path.join(root, "docs/experiments")))[0],
                                       "^## Verdict", "## End"),
    "no such file": lambda: change("src/host/osc/internal.h", r"query\.c", "host_osc_query.c"),
    "does not link": lambda: change("docs/experiments/README.md", r"\]\(001-", "](x-"),
}

failed = 0
for said, seed in OFFENCES.items():
    fresh()
    seed()
    done = subprocess.run([sys.executable, check, folder], capture_output=True, text=True, check=False)
    if done.returncode == 0 or said not in done.stdout:
        print(f"FAILED: the offence '{said}' is not refused:\n{done.stdout}{done.stderr}")
        failed = 1
    else:
        print(f"refused: {said}")
shutil.rmtree(folder, ignore_errors=True)
sys.exit(failed)
