#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_sbom.py BUILD CMAKE: the bill of materials has the shape of CycloneDX 1.5, is installed, is the same each time,
and lists, with version and licence, every library that an installed binary links. 77: no readelf here."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

build, cmake = sys.argv[1:3]
LICENCES = {"MIT", "BSD-2-Clause", "BSD-3-Clause", "LGPL-2.1-or-later", "X11-distribute-modifications-variant", "curl",
            "Apache-2.0", "LGPL-2.1-only OR MPL-1.1", "GPL-3.0-or-later WITH GCC-exception-3.1"}
TYPES = {"application", "library", "machine-learning-model"}


def need(holds, sentence):
    if not holds:
        sys.exit(f"FAILED: {sentence}")


def check_component(component):
    name = component.get("name")
    need(set(component) <= {"type", "bom-ref", "name", "version", "licenses", "properties"}, f"{name}: an unknown field")
    need(component["type"] in TYPES and name and component["bom-ref"], f"{name}: no type, name or reference")
    need(component.get("version"), f"{name}: no version")
    need(component.get("licenses"), f"{name}: no licence; name it in cmake/RsdSbomWrite.cmake")
    for licence in component["licenses"]:
        word = licence.get("expression") or licence["license"]["id"]
        need(word in LICENCES, f"{name}: {word} is no licence that this test knows")


def check_shape(bom):
    need(bom["bomFormat"] == "CycloneDX" and bom["specVersion"] == "1.5" and bom["version"] == 1, "not CycloneDX 1.5")
    need(re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bom["serialNumber"]), "the serial number")
    need("timestamp" not in bom["metadata"] or "SOURCE_DATE_EPOCH" in os.environ, "a time that nothing gave")
    check_component(bom["metadata"]["component"])
    for component in bom["components"]:
        check_component(component)
    refs = [c["bom-ref"] for c in bom["components"]] + [bom["metadata"]["component"]["bom-ref"]]
    need(len(refs) == len(set(refs)), "a reference stands twice")
    need(bom["dependencies"][0]["ref"] == bom["metadata"]["component"]["bom-ref"], "the whole does not come first")
    for entry in bom["dependencies"]:
        need({entry["ref"], *entry["dependsOn"]} <= set(refs), f"{entry['ref']} depends on what is not listed")


def linked(path):
    dynamic = subprocess.run(["readelf", "-dW", path], capture_output=True, text=True, check=True).stdout
    return re.findall(r"NEEDED.*\[(.*)\]", dynamic)


def check_binary(path, name, bom):
    """What `path` links is listed, and what the list says it depends on is what it links."""
    sonames = {p["value"]: c["bom-ref"] for c in bom["components"] for p in c.get("properties", [])}
    for soname in linked(path):
        need(soname in sonames, f"{name} links {soname}, which is not listed")
        listed = [d for d in bom["dependencies"][1:] if d["ref"].split("/")[-1] == name]
        need(listed and sonames[soname] in listed[0]["dependsOn"], f"{name} does not depend on {sonames[soname]}")


def is_elf(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def main():
    if not shutil.which("readelf"):
        print("no readelf on this machine: skipped")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as prefix:
        subprocess.run([cmake, "--install", build, "--prefix", prefix], check=True, stdout=subprocess.DEVNULL)
        files = [os.path.join(at, name) for at, _, names in os.walk(prefix) for name in names]
        boms = [f for f in files if f.endswith("/residuum.cdx.json") and "/share/doc/" in f]
        need(boms, "no bill of materials in share/doc")
        if any(f.endswith("/bin/residuum") for f in files):
            need(any(f.endswith("/share/doc/residuum/residuum.cdx.json") for f in boms), "none in share/doc/residuum")
        text = open(boms[0], encoding="utf-8").read()
        bom = json.loads(text)
        check_shape(bom)
        binaries = [f for f in files if not os.path.islink(f) and is_elf(f)]
        need(binaries, "no binary is installed")
        for path in binaries:
            check_binary(path, re.sub(r"(\.so\.\d+)\..*", r"\1", os.path.basename(path)), bom)
        with_time(text)
        print(f"{len(bom['components'])} components, {len(binaries)} binaries")


def with_time(text):
    """Written anew it is the same to the byte, and SOURCE_DATE_EPOCH alone gives it a time."""
    path = os.path.join(build, "residuum.cdx.json")
    need(open(path, encoding="utf-8").read() == text, "the installed one is not that of the build")
    for epoch in (None, "86400"):
        environment = {k: v for k, v in os.environ.items() if k != "SOURCE_DATE_EPOCH"}
        if epoch:
            environment["SOURCE_DATE_EPOCH"] = epoch
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "bom.json")
            subprocess.run(command_of_build(out), check=True, env=environment)
            again = open(out, encoding="utf-8").read()
        time = '    "timestamp": "1970-01-02T00:00:00Z",\n' if epoch else ""
        need(again == re.sub(r'    "timestamp".*\n', "", text).replace('"metadata": {\n', '"metadata": {\n' + time),
             f"written anew with SOURCE_DATE_EPOCH={epoch} it is another")


def command_of_build(out):
    """The command that the build writes it with, to another file."""
    arguments = open(os.path.join(build, "residuum.cdx.args"), encoding="utf-8").read().splitlines()
    return [cmake, f"-DOUT={out}", *arguments[:-1], "-P", arguments[-1]]


main()
