#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_presets.py SOURCE RESIDUUM: every built-in preset obeys docs/preset.schema.json, names its codec and a group that
docs/presets.md tells of, and what the schema refuses the command refuses, too."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

source, residuum = pathlib.Path(sys.argv[1]), sys.argv[2]
schema = json.loads((source / "docs/preset.schema.json").read_text())
page = (source / "docs/presets.md").read_text()
TYPES = {"object": dict, "string": str, "number": (int, float), "boolean": bool}


def problem(value, rule, where="preset"):
    """The first thing in which a value breaks a rule; as much of JSON Schema as preset.schema.json uses."""
    if "enum" in rule:
        return None if any(value == v and isinstance(value, bool) == isinstance(v, bool) for v in rule["enum"]) else f"{where}: {value}"
    kinds = rule.get("type", list(TYPES))
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if not any(isinstance(value, TYPES[k]) for k in kinds):
        return f"{where} is none of {kinds}"
    if isinstance(value, str) and not rule.get("minLength", 0) <= len(value.encode()) <= rule.get("maxLength", 1 << 20):
        return f"{where} has a wrong length"
    if isinstance(value, (int, float)) and not rule.get("minimum", value) <= value <= rule.get("maximum", value):
        return f"{where} is out of range"
    if not isinstance(value, dict):
        return None
    for key in rule.get("required", []):
        if key not in value:
            return f"{where} lacks {key}"
    for key, item in value.items():
        patterns = [r for p, r in rule.get("patternProperties", {}).items() if re.search(p, key)]
        inner = rule.get("properties", {}).get(key, (patterns or [rule.get("additionalProperties", {})])[0])
        found = f"{where} has {key}" if inner is False else problem(item, inner, key)
        if found:
            return found
    return None


def command_takes(preset):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "p.json"
        path.write_text(json.dumps(preset))
        return subprocess.run([residuum, "process", "--preset", path, "no-such.wav", f"{folder}/out.wav"],
                              capture_output=True, text=True).stderr.find("no-such.wav") >= 0


wrong = []
presets = sorted((source / "presets").glob("*.json"))
groups = {line.split("|")[1].strip() for line in page.split("## Groups")[1].split("## ")[0].splitlines() if "|" in line}
for path in presets:
    preset = json.loads(path.read_text())
    found = problem(preset, schema)
    found = found or ("no codec" if not preset.get("codec") else None)
    found = found or (f"no group of the page: {preset.get('group')}" if preset.get("group") not in groups else None)
    found = found or (None if preset["name"] == path.stem else "another name than its file")
    wrong += [f"{path.name}: {found}"] if found else []
good = {"name": "a", "description": "b"}
for change in ({"name": ""}, {"name": 3}, {"description": "x" * 200}, {"colour": 1}, {"group": "g" * 32}, {"parameters": []},
               *({"parameters": p} for p in ({"no_such": 1}, {"levels": 65}, {"levels": "3"}, {"monitor": "no"}, {"bypass": 2},
                                             {"level_gain": 1}, {"level_gain": {"0": 1}}, {"level_gain": {"65": 1}}, {"level_gain": {"1": 3}},
                                             {"limiter": 1}, {"codec": "live"}, {"stutter_sync": "1/5"}, {"feedback": -0.1}))):
    bad = {**good, **change}
    wrong += [f"the schema takes {change}"] if not problem(bad, schema) else []
    wrong += [f"the command takes {change}"] if command_takes(bad) else []
wrong += [] if command_takes(good) and not problem(good, schema) else ["a good preset is refused"]
listed = subprocess.run([residuum, "presets"], capture_output=True, text=True).stdout
wrong += [f"residuum presets lacks {p.stem}" for p in presets if f"\n{p.stem} " not in "\n" + listed]
wrong += [] if len(presets) >= 40 else [f"only {len(presets)} presets"]
print("\n".join(wrong) or f"{len(presets)} presets")
sys.exit(1 if wrong else 0)
