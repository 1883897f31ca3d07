#!/bin/sh
# SPDX-License-Identifier: MIT
# check_scripts.sh ROOT: every script parses (and is clean for shellcheck where that is installed; those in Python where
# python3 is), and `dev` answers as its help says, from any folder.
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
if command -v python3 >/dev/null; then
    for script in $(find tools -type f 2>/dev/null | sort) $(find tests/app tests/install tests/tools -name '*.py' | sort); do
        case $script:$(head -n 1 "$script" | tr -d '\000') in
        *.py:* | *:'#!'*python3)
            python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])' "$script"
            grep -q -m 1 '^# SPDX-License-Identifier: MIT$' "$script" || { echo "$script: no licence line"; exit 1; }
            ;;
        esac
    done
fi

cd /
help=$("$root/dev" --help)
for command in run test bench lint asan tsan soak fuzz; do
    case $help in *"
  $command "*) ;; *) echo "./dev --help does not name $command"; exit 1 ;; esac
    grep -q "^command_$command()" "$root/dev" || { echo "./dev has no $command"; exit 1; }
done
# refuses WORD ARGUMENTS...: dev exits with 2 and names the word.
refuses() {
    word=$1 status=0
    shift
    "$root/dev" "$@" >/dev/null 2>"$log" || status=$?
    if [ "$status" -ne 2 ]; then
        echo "./dev $* exits $status, not 2"
        exit 1
    fi
    grep -q "'$word'" "$log" || { cat "$log"; echo "./dev $* does not name '$word'"; exit 1; }
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
refuses tset tset
refuses no-such-module test no-such-module
refuses rqv test rvq rqv -- -V
refuses rvq lint rvq
