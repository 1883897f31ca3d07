#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_pages.py ROOT: the pages of README.md, CHANGELOG.md, docs/ and tools/ hold together. Relative links and their
anchors lead somewhere, README.md is short and has every key, the table of constants is that of constants.def, architecture.md names every
folder, each experiment has its sections and stands in the index, and source files that pages and comments name exist."""
import os
import re
import sys

README_LINES = 120
EXPERIMENT_SECTIONS = ["Question", "Method", "Result", "Verdict"]
# Named by pages or comments, and not files of ours: placeholders, and headers of the system.
OTHER_FILES = {"x.c", "x_setup.c", "x_file.c", "x_train.c", "app.c", "clap.h", "m_pd.h", "sched.h", "types.h"}

root = sys.argv[1]
failures = []


def fails(text):
    print(text)
    failures.append(text)


def read(path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


def pages():
    found = ["README.md", "CHANGELOG.md"]
    for top in ("docs", "tools", "src", "plugin"):
        for folder, _, names in os.walk(os.path.join(root, top)):
            found += [os.path.relpath(os.path.join(folder, name), root) for name in names if name.endswith(".md")]
    return sorted(path for path in found if os.path.exists(os.path.join(root, path)))


def without_code(text):
    """Code has brackets of its own. Blocks first, then what stands between backquotes."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return re.sub(r"`[^`\n]*`", "", text)


def anchors(text):
    """Anchors of the headings, as GitHub makes them: lower case, no punctuation, blanks to hyphens, doubles numbered."""
    seen, found = {}, set()
    for heading in re.findall(r"^#{1,6} +(.*?)\s*$", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), re.M):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        name = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        found.add(name if name not in seen else f"{name}-{seen[name]}")
        seen[name] = seen.get(name, 0) + 1
    return found


def check_links(page, text):
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(text)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        to = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
        if not os.path.exists(os.path.join(root, to)):
            fails(f"{page}: the link {target} leads nowhere")
        elif anchor and (not to.endswith(".md") or anchor not in anchors(read(to))):
            fails(f"{page}: {to} has no heading #{anchor}")


def check_readme():
    lines = read("README.md").count("\n")
    if lines > README_LINES:
        fails(f"README.md has {lines} lines, {README_LINES} is the limit")


def check_keys():
    """Digits stand there as one, and `=` is the key of `+` without shift."""
    table = re.search(r"^\| key \| does \|$(.*?)\n\n", read("README.md"), re.M | re.S)[1]
    keys = "".join(line.split(" | ")[0] for line in table.splitlines())
    sources = read("src/app/live/keys.c") + read("src/app/live/controls.c")
    bound = re.findall(r"^ *(?:\{|case )'(\\?.)'[,:]", sources, re.M)
    for key in sorted(set(bound) - set("0123456789=")):
        name = {"\\t": "Tab"}.get(key, key)
        if f"`{name}`" not in keys:
            fails(f"README.md does not say what the key {name} does")
    if len(set(bound)) < 20:
        fails("the keys are no longer where check_keys looks for them")


def c_numbers(text):
    return [f"{float(number.rstrip('f')):g}" for number in text.split(",")]


def check_constants():
    """Rows of constants.def as the page has them: `name` | min..max | three values."""
    wanted = []
    for name, numbers, values in re.findall(r'^LIVE_CONSTANT\((\w+), ([^"]*), "[^"]*", ([^"]*),', read(
            "src/codec/live/constants.def"), re.M):
        low, high = c_numbers(numbers)
        wanted.append(f"| `{name}` | {low}..{high} | " + " | ".join(c_numbers(values)) + " |")
    section = read("docs/codec-live.md").split("\n## Constants\n")[1].split("\n## ")[0]
    shown = [line for line in section.splitlines() if line.startswith("| `")]
    if not wanted or shown != wanted:
        for line in wanted:
            if line not in shown:
                fails(f"docs/codec-live.md lacks the row: {line}")
        for line in shown:
            if line not in wanted:
                fails(f"docs/codec-live.md has a row that constants.def has not: {line}")
        if set(shown) == set(wanted):
            fails("docs/codec-live.md has the constants in another order, or none were found")


def check_folders():
    text = read("docs/architecture.md")
    for top, depth in (("src", 2), ("plugin", 1)):
        for folder, names, files in os.walk(os.path.join(root, top)):
            path = os.path.relpath(folder, root)
            if path.count("/") > depth - 1:
                names.clear()
            if path.count("/") == 0 or not any(name.endswith((".c", ".h")) for name in files):
                continue
            if f"`{path}`" not in text:
                fails(f"docs/architecture.md does not name `{path}`")


def check_experiments():
    index = read("docs/experiments/README.md")
    names = sorted(name for name in os.listdir(os.path.join(root, "docs/experiments")) if name != "README.md")
    for number, name in enumerate(names, 1):
        if not name.startswith(f"{number:03d}-"):
            fails(f"docs/experiments/{name} should be number {number:03d}")
        if f"]({name})" not in index:
            fails(f"docs/experiments/README.md does not link {name}")
        sections = re.findall(r"^## (.*)$", read(f"docs/experiments/{name}"), re.M)
        if sections != EXPERIMENT_SECTIONS:
            fails(f"docs/experiments/{name} has the sections {sections}, not {EXPERIMENT_SECTIONS}")


def check_file_names():
    """Names alone count, wherever the file lies: `osc/send.c` and `send.c` both name src/host/osc/send.c."""
    known, sources = set(OTHER_FILES), []
    for top in ("src", "plugin", "include", "examples", "tests"):
        for folder, _, names in os.walk(os.path.join(root, top)):
            known.update(names)
            if top != "tests":
                sources += [os.path.relpath(os.path.join(folder, name), root) for name in names
                            if name.endswith((".c", ".h", ".def"))]
    for path in pages() + sorted(sources):
        text = re.sub(r"^ *#include.*$", "", read(path), flags=re.M)
        for name in sorted(set(re.findall(r"(?<![\w.<*])(\w+\.(?:c|h|def))\b(?!\.)", text)) - known):
            fails(f"{path} names {name}, and there is no such file")


for path_of_page in pages():
    check_links(path_of_page, read(path_of_page))
check_readme()
check_keys()
check_constants()
check_folders()
check_experiments()
check_file_names()
print(f"{len(pages())} pages")
sys.exit(1 if failures else 0)
