// SPDX-License-Identifier: MIT
// Signals that ask for the end.
#include "app/stop.h"

#include <signal.h>
#include <string.h>

static volatile sig_atomic_t is_asked;

static void ask(int number)
{
    (void)number;
    is_asked = 1;
}

void app_stop_prepare(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = ask;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) sigaction(numbers[i], &action, NULL);
}

bool app_stop_asked(void) { return is_asked != 0; }
