#!/bin/sh
# SPDX-License-Identifier: MIT
# check_scripts.sh ROOT: every script parses (and is clean for shellcheck where that is installed), and `dev` answers
# as its help says, from any folder.
set -eu
root=$1
cd "$root"
bash -n dev
sh -n .ci/run
scripts="dev .ci/run"
for script in $(find tests src presets plugin -name '*.sh' 2>/dev/null | sort); do
    case $(head -n 1 "$script") in
    *bash*) bash -n "$script" ;;
    *) sh -n "$script" ;;
    esac
    scripts="$scripts $script"
done
# shellcheck disable=SC2086 # a list of names without blanks
if command -v shellcheck >/dev/null; then shellcheck -x -P SCRIPTDIR -S warning $scripts; fi

cd /
help=$("$root/dev" --help)
for command in run test bench lint asan tsan fuzz; do
    case $help in *"
  $command "*) ;; *) echo "./dev --help does not name $command"; exit 1 ;; esac
    grep -q "^command_$command()" "$root/dev" || { echo "./dev has no $command"; exit 1; }
done
status=0
"$root/dev" no-such-command >/dev/null 2>&1 || status=$?
if [ "$status" -ne 2 ]; then
    echo "./dev no-such-command exits $status, not 2"
    exit 1
fi
