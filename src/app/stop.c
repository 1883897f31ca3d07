// SPDX-License-Identifier: MIT
#include "stop.h"

#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
#define NUMBER_COUNT (sizeof numbers / sizeof *numbers)

static volatile sig_atomic_t noted; /* 0: none */
static struct sigaction before[NUMBER_COUNT];

static void note(int number) { noted = number; }

static void ignore(int number)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_IGN;
    sigaction(number, &action, NULL);
}

/* What is ignored (nohup, a job in the background) stays so. */
void app_stop_hold(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = note;
    sigemptyset(&action.sa_mask);
    noted = 0;
    for (size_t i = 0; i < NUMBER_COUNT; i++) {
        sigaction(numbers[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN) sigaction(numbers[i], &action, NULL);
    }
    ignore(SIGPIPE);
}

bool app_stop_asked(void) { return noted != 0; }

void app_stop_release(void)
{
    for (size_t i = 0; i < NUMBER_COUNT; i++) sigaction(numbers[i], &before[i], NULL);
    if (noted == 0) return;
    fflush(stdout);
    raise(noted);
}

void app_stop_ignore_file_limit(void) { ignore(SIGXFSZ); }
