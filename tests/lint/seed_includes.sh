#!/bin/sh
# SPDX-License-Identifier: MIT
# seed_includes.sh WORK_DIR: shows check_includes.sh a clean tree, which must pass, then one offence at a time.
set -eu
work=$1
check=$(cd "$(dirname "$0")" && pwd)/check_includes.sh

fresh() {
    rm -rf "$work"
    mkdir -p "$work/src/dsp" "$work/src/engine" "$work/src/host/osc" "$work/include/residuum"
    echo '#include <residuum/rsd_status.h>' >"$work/include/residuum/rsd_engine.h"
    echo '#include <residuum/rsd_ring.h>' >"$work/src/dsp/a.c"
    printf '#include "dsp/a.h"\n#include <residuum/rsd_codec.h>\n#include "b.h"\n' >"$work/src/engine/b.c"
    echo '#include <portaudio.h>' >"$work/src/host/c.c"
    echo '#include <sys/socket.h>' >"$work/src/host/osc/peer.c"
    : >"$work/src/host/osc/d.c"
}

must_fail() { # FILE LINE WHAT
    fresh
    echo "$2" >>"$work/$1"
    if sh "$check" "$work" >"$work/log"; then
        echo "not caught: $3"
        exit 1
    fi
    grep -q "^$1:" "$work/log" || { cat "$work/log"; echo "the offence does not name $1"; exit 1; }
}

fresh
sh "$check" "$work" || { echo "a clean tree was refused"; exit 1; }
must_fail src/dsp/a.c '#include "engine/b.h"' "a module above, by its folder"
must_fail src/dsp/a.c '#  include <residuum/rsd_codec.h>' "a module above, by its public header"
must_fail src/engine/b.c '#include "host/c.h"' "the library includes the host"
must_fail src/engine/b.c '#include <portaudio.h>' "the library includes a device library"
must_fail src/engine/b.c '#include <lo/lo.h>' "the library includes liblo"
must_fail src/engine/b.c '#include <opus.h>' "the library includes libopus"
must_fail src/host/osc/d.c '#include <netinet/in.h>' "a socket outside src/host/osc/peer.c"
must_fail src/host/c.c '#include "nowhere/c.h"' "a folder that is no module"
must_fail src/host/c.c '#include <residuum/rsd_unheard.h>' "a public header without a module"
must_fail include/residuum/rsd_status.h '#include <residuum/rsd_engine.h>' "a public header of base includes engine"
