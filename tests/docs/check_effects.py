#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_effects.py ROOT RESIDUUM: docs/effects.md is what tools/effects/render writes, it lists every parameter of an effect and
every preset with a picture that is there, and the program draws: what it draws of an effect is not the dry sound."""
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import zlib

root, residuum = pathlib.Path(sys.argv[1]), sys.argv[2]
GROUPS = ["EFFECTS", "REPEAT", "CROSS", "ENVELOPE"]
DRAWN = ["dry", "reverse_frames", "preset-telephone"]
failures = []


def check(holds, sentence):
    print(f"{'  holds' if holds else 'FAILS'}: {sentence}")
    failures.extend([] if holds else [sentence])


def effect_parameters():
    table = (root / "include/residuum/rsd_params.def").read_text()
    rows = re.findall(r'RSD_PARAM\(\d+, \w+, (\w+), \([^)]*\), "[^"]*",([^"]*)"', table)
    return [symbol for symbol, columns in rows if columns.split(",")[-3].strip() in GROUPS]


def pixels(path):
    """Rows of 4 bits a pixel, packed, as the program writes them."""
    data, at, packed = path.read_bytes(), 8, b""
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        width, height = struct.unpack(">II", body[:8]) if kind == b"IHDR" else (width, height)
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    flat = zlib.decompress(packed)
    stride = 1 + (width + 1) // 2
    return [flat[y * stride + 1 : (y + 1) * stride] for y in range(height)]


def brightness(rows):
    return sum((b >> 4) + (b & 15) for row in rows for b in row) / (2 * sum(len(row) for row in rows))


page = (root / "docs/effects.md").read_text()
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    only = [o for d in DRAWN for o in ("--only", d)]
    done = subprocess.run([sys.executable, root / "tools/effects/render", "--residuum", residuum, "--out", folder, "--page",
                           folder / "page.md", *only], capture_output=True, text=True)
    check(done.returncode == 0, f"the program draws {done.stderr}")
    check((folder / "page.md").read_text() == page, "the page is what the program writes (else: run tools/effects/render)")
    drawn = {d: pixels(folder / f"{d}.png") for d in DRAWN}
    check(1 < brightness(drawn["dry"]) < 14, "the dry sound is neither black nor white")
    check(drawn["reverse_frames"] != drawn["dry"], "an effect is not drawn as the dry sound")
    telephone, dry = drawn["preset-telephone"], drawn["dry"]
    check(brightness(telephone[:12]) < 0.3 * brightness(dry[:12]), "telephone has nothing over 9 kHz")
    check(brightness(telephone[30:40]) > 0.4 * brightness(dry[30:40]), "telephone has what is between 1.5 and 3 kHz")
listed = effect_parameters()
check(len(listed) > 35, f"{len(listed)} parameters of effects are found in the table")
for symbol in listed:
    check(f"`{symbol}`" in page, f"the page has {symbol}")
for preset in sorted((root / "presets").glob("*.json")):
    check(f"](pictures/effects/preset-{preset.stem}.png)" in page, f"the page has the preset {preset.stem}")
files = re.findall(r"\]\((pictures/effects/[^)]*)\)", page)
check(all((root / "docs" / f).is_file() for f in files), "all pictures are there")
kept = {f"pictures/effects/{p.name}" for p in (root / "docs/pictures/effects").glob("*")}
check(kept == set(files), f"no other pictures are kept: {sorted(kept - set(files))}")
size = sum((root / "docs" / f).stat().st_size for f in kept)
check(size < 2_000_000, f"the pictures have {size} bytes, under 2 MB")
sys.exit(1 if failures else 0)
