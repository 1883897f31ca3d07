// SPDX-License-Identifier: MIT
#ifndef RT_GUARD_H
#define RT_GUARD_H

/*
 * Catches what an audio thread must not do. A program that is built with rt_guard.c and heap_calls.c has its calls of the allocator, of
 * locks and of blocking system functions pass through it, those made inside shared libraries too: the program's symbols
 * come before theirs. Between enter and leave, on the calling thread, the first such call ends the program with its
 * name; after rt_guard_only_count it is noted instead.
 * Not seen: calls that a library makes inside itself without the dynamic linker (libc's own write under printf). For
 * those there is rt_syscalls, which asks the kernel.
 */
void rt_guard_enter(void);
void rt_guard_leave(void);
void rt_guard_only_count(void);
unsigned rt_guard_count(void);   /* offences noted */
const char *rt_guard_last(void); /* name of the last one, "" before any */

#endif
