#!/bin/sh
# SPDX-License-Identifier: MIT
# test_symbols.sh MODULE=SYMBOL...: each module exports its entry point and nothing else, and links no sound device.
set -eu
command -v nm >/dev/null || { echo "no nm on this machine: skipped"; exit 77; }
[ "$#" -gt 0 ] || { echo "no module was named"; exit 1; }
bad=0
for pair in "$@"; do
    module=${pair%=*} wanted=${pair##*=}
    exported=$(nm -D --defined-only "$module" | awk '{ print $NF }' | tr '\n' ' ')
    if [ "$exported" = "$wanted " ]; then
        echo "  $(basename "$module") exports $wanted"
    else
        echo "$module exports '$exported', not '$wanted'"
        bad=1
    fi
    if objdump -p "$module" | grep NEEDED | grep -E 'portaudio|jack|asound|sndfile|ncurses|rsvg|cairo|fftw'; then
        echo "$module links a library that a plugin has no use for"
        bad=1
    fi
done
exit "$bad"
