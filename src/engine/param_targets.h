// SPDX-License-Identifier: MIT
#ifndef ENGINE_PARAM_TARGETS_H
#define ENGINE_PARAM_TARGETS_H

#include <residuum/rsd_params.h>

/* "none", "levels", "level_gain[3]"; NULL where no parameter is. Static storage. Thread: [any] */
const char *param_target_name(uint32_t target);

#endif
