#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_real_time.py SOURCE [--print]: every public [audio] function, those that are declared RSD_REALTIME, has a row in
docs/real-time.md, and the programs that its row names call it. --print: the table as it should be."""
import pathlib
import re
import sys

source = pathlib.Path(sys.argv[1])
# What each program runs under its guard: rt_library.h both; the tour is rt_calls's alone.
PROGRAMS = {"rt_calls": ["tests/engine/rt_work.h", "tests/engine/rt_library.h"],
            "rt_syscalls": ["tests/engine/rt_syscalls.c", "tests/engine/rt_library.h"]}


def functions():
    """Name and header of each; NAME_sized is called by its inline twin NAME."""
    found = {}
    for header in sorted((source / "include/residuum").glob("*.h")):
        text = re.sub(r"/\*.*?\*/", "", header.read_text(encoding="utf-8"), flags=re.S)
        for statement in re.split(r"[;{}]", text):
            if "RSD_REALTIME" not in statement or "define" in statement or "typedef" in statement:
                continue
            name = re.search(r"\b(rsd_\w+)\s*\(", statement)
            if name:
                found[name.group(1).removesuffix("_sized")] = header.name
    return found


def callers(name):
    texts = {p: "".join((source / f).read_text(encoding="utf-8") for f in files) for p, files in PROGRAMS.items()}
    return [p for p, text in texts.items() if re.search(rf"\b{name}\(", text)]


def row(name, header):
    called = callers(name)
    marks = [("yes" if p in called else "no") for p in PROGRAMS]
    return f"| `{name}` | `{header}` | {' | '.join(marks)} | yes |"


def main():
    known = functions()
    rows = [row(name, header) for name, header in known.items()]
    if "--print" in sys.argv:
        print("\n".join(rows))
        return
    text = (source / "docs/real-time.md").read_text(encoding="utf-8")
    listed = [line for line in text.splitlines() if line.startswith("| `rsd_")]
    wrong = [f"{r} is missing" for r in rows if r not in listed] + [f"{r} is no more" for r in listed if r not in rows]
    wrong += [f"{name} is called by none of {', '.join(PROGRAMS)}" for name in known if len(callers(name)) < len(PROGRAMS)]
    if len(known) < 40:
        wrong.append(f"only {len(known)} functions were found: the headers are not read rightly")
    for line in wrong:
        print(line)
    print(f"{len(known)} [audio] functions")
    sys.exit(1 if wrong else 0)


main()
