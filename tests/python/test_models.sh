#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: test_models.sh SOURCE WORK
# PyTorch's tensors in the Python package, and its token models, in an environment beside Debian's PyTorch: PyPI's brings
# CUDA with it. The wheel is built in the environment of test_package.sh. Without PyTorch it says so and ends well.
set -euo pipefail
source=$1 work=$2
python=${PYTHON_WITH_TORCH:-/usr/bin/python3}
if ! "$python" -c 'import torch' 2>/dev/null; then
    echo "skipped: $python has no PyTorch (Debian: python3-torch; another: PYTHON_WITH_TORCH)"
    exit 0
fi
requirements=$source/tests/python/models_requirements.txt
if ! cmp -s "$requirements" "$work/models-ready"; then
    rm -rf "$work/models-venv"
    "$python" -m venv --system-site-packages "$work/models-venv"
    "$work/models-venv/bin/pip" install -q -r "$requirements" || {
        echo "skipped: what the token models need cannot be installed"
        exit 0
    }
    cp "$requirements" "$work/models-ready"
fi
rm -rf "$work/wheels"
"$work/venv/bin/pip" wheel -q --no-build-isolation --no-deps --config-settings=build-dir="$work/build" -w "$work/wheels" \
    "$source/python"
"$work/models-venv/bin/pip" install -q --no-deps --force-reinstall "$work"/wheels/residuum-*.whl
cd "$source/python"
export PYTHONDONTWRITEBYTECODE=1 RSD_TINY_LYRA=$source/tests/codec/golden/tiny/lyra_v2
exec "$work/models-venv/bin/python" -m pytest -q --durations=5 -p no:cacheprovider extras/test_torch.py extras/test_models.py
