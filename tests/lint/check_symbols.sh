#!/bin/sh
# SPDX-License-Identifier: MIT
# check_symbols.sh BUILD_DIR ALLOW_LIST: in the real-time modules, only *_setup.c and files that the list gives a reason
# for may reference the allocator, threads, stdio or the system. Reads undefined symbols of the object files with nm.
# 77: there is no nm here.
set -eu
build=$1 allow=$2
command -v nm >/dev/null || { echo "nm is not installed"; exit 77; }

forbidden='^(malloc|calloc|realloc|reallocarray|free|aligned_alloc|posix_memalign|memalign|valloc|strn?dup|v?asprintf'
forbidden="$forbidden|getline|getdelim|open_memstream|qsort|pthread_.*|thrd_.*|mtx_.*|cnd_.*|call_once|sem_.*"
forbidden="$forbidden|f?open(64|at)?|fdopen|freopen|f?close|f?(read|write)|pread|pwrite|fflush|f?seeko?|f?tello?|rewind"
forbidden="$forbidden|v?f?printf|v?d?printf|v?sn?printf|v?f?scanf|v?sscanf|__isoc.._.*scanf|puts|fputs|putchar"
forbidden="$forbidden|putc|fputc|getc|fgetc|getchar|fgets|perror|setvbuf|setbuf|stdin|stdout|stderr|syslog|remove|rename"
forbidden="$forbidden|system|popen|fork|exec.*|mmap|munmap|mprotect|madvise|mlock.*|brk|sbrk|ioctl|fcntl|poll|select"
forbidden="$forbidden|epoll_.*|socket|connect|accept|send|sendto|sendmsg|recv|recvfrom|recvmsg|nanosleep|clock_nanosleep"
forbidden="$forbidden|usleep|sleep|sched_.*|syscall|futex|raise|kill|signal|sigaction|getenv|setenv|setlocale|dlopen|dlsym"
forbidden="$forbidden|exit|_exit|abort|time|localtime.*|gmtime.*|rand|random|srand|l?stat|fstat|mkdir|unlink)\$"

# What an object file wants, by the names that the source has: FORTIFY calls __read_chk for read and __open_2 for open.
wanted() {
    nm -u "$1" | awk '{ name = $NF; sub(/@.*/, "", name); if (name ~ /^__.*(_chk|_2)$/) { sub(/^__/, "", name); sub(/(_chk|_2)$/, "", name) }
        print name }'
}

# The reason that the list gives for a file, as module/file.c; empty when it gives none.
reason_for() {
    while read -r pattern reason; do
        case $pattern in '' | '#'*) continue ;; esac
        # shellcheck disable=SC2254 # a pattern is what the list holds
        case $1 in $pattern) printf '%s\n' "${reason:-}"; return ;; esac
    done <"$allow"
}

audited=0 bad=0
for module in base dsp rvq nn codec pattern entropy token engine; do
    folder=$build/src/$module/CMakeFiles/rsd_$module.dir
    [ -d "$folder" ] || continue
    for object in $(find "$folder" -name '*.o' | sort); do
        source=${object#"$folder"/}
        source=$module/${source%.o}
        case $source in *_setup.c) continue ;; esac
        if [ -n "$(reason_for "$source")" ]; then continue; fi
        audited=$((audited + 1))
        found=$(wanted "$object" | grep -E "$forbidden" | tr '\n' ' ' || true)
        if [ -n "$found" ]; then
            echo "src/$source references $found"
            bad=1
        fi
    done
done

# The audio side of the command's devices and of the plugins, where they are built: the files that say so in their first
# lines.
for object in src/host/CMakeFiles/rsd_host.dir/device/jack_audio.c \
    plugin/common/CMakeFiles/rsd_plug.dir/plug.c plugin/common/CMakeFiles/rsd_plug.dir/plug_meters.c \
    plugin/common/CMakeFiles/rsd_plug.dir/plug_midi.c plugin/lv2/CMakeFiles/rsd_lv2.dir/lv2_run.c \
    plugin/lv2/CMakeFiles/rsd_lv2.dir/lv2_events.c plugin/clap/CMakeFiles/rsd_clap.dir/clap_process.c; do
    [ -f "$build/$object.o" ] || continue
    audited=$((audited + 1))
    found=$(wanted "$build/$object.o" | grep -E "$forbidden" | tr '\n' ' ' || true)
    if [ -n "$found" ]; then
        echo "$object references $found"
        bad=1
    fi
done

if [ "$audited" -eq 0 ]; then
    echo "no object files under $build/src: nothing was audited"
    exit 1
fi
echo "$audited object files audited"
if [ "$bad" -ne 0 ]; then
    echo "move it to a *_setup.c, or name the file with a reason in $allow"
    exit 1
fi
