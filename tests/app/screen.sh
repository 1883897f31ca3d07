# SPDX-License-Identifier: MIT
# Read by the scripts of this folder that look at the screen of `residuum live`, after check.sh. Needs tmux.
# shellcheck shell=sh disable=SC2034,SC2086,SC2154 # words on purpose; names of check.sh
command -v tmux >/dev/null || { echo "tmux is not installed"; exit 77; }
unset TMUX
terminal="tmux -S $folder/tmux -f /dev/null"

# live_on_screen COLUMNS ROWS: the demo plays in a terminal of that size, and ends with the script.
live_on_screen() {
    $terminal new-session -d -s live -x "$1" -y "$2" \
        "$residuum live --backend null --no-osc --schedule inline 2>screen.err; echo \"exit \$?\"; sleep 60" || exit 77
    trap '$terminal kill-server 2>/dev/null; rm -rf "$folder"' EXIT
}
press() { $terminal send-keys -t live "$@"; }

on_screen() { $terminal capture-pane -p -t live >out 2>err && grep -q -e "$1" out; }
# shows PATTERN SENTENCE: the screen comes to have a line that matches.
shows() {
    if soon on_screen "$1"; then
        holds "$2"
        return
    fi
    fails "$2 (no '$1' on the screen)"
    sed 's/^/    /' out
}
