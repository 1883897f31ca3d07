# SPDX-License-Identifier: MIT
# usage: check_layouts.py RESIDUUM: layouts for controllers parse, hold every parameter, and send what its address takes.
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as xml
import zlib

program = sys.argv[1]


def run(*arguments):
    return subprocess.run([program, "params", *arguments], capture_output=True, check=True).stdout


# Ranges of levels, bitrates and bits are the codec's: these have their address from 0 to 1.
wanted = set()
for line in run().decode().splitlines()[1:]:
    symbol, address = line.split()[:2]
    if re.search(r"\.\.\S+ (levels|kbps|bits) ", line):
        address = f"/residuum/norm/{symbol}"
    wanted.update(address.replace("N", str(level)) for level in range(1, 15))  # live has 14
assert len(wanted) > 50
NAMES = {"/residuum/codec", "/residuum/preset", "/residuum/decode_codec"}


# Which properties the widgets of Open Stage Control 1.27 have; those that it does not know it would pass over in silence.
EVERY_WIDGET = {"type", "id", "html", "address", "comments", "default", "typeTags", "expand", "decimals"}
WIDGETS = {
    "fader": {"range", "doubleTap", "design"},
    "button": {"label", "mode", "on", "off"},
    "switch": {"values"},
    "dropdown": {"values"},
    "input": set(),
}


def check_stage():
    session = json.loads(run("--layout", "open-stage-control"))
    assert session["type"] == "session" and session["content"]["type"] == "root"
    widgets = [widget for tab in session["content"]["tabs"] for widget in tab["widgets"]]
    ids = [session["content"]["id"]] + [part["id"] for part in session["content"]["tabs"] + widgets]
    assert len(set(ids)) == len(ids), "an id is there twice"
    found = {widget["address"]: widget for widget in widgets}
    assert set(found) == wanted, set(found) ^ wanted
    assert found["/residuum/norm/levels"]["range"] == {"min": 0.0, "max": 1.0}
    assert found["/residuum/gain/in"]["range"] == {"min": -60.0, "max": 24.0}
    assert found["/residuum/monitor"]["values"] == {"wet": 0, "dry": 1, "residual": 2, "delta": 3}
    assert found["/residuum/bypass"]["mode"] == "toggle"
    for widget in widgets:
        unknown = set(widget) - EVERY_WIDGET - WIDGETS[widget["type"]]
        assert not unknown, f"{widget['id']}: a {widget['type']} has no {unknown}"
    shapes = found["/residuum/lfo/1/shape"]
    assert shapes["type"] == "dropdown" and shapes["values"]["triangle"] == 1, shapes
    targets = found["/residuum/lfo/1/target"]["values"]
    assert targets["none"] == 0 and "level_gain[14]" in targets and "level_gain[15]" not in targets, targets
    assert found["/residuum/mix"]["html"] == "Mix" and found["/residuum/bypass"]["label"] == "Bypass"


def check_touch():
    data = run("--layout", "touchosc")
    root = xml.fromstring(zlib.decompress(data))
    assert root.tag == "lexml"
    ids = [node.get("ID") for node in root.iter("node")]
    assert len(set(ids)) == len(ids), "an id is there twice"
    found = {}
    for node in root.iter("node"):
        for message in node.findall("messages/osc"):
            argument = message.find("arguments/partial")
            scale = float(argument.findtext("scaleMin")), float(argument.findtext("scaleMax"))
            found[message.findtext("path/partial/value")] = (node.get("type"), scale)
            frame = node.find("properties/property[key='frame']/value")
            assert all(int(frame.findtext(side)) >= 0 for side in "xy") and int(frame.findtext("w")) > 20
    assert set(found) == wanted - NAMES, set(found) ^ (wanted - NAMES)
    assert found["/residuum/level/3/gain"] == ("FADER", (0.0, 2.0))
    assert found["/residuum/level/3/mute"] == ("BUTTON", (0.0, 1.0))
    pages = root.findall("node/children/node/children/node")
    assert len(pages) >= 5, len(pages)


check_stage()
check_touch()
other = json.loads(run("--layout", "open-stage-control", "--codec", "live-256"))
assert "/residuum/level/15/gain" in json.dumps(other), "live-256 has 15 levels"
wrong = subprocess.run([program, "params", "--layout", "paper"], capture_output=True, text=True, check=False)
assert wrong.returncode == 2 and "open-stage-control or touchosc" in wrong.stderr, wrong.stderr
