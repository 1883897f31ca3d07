// SPDX-License-Identifier: MIT
#ifndef APP_STRESS_GRANTS_H
#define APP_STRESS_GRANTS_H

#include <stdbool.h>

/* What the system grants to a program that plays in real time, as it is found by trying. Thread: [control] */

#define STRESS_GRANT_COUNT 4u
typedef enum { STRESS_GRANTED, STRESS_REFUSED, STRESS_UNKNOWN } stress_grant_state;
typedef struct {
    const char *name;
    stress_grant_state state;
    char found[160];    /* what there is */
    const char *remedy; /* how to grant it; NULL where nothing is to be done */
} stress_grant;

void stress_find_grants(stress_grant grants[STRESS_GRANT_COUNT]);

#endif
