# SPDX-License-Identifier: MIT
"""check_pd_help.py RESIDUUM PATCH GENERATOR: the help patch is the one that is generated, nothing in it lies on anything
else, every parameter has its message, and every slider and toggle stands at its default."""
import re
import subprocess
import sys

residuum, patch, generator = sys.argv[1:4]
faults = []


def holds(good, sentence):
    print(("  holds: " if good else "FAILS: ") + sentence)
    if not good:
        faults.append(sentence)


def statements(text):
    return [line.replace("\n", " ") for line in re.split(r"(?<!\\);\n", text) if line.strip()]


def plain(words):
    return re.sub(r"\\(.)", r"\1", words).replace(" ,", ",")


def box(kind, words):
    """Width and height that Pd gives an object of font 12: 7 x 16 points a character, in comments at most `f` of them."""
    if kind == "obj" and words.split()[0] == "hsl":
        return int(words.split()[1]) + 8, 17
    if kind == "obj" and words.split()[0] == "tgl":
        return 15, 15
    limit = re.search(r", f (\d+)$", words)
    shown = plain(re.sub(r", f \d+$", "", words))
    width = int(limit[1]) if limit else min(len(shown), 60)
    return 7 * width + 8, 16 * -(-len(shown) // width) + 6


def check_window(name, items):
    for i, (words_a, ax, ay, (aw, ah)) in enumerate(items):
        for words_b, bx, by, (bw, bh) in items[:i]:
            if ax < bx + bw and bx < ax + aw and ay < by + bh and by < ay + ah:
                holds(False, f"window {name}: '{words_a}' lies on '{words_b}'")


def check_cords(name, items, links):
    """Cords from a first outlet to a first inlet, both at the left, run through no words: neither their own nor others'."""
    for source, outlet, sink, inlet in links:
        if outlet or inlet or any(items[i][0].split()[0].endswith("~") for i in (source, sink)):
            continue
        _, ax, ay, (_, ah) = items[source]
        _, bx, by, _ = items[sink]
        ah -= 2 if items[source][0].split()[0] == "hsl" else 0
        for step in range(101):
            x, y = ax + 3 + (bx - ax) * step / 100, ay + ah + (by - ay - ah) * step / 100
            for words, cx, cy, (cw, ch) in items:
                if cx + 2 < x < cx + cw - 2 and cy + 4 < y < cy + ch - 4:
                    holds(False, f"window {name}: the cord of '{items[source][0]}' runs through '{words}'")
                    break
            else:
                continue
            break


text = open(patch, encoding="utf-8").read()
made = subprocess.run([sys.executable, generator, residuum], capture_output=True, text=True, check=True).stdout
holds(made == text, "the patch is what make_help.py prints")
windows, stack, messages, links, controls = [], [], {}, [], []
for line in statements(text):
    word = line.split(None, 4)
    if word[0] == "#N":
        stack.append({"name": line.split()[6] if len(line.split()) > 7 else "help", "items": [], "count": 0, "links": []})
        continue
    window = stack[-1]
    if word[1] == "connect":
        window["links"].append([int(part) for part in line.split()[2:]])
        continue
    if word[1] == "restore":
        windows.append(stack.pop())
        window = stack[-1]
    kind, x, y, words = word[1], int(word[2]), int(word[3]), word[4] if len(word) > 4 else ""
    window["items"].append((words, x, y, box("obj" if kind == "restore" else kind, words)))
    if kind == "text" and "\\;" in words:
        holds(False, f"'{words}' would be broken at its semicolon")
    if kind == "msg":
        messages.setdefault(plain(words), []).append((window["name"], window["count"]))
    if kind == "obj" and words.split()[0] in ("hsl", "tgl"):
        controls.append((window, window["count"], words.split()))
    window["count"] += 1
windows.append(stack[0])
for window in windows:
    check_window(window["name"], window["items"])
    check_cords(window["name"], window["items"], window["links"])
holds(not faults, f"nothing lies on anything else in {len(windows)} windows, and no cord runs through words")

table = {}
for line in subprocess.run([residuum, "params"], capture_output=True, text=True, check=True).stdout.splitlines()[1:]:
    symbol, path, rest = re.match(r"(\S+)\s+/residuum(\S+)\s+(.*)", line).groups()
    table[path[1:].replace("/N/", "/1/").replace("/", " ")] = rest
for message in table:
    given = any(words == message + " $1" or words.startswith(message + " ") for words in messages)
    if not given:
        holds(False, f"there is a message '{message}'")
for message in ("bang", "meters 100", "osc 9001", "http 8080", "coding 1"):
    holds(message in messages, f"there is the message '{message}'")
count = 0
for window, number, words in controls:
    sinks = [link[2] for link in window["links"] if link[0] == number]
    target = [text for text, places in messages.items() if (window["name"], sinks[0]) in places][0][: -len(" $1")]
    numbers = re.match(r"(-?[\d.]+?)\.\.(-?[\d.]+)[^\d-]*?(?: [A-Za-z%/]+)?\s+(-?[\d.]+)", table[target])
    default = float(numbers[3])
    if words[0] == "hsl":
        low, high, place = float(words[3]), float(words[4]), float(words[-2])
        shown = low + (high - low) * place / 100 / (int(words[1]) - 1)
        default = min(default, high)
        good = abs(shown - default) <= (high - low) / 127 and words[6] == "1"
    else:
        shown = float(words[-2])
        good = shown == default and words[2] == "1"
    count += good
    if not good:
        holds(False, f"'{target}' stands at its default ({shown:g}, not {default:g})")
holds(count == len(controls) and count > 60, f"{count} of {len(controls)} controls stand at their defaults")
sys.exit(bool(faults))
