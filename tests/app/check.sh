# SPDX-License-Identifier: MIT
# Read by the scripts of this folder: a folder of their own, and checks that say in a sentence what holds.
# shellcheck shell=sh disable=SC2034
set -u
residuum=$1
sound=$2
folder=$(mktemp -d "${TMPDIR:-/tmp}/rsd-app-XXXXXX")
trap 'rm -rf "$folder"' EXIT
# The presets and models of whoever runs the tests must not matter.
export XDG_CONFIG_HOME="$folder/config" XDG_DATA_HOME="$folder/data"
unset DISPLAY || true
cd "$folder" || exit 1
failures=0

holds() { echo "  holds: $1"; }
fails() {
    echo "FAILS: $1"
    [ -s err ] && sed 's/^/    stderr: /' err
    failures=$((failures + 1))
}
# check SENTENCE COMMAND...: the command exits 0. Its output goes to out and err.
check() {
    sentence=$1
    shift
    if "$@" >out 2>err; then holds "$sentence"; else fails "$sentence (exit $?)"; fi
}
# exits CODE SENTENCE COMMAND...: the command exits with CODE.
exits() {
    wanted=$1 sentence=$2
    shift 2
    "$@" >out 2>err
    code=$?
    if [ "$code" -eq "$wanted" ]; then holds "$sentence"; else fails "$sentence (exit $code, not $wanted)"; fi
}
# says PATTERN SENTENCE: err has a line that matches; speaks: out has.
says() { if grep -q -e "$1" err; then holds "$2"; else fails "$2 (no '$1' on stderr)"; fi; }
speaks() { if grep -q -e "$1" out; then holds "$2"; else fails "$2 (no '$1' on stdout)"; fi; }
# is SENTENCE A OP B: a comparison of numbers by awk.
is() {
    if awk -v a="$2" -v b="$4" "BEGIN { exit !(a ~ /^-?[0-9]/ && (a + 0) $3 (b + 0)) }"; then
        holds "$1"
    else
        fails "$1 ($2 $3 $4 is not so)"
    fi
}
# soon COMMAND...: waits until it holds, half a minute at most. A busy machine is waited for, a quick one is not held up.
soon() {
    soon_left=600
    until "$@"; do
        soon_left=$((soon_left - 1))
        [ "$soon_left" -gt 0 ] || return 1
        sleep 0.05
    done
}
# What is waited for: FILE has so many bytes; its last line matches PATTERN; live has printed that it played so long.
has_bytes() { [ "$(wc -c <"$1" 2>/dev/null || echo 0)" -ge "$2" ]; }
ends_in() { tail -n 1 "$1" 2>/dev/null | grep -q -e "$2"; }
played() { sed -n 's/^ *\([0-9.]*\) s  levels.*/\1/p' "$1" 2>/dev/null | tail -n 1; }
has_played() { awk -v s="$(played "$1")" "BEGIN { exit !(s != \"\" && s + 0 >= $2) }"; }
# stops COMMAND...: SIGTERM while it is at work; its exit code is in $code. On a busy machine it takes a while to begin.
stops() {
    for stops_after in 2 8 32; do
        "$@" >out 2>err &
        pid=$!
        sleep "$stops_after"
        kill -TERM $pid
        wait $pid
        code=$?
        [ "$code" -eq 143 ] || return
    done
}
finish() {
    [ "$failures" -eq 0 ] || echo "$failures failed"
    exit $((failures > 0))
}
