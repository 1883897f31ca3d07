// SPDX-License-Identifier: MIT
#ifndef RT_TRAP_H
#define RT_TRAP_H

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Every system call of one thread is trapped by the kernel (seccomp), counted, and not made. */

static atomic_int rt_trapped_count, rt_trapped_number, rt_trap_refused;

/* The call that was trapped counts as ENOSYS. */
static void rt_on_trap(int number, siginfo_t *info, void *context)
{
    (void)number, (void)context;
    atomic_fetch_add(&rt_trapped_count, 1);
    atomic_store(&rt_trapped_number, info->si_syscall);
}

/* False: no handler. Once, before all threads. */
static inline bool rt_trap_prepare(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = rt_on_trap;
    action.sa_flags = SA_SIGINFO;
    return sigaction(SIGSYS, &action, NULL) == 0;
}

/*
 * From here on all calls of this thread trap but the two that it takes to get out: back from the handler, and out of the
 * thread. False, and rt_trap_refused: this system does not let a program filter its own calls.
 */
static inline bool rt_trap_close_the_door(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rt_sigreturn, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
    };
    const struct sock_fprog program = {sizeof code / sizeof code[0], code};
    const bool is_closed =
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
    if (!is_closed) atomic_store(&rt_trap_refused, 1);
    return is_closed;
}

#endif
