// SPDX-License-Identifier: MIT
#ifndef ENGINE_PRESET_NAME_H
#define ENGINE_PRESET_NAME_H

#include <stdbool.h>

/* Whether rsd_preset_open takes this as a path and not as a preset's name. Thread: [any] */
bool preset_is_path(const char *name_or_path);

#endif
