# SPDX-License-Identifier: MIT
# usage: check_colours.py SOURCE: the colours of the page, as people see them who lack one kind of cones. The matrices are
# those of G. M. Machado, M. M. Oliveira and L. A. F. Fernandes (IEEE Transactions on Visualization and Computer Graphics
# 15, 2009) for a severity of 1, on linear RGB. Distances are CIE 1976's, contrasts those of WCAG 2.
import itertools
import os
import re
import sys

MATRICES = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
# What stands side by side and is told apart by its colour.
SETS = (("dry", "wet", "residual"), ("dry", "text", "residual", "bad"), ("good", "bad"), ("wet", "good", "line"), ("good", "wet", "bad"))
LEAST_DISTANCE = 20.0  # 2.3 can just be seen
LEAST_TEXT, LEAST_PICTURE = 4.5, 3.0


def linear(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def seen(rgb, matrix):
    return [min(1.0, max(0.0, sum(a * b for a, b in zip(row, rgb)))) for row in matrix]


def luminance(rgb):
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]


def lab(rgb):
    white = (0.95047, 1.0, 1.08883)
    xyz = [sum(a * b for a, b in zip(row, rgb)) for row in
           ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))]
    x, y, z = (t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29 for t in (v / w for v, w in zip(xyz, white)))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(a, b):
    return sum((x - y) ** 2 for x, y in zip(lab(a), lab(b))) ** 0.5


def contrast(a, b):
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def themes(css):
    dark, light = (dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root[^{]*\{([^}]*)\}", css)[:2])
    return {"dark": dark, "light": {**dark, **light}}


def check_theme(name, colours):
    faults = []
    for eyes, matrix in MATRICES.items():
        for a, b in sorted({pair for names in SETS for pair in itertools.combinations(names, 2)}):
            far = distance(seen(linear(colours[a]), matrix), seen(linear(colours[b]), matrix))
            if far < LEAST_DISTANCE:
                faults.append(f"{name}, {eyes}: {a} and {b} are {far:.1f} apart")
    for front, least in (("text", LEAST_TEXT), ("dim", LEAST_TEXT), ("bad", LEAST_TEXT), ("accent", LEAST_PICTURE), ("dry", LEAST_PICTURE), ("wet", LEAST_PICTURE),
                         ("residual", LEAST_PICTURE), ("good", LEAST_PICTURE)):
        for back in ("back", "panel"):
            ratio = contrast(linear(colours[front]), linear(colours[back]))
            if ratio < least:
                faults.append(f"{name}: {front} on {back} has a contrast of {ratio:.2f}, {least} is wanted")
    return faults


def check_palette(script):
    """A louder place of a spectrogram is lighter, for all eyes."""
    stops = [[int(part) for part in stop.split(",")] for stop in re.findall(r"\[(\d+, \d+, \d+)\]", re.search(r"STOPS = (.*);", script)[1])]
    faults = []
    for eyes, matrix in MATRICES.items():
        steps = []
        for i in range(256):
            place = i / 255 * (len(stops) - 1)
            first = min(int(place), len(stops) - 2)
            share = place - first
            rgb = [round(a * (1 - share) + b * share) for a, b in zip(stops[first], stops[first + 1])]
            steps.append(lab(seen(linear("#%02x%02x%02x" % tuple(rgb)), matrix))[0])
        falls = [i for i in range(255) if steps[i + 1] < steps[i] - 0.3]
        if falls or steps[-1] - steps[0] < 80:
            faults.append(f"palette, {eyes}: lightness {steps[0]:.0f} to {steps[-1]:.0f}, falls at {falls[:5]}")
    return faults


def main(source):
    folder = os.path.join(source, "src/host/http/page")
    with open(os.path.join(folder, "style.css"), encoding="utf-8") as file:
        found = themes(file.read())
    with open(os.path.join(folder, "draw.js"), encoding="utf-8") as file:
        faults = check_palette(file.read())
    for name, colours in found.items():
        faults += check_theme(name, colours)
    print("\n".join(faults) or "every pair of colours is told apart by all eyes")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main(sys.argv[1])
