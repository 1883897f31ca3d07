#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: test_package.sh SOURCE WORK COMMAND
# Builds the wheel of SOURCE/python with pip in WORK, installs it there, and runs its tests and the type checker; without a
# COMMAND it only builds and installs.
# Exit 77: there is no Python environment with what it needs.
set -euo pipefail
source=$1 work=$2 command=$3

skip() {
    echo "skipped: $*"
    exit 77
}

mkdir -p "$work"
python=${PYTHON:-python3}
command -v "$python" >/dev/null || skip "no python3"
requirements=$source/tests/python/requirements.txt
if ! cmp -s "$requirements" "$work/ready"; then
    rm -rf "$work/venv"
    "$python" -m venv "$work/venv" >"$work/venv.log" 2>&1 || skip "no Python environment ($work/venv.log): install python3-venv"
    "$work/venv/bin/pip" install -q -r "$requirements" >>"$work/venv.log" 2>&1 || skip "packages cannot be installed ($work/venv.log)"
    cp "$requirements" "$work/ready"
fi
"$work/venv/bin/python" -c 'import sysconfig, pathlib, sys
sys.exit(not pathlib.Path(sysconfig.get_paths()["include"], "Python.h").exists())' || skip "no Python.h: install python3-dev"

# The build folder stays: the next time only what has changed is compiled.
"$work/venv/bin/pip" install -v --no-build-isolation --no-deps --force-reinstall --config-settings=build-dir="$work/build" \
    "$source/python" >"$work/build.log" 2>&1 || {
    tail -n 40 "$work/build.log"
    exit 1
}
if [[ -z $command ]]; then exit 0; fi
cd "$source/python"
export RESIDUUM=$command PYTHONDONTWRITEBYTECODE=1
"$work/venv/bin/python" -m mypy --cache-dir "$work/mypy"
"$work/venv/bin/python" -m pytest -q -p no:cacheprovider
