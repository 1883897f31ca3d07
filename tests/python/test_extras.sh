#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: test_extras.sh SOURCE WORK
# The parts of the Python package that want large packages, in the environment of test_package.sh.
set -euo pipefail
source=$1 work=$2
bash "$source/tests/python/test_package.sh" "$source" "$work" ''
"$work/venv/bin/pip" install -q -r "$source/tests/python/extras_requirements.txt"
cd "$source/python"
export PYTHONDONTWRITEBYTECODE=1
"$work/venv/bin/python" -m pytest -q -p no:cacheprovider extras --ignore extras/test_models.py --ignore extras/test_torch.py --durations=5
exec bash "$source/tests/python/test_models.sh" "$source" "$work"
