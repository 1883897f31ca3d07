#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: test_extras.sh SOURCE WORK
# The parts of the Python package that want large packages, in the environment of test_package.sh.
set -euo pipefail
source=$1 work=$2
bash "$source/tests/python/test_package.sh" "$source" "$work" ''
if "$work/venv/bin/pip" install -q -r "$source/tests/python/extras_requirements.txt"; then
    cd "$source/python"
    PYTHONDONTWRITEBYTECODE=1 "$work/venv/bin/python" -m pytest -q -p no:cacheprovider --durations=5 \
        extras/test_ray.py extras/test_large_examples.py
else
    echo "skipped: Ray cannot be installed"
fi
exec bash "$source/tests/python/test_models.sh" "$source" "$work"
