#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: with_python.sh SOURCE SCRIPT [ARGUMENTS]: runs a test that wants packages of PyPI by the Python that `./dev test`
# has put them into, or by the system's, where the test says what is missing and is skipped.
set -eu
python=$1/build/test-python/bin/python
shift
[ -x "$python" ] || python=python3
exec "$python" -W ignore::DeprecationWarning "$@"
