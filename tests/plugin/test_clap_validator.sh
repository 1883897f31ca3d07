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
status=0
"$validator" validate "$1" >validator.log 2>&1 || status=$?
cat validator.log
grep -qE '(^|[ ,])0 failed' validator.log || { echo "a test of clap-validator failed"; exit 1; }
exit "$status"
