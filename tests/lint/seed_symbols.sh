#!/bin/sh
# SPDX-License-Identifier: MIT
# seed_symbols.sh WORK_DIR CC: compiles small offences and shows them to check_symbols.sh one at a time.
set -eu
work=$1 cc=$2
check=$(cd "$(dirname "$0")" && pwd)/check_symbols.sh
objects=$work/src/rvq/CMakeFiles/rsd_rvq.dir

fresh() {
    rm -rf "$work"
    mkdir -p "$objects"
    printf '%s\n' '# comment' 'rvq/named.c  a reason' 'rvq/bare.c' >"$work/allow.txt"
    compile clean.c 'void f(float *x, const float *y); void f(float *x, const float *y) { __builtin_memcpy(x, y, 4000); }'
}

compile() { # FILE TEXT
    printf '%s\n' "$2" >"$work/$1"
    "$cc" -O2 -w -c -o "$objects/$1.o" "$work/$1"
}

audit() { sh "$check" "$work" "$work/allow.txt" >"$work/log" 2>&1; }

must_fail() { # FILE SYMBOL TEXT
    fresh
    compile "$1" "$3"
    if audit; then
        cat "$work/log"
        echo "not caught: $1 references $2"
        exit 1
    fi
    grep -q "src/rvq/$1 references .*$2" "$work/log" || { cat "$work/log"; echo "$1 and $2 are not named"; exit 1; }
}

must_pass() { # FILE TEXT
    fresh
    compile "$1" "$2"
    audit || { cat "$work/log"; echo "refused: $1"; exit 1; }
}

allocating='#include <stdlib.h>
void *f(unsigned long n); void *f(unsigned long n) { return malloc(n); }'
must_fail rvq.c malloc "$allocating"
must_fail bare.c malloc "$allocating" # a list entry without a reason excuses nothing
must_fail rvq.c free '#include <stdlib.h>
void f(void *p); void f(void *p) { free(p); }'
must_fail rvq.c pthread_mutex_lock '#include <pthread.h>
void f(pthread_mutex_t *m); void f(pthread_mutex_t *m) { pthread_mutex_lock(m); }'
must_fail rvq.c puts '#include <stdio.h>
void f(void); void f(void) { printf("x\n"); }'
must_fail rvq.c fprintf '#include <stdio.h>
void f(FILE *o, int n); void f(FILE *o, int n) { fprintf(o, "%d", n); }'
must_fail rvq.c snprintf '#include <stdio.h>
void f(char *o, int n); void f(char *o, int n) { snprintf(o, 9, "%d", n); }'
must_fail rvq.c read '#define _FORTIFY_SOURCE 2
#include <unistd.h>
long f(int d, unsigned long n); long f(int d, unsigned long n) { char b[9]; long r = read(d, b, n); return r + b[0]; }'
must_pass rvq_setup.c "$allocating"
must_pass named.c "$allocating"

rm -rf "$work/src"
if audit; then
    echo "an audit of nothing passed"
    exit 1
fi
