#!/bin/sh
# SPDX-License-Identifier: MIT
# check_hardening.sh BUILD BUILD_TYPE: every program and shared object below src/, plugin/ and examples/ of BUILD is
# position-independent, has its relocations read-only before it runs, no executable stack and a stack protector; what is
# installed calls libc's checked functions, but in a Debug build, which is not optimised. 77: no readelf here.
set -eu
build=$1 build_type=$2
command -v readelf >/dev/null || { echo "no readelf on this machine: skipped"; exit 77; }
bad=0 count=0

offence() {
    echo "$file: $1"
    bad=1
}

# shellcheck disable=SC2044 # the build names them: none has a blank
for file in $(find "$build/src" "$build/plugin" "$build/examples" -path '*/CMakeFiles/*' -prune -o -type f -size +1k -print 2>/dev/null); do
    [ "$(head -c 4 "$file" | tail -c 3)" = ELF ] || continue
    case $file in *.o | *.a) continue ;; esac
    count=$((count + 1))
    headers=$(readelf -hlW "$file")
    dynamic=$(readelf -dW "$file")
    symbols=$(readelf --dyn-syms -W "$file")
    echo "$headers" | grep -q '^ *Type: *DYN ' || offence "is not position-independent"
    case $file in
    *.so* | *.clap | *.pd_linux) ;;
    *) echo "$dynamic" | grep -q 'FLAGS_1.* PIE' || offence "is a program, but no PIE" ;;
    esac
    echo "$headers" | grep -q '^ *GNU_RELRO ' || offence "has no RELRO segment"
    echo "$dynamic" | grep -Eq 'BIND_NOW|FLAGS_1.* NOW' || offence "is bound when called, not before: RELRO is not full"
    echo "$headers" | grep -Eq '^ *GNU_STACK .* RW +' || offence "has no stack that is not executable"
    echo "$dynamic" | grep -q TEXTREL && offence "has relocations in its code"
    echo "$symbols" | grep -q ' __stack_chk_fail' || offence "has no stack protector"
    case $file in
    */plug_limits | */lv2_ttl) ;; # run while building
    *) [ "$build_type" = Debug ] || echo "$symbols" | grep -Eq ' __[a-z]+_chk(@|$)' || offence "has no checked libc call" ;;
    esac
done
[ "$count" -gt 0 ] || { echo "no binary below $build: nothing was looked at"; exit 1; }
echo "$count binaries looked at"
exit "$bad"
