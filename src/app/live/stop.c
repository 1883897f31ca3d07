// SPDX-License-Identifier: MIT
// How `live` ends: signals, and a sound library that does not let go.
#include "app/live/live.h"
#include "app/stop.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define GUARD_SECONDS 5u

static volatile sig_atomic_t guarded_exit_code;

static void give_up(int number)
{
    (void)number;
    static const char text[] = "residuum live: the sound system does not let go of the device; leaving it as it is\n";
    // The recording is whole already (live_ui_close); only what the sound library holds is left behind.
    const ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1u);
    (void)ignored;
    _exit(guarded_exit_code);
}

static void handle(int number, void (*handler)(int))
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void live_ui_stop_prepare(void)
{
    app_stop_prepare();
    handle(SIGPIPE, SIG_IGN); // a reader of our lines that goes away must not cost the recording
}

void live_ui_stop_guard(int exit_code)
{
    guarded_exit_code = exit_code;
    handle(SIGALRM, give_up);
    alarm(GUARD_SECONDS);
}
