#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""make_help.py RESIDUUM: prints residuum~-help.pd, with every message that the object takes and its control at the default.

Pd shows a control at a value only where the control also sends it when the patch is opened: all that is sent are defaults.

Rows are written on a grid, a control, its message and a comment each, so that nothing lies on anything else. What a cord
leads to is as much lower as what it comes from is high: so that cords run between the rows, and through no words.
"""
import json
import re
import subprocess
import sys

ROW, SLIDER, MESSAGE_X, SEND_WIDTH, NAMES_WIDTH = 34, 128, 140, 106, 420
MESSAGE_Y, SEND_Y = 16, 24  # below the slider; below the message
TOP, BOTTOM = 20, 660  # of the rows of a column

FIRST_GROUPS = ["Codec", "Mixer", "Token effects", "Envelope"]

BASICS = [  # of the first window: message and comment
    (["level 4 gain 0.2"], "one level"),
    (["level * gain 1"], "all of them"),
    (["monitor wet", "monitor dry", "monitor residual", "monitor delta"], ""),
    (["preset telephone", "preset tight"], "or a file, or your own by their names"),
    (["codec live-64", "codec live-128", "codec live-256"], "or a file of residuum train"),
    (["bypass 1", "bypass 0"], "the input, at the same latency"),
    (["meters 100", "meters 0", "bang"], "every so many ms, never, now"),
    (["coding 1", "coding 0"], "also the entropy coded bitrate"),
    (["osc 9001", "osc 0"], "steer this object by OSC on that port"),
    (["http 8080", "http 0"], "a page for a browser, at http://127.0.0.1:8080"),
]


def read_parameters(residuum):
    rows = []
    for line in subprocess.run([residuum, "params"], capture_output=True, text=True, check=True).stdout.splitlines()[1:]:
        match = re.match(r"(\S+)\s+/residuum(\S+)\s+(.*)", line)
        symbol, path, rest = match.groups()
        numbers = re.match(r"(-?[\d.]+?)\.\.(-?[\d.]+)( [A-Za-z%/]+)?\s+(\S+)", rest)
        rows.append({"symbol": re.sub(r"\[N\]$", "", symbol), "per_level": symbol.endswith("[N]"),
                     "message": path[1:].replace("/N/", "/1/").replace("/", " "),
                     "range": (float(numbers[1]), float(numbers[2])) if numbers else None,
                     "unit": (numbers[3] or "").strip() if numbers else "",
                     "default": numbers[4] if numbers else None,
                     "names": None if numbers else [n.strip() for n in re.split(r"\s{2,}", rest)[0].split(",")]})
    return rows


def read_groups(residuum):
    """Label of the group by symbol, in the order of the groups."""
    layout = json.loads(subprocess.run([residuum, "params", "--layout", "open-stage-control"], capture_output=True,
                                       text=True, check=True).stdout)
    groups = {}

    def walk(node, label):
        if isinstance(node, dict):
            address = node.get("address", "")
            if isinstance(address, str) and address:
                groups.setdefault(re.sub(r"^/residuum(/norm)?", "", address), label)
            for value in node.values():
                walk(value, label)
        elif isinstance(node, list):
            for value in node:
                walk(value, label)

    for tab in layout["content"]["tabs"]:
        walk(tab, tab["label"])
    return groups


class Canvas:
    """The objects of one window, numbered as Pd does."""

    def __init__(self):
        self.lines, self.links = [], []

    def add(self, text):
        self.lines.append(text)
        return len(self.lines) - 1

    def connect(self, source, outlet, sink, inlet):
        self.links.append(f"#X connect {source} {outlet} {sink} {inlet};")

    def text(self, x, y, words):
        if words:
            self.add(f"#X text {x} {y} {escape(words)}, f {len(words) + 1};")

    def message(self, x, y, words, sink):
        number = self.add(f"#X msg {x} {y} {escape(words)};")
        if sink is not None:
            self.connect(number, 0, sink, 0)
        return number

    def slider(self, x, y, low, high, default):
        place = round((default - low) / (high - low) * (SLIDER - 1) * 100)
        return self.add(f"#X obj {x} {y} hsl {SLIDER} 15 {low:g} {high:g} 0 1 empty empty empty -2 -8 0 10 #fcfcfc #000000 "
                        f"#000000 {place} 1;")

    def toggle(self, x, y, default):
        return self.add(f"#X obj {x} {y} tgl 15 1 empty empty empty 17 7 0 10 #fcfcfc #000000 #000000 {default:g} 1;")


def escape(words):
    return words.replace(",", " \\,").replace(";", " \\;").replace("$", "\\$")


def width_of(words):
    return 7 * len(words) + 14


def add_send(canvas, x, y):
    """Each row of messages has one of its own."""
    return canvas.add(f"#X obj {x} {y + SEND_Y} s \\$0-messages;")


def send_place(rows):
    """Right of the longest message of some rows with a control."""
    return MESSAGE_X + max([width_of(row["message"] + " $1") for row in rows if row["range"]] or [0]) + 10


def add_control(canvas, x, y, row, send_x):
    """A control at its default, and the message that it sends. Returns the column after its comment."""
    sink = add_send(canvas, x + send_x, y + MESSAGE_Y)
    low, high = row["range"]
    default = min(float(row["default"]), high)
    note = f"{low:g} to {high:g}{' ' + row['unit'] if row['unit'] else ''}, usually {default:g}"
    if row["per_level"]:
        note += ", of level 1"
    is_switch = (low, high) == (0.0, 1.0) and row["switch"]
    control = canvas.toggle(x, y, default) if is_switch else canvas.slider(x, y, low, high, default)
    number = canvas.message(x + MESSAGE_X, y + MESSAGE_Y, row["message"] + " $1", sink)
    canvas.connect(control, 0, number, 0)
    words = "off or on, usually " + ("on" if default else "off") if is_switch else note
    canvas.text(x + send_x + SEND_WIDTH, y + MESSAGE_Y, words)
    return x + send_x + SEND_WIDTH + width_of(words)


def add_names(canvas, x, y, row):
    """As many of its values as fit in a row, a message each; a word is one atom to Pd."""
    at, shown = x, []
    for name in row["names"]:
        words = f"{row['message']} {name}"
        if " " in name:
            continue
        if at + width_of(words) > x + NAMES_WIDTH:
            break
        shown.append((at, words))
        at += width_of(words) + 6
    sink = add_send(canvas, at + 4, y)
    for place, words in shown:
        canvas.message(place, y, words, sink)
    return at + 4 + SEND_WIDTH


def columns_of(rows):
    """Rows by columns, each with its place: names want more room over them and under them."""
    columns, y, before = [[]], TOP, None
    for row in rows:
        y += {None: 0, (1, 1): ROW, (1, 0): 2 * ROW - 2, (0, 1): ROW, (0, 0): ROW + 14}[
            before if before is None else (before, int(row["range"] is not None))]
        if y > BOTTOM:
            columns.append([])
            y = TOP
        columns[-1].append((y, row))
        before = int(row["range"] is not None)
    return columns


def window_of(rows):
    """The canvas, how wide it is, and how high."""
    canvas, x, right, low = Canvas(), 20, 20, 0
    for column in columns_of(rows):
        send_x = send_place([row for _, row in column])
        for y, row in column:
            right = max(right, add_control(canvas, x, y, row, send_x) if row["range"] else add_names(canvas, x, y, row))
            low = max(low, y)
        x = right + 20
    return canvas, right + 20, low + 90


def subpatch(name, rows, x, y):
    canvas, width, height = window_of(rows)
    return [f"#N canvas 80 80 {width} {height} {name} 0;", *canvas.lines, *canvas.links,
            f"#X restore {x} {y} pd {name};"]


def main(residuum):
    rows, groups = read_parameters(residuum), read_groups(residuum)
    page = open_switches(residuum)
    for row in rows:
        row["switch"] = row["symbol"] in page
    examples = {"codec": [], "preset": [], "decode_codec": ["live-128", "none"]}
    for row in rows:
        if row["symbol"] in examples:
            row["names"], row["range"] = examples[row["symbol"]], None
    out = Canvas()
    out.text(20, 10, "residuum~ [channels] [codec]: a residual vector quantiser to hear and play, level by level")
    out.text(20, 34, "Every control has the name that OSC has. Messages go to the left inlet, meters come out on the right.")
    sound = out.add("#X obj 20 80 phasor~ 110;")
    quiet = out.add("#X obj 20 110 *~ 0.4;")
    receive = out.add("#X obj 140 110 r \\$0-messages;")
    send = add_send(out, 730, 80)
    levels = out.slider(260, 80 - MESSAGE_Y, 0, 14, 14)
    message = out.message(400, 80, "levels $1", send)
    out.connect(levels, 0, message, 0)
    out.text(840, 80, "how many levels are active, with fractions")
    y = 80
    for words, comment in BASICS:
        x, y = 260, y + ROW
        send = add_send(out, 730, y)
        for text in words:
            out.message(x, y, text, send)
            x += width_of(text) + 6
        out.text(840, y, comment)
    thing = out.add("#X obj 20 470 residuum~ 2 live-128;")
    left, right = out.add("#X obj 20 510 *~ 0.3;"), out.add("#X obj 100 510 *~ 0.3;")
    dac = out.add("#X obj 20 550 dac~ 1 2;")
    shown = out.add("#X obj 200 510 print residuum;")
    out.text(200, 540, "codec, latency (samples), levels, bitrate (kbps), coded (kbps), snr (dB), level N energy (dB)")
    out.text(20, 590, "Inlets behind those of the sound take a side-chain, as many again. The other controls:")
    for link in ((sound, 0, quiet, 0), (quiet, 0, thing, 0), (quiet, 0, thing, 1), (receive, 0, thing, 0), (thing, 0, left, 0),
                 (thing, 1, right, 0), (thing, 2, shown, 0), (left, 0, dac, 0), (right, 0, dac, 1)):
        out.connect(*link)
    by_group = {label: [] for label in FIRST_GROUPS}
    for row in rows:
        if row["names"] == [] or row["symbol"] == "levels":
            continue
        path = "/" + row["message"].replace(" ", "/")
        by_group.setdefault(groups.get(path) or groups.get("/" + row["symbol"], "Other"), []).append(row)
    x, lines = 20, []
    for label, members in by_group.items():
        if not members:
            continue
        name = re.sub(r"[^a-z]+", "-", label.lower()).strip("-")
        if x + width_of("pd " + name) > 940:
            x, lines = 20, lines + [None]
        place = 620 + 28 * lines.count(None)
        out.lines.append("\n".join(subpatch(name, members, x, place)))
        x += width_of("pd " + name) + 10
    print("\n".join(["#N canvas 60 60 1160 720 12;", *out.lines, *out.links]))


def open_switches(residuum):
    """Symbols of switches: the table says 0..1 of them as of any share, their type in the tree of OSC is another."""
    page = subprocess.run([residuum, "params", "--schema"], capture_output=True, text=True, check=True).stdout
    found = set()

    def walk(node):
        if isinstance(node, dict):
            for key, value in node.items():
                if isinstance(value, dict) and is_switch(value):
                    found.add(key)
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    def is_switch(node):
        if node.get("enum") == [0, 1, False, True]:
            return True
        return any(isinstance(value, dict) and is_switch(value) for value in node.get("patternProperties", {}).values())

    walk(json.loads(page))
    return found


main(sys.argv[1])
