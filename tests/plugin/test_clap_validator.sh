#!/bin/sh
# SPDX-License-Identifier: MIT
# test_clap_validator.sh MODULE: clap-validator, where it is on this machine (or named by CLAP_VALIDATOR). It is no Debian
# package and no crate of a registry: its source is at github.com/free-audio/clap-validator.
set -eu
validator=${CLAP_VALIDATOR:-clap-validator}
command -v "$validator" >/dev/null 2>&1 || {
    echo "no clap-validator on this machine: skipped. Build it from its source and name it by CLAP_VALIDATOR"
    exit 77
}
# Its preset-discovery tests wait for themselves for ever (a lock of its own, in 0.4.1): left out.
status=0
"$validator" validate "$1" -x preset-discovery >coloured.log 2>&1 || status=$?
sed "s/$(printf '\033')\[[0-9;]*m//g" coloured.log >validator.log
cat validator.log
grep -qE '(^|[ ,])0 failed' validator.log || { echo "a test of clap-validator failed"; exit 1; }
exit "$status"
