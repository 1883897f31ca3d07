// SPDX-License-Identifier: MIT
#ifndef ENGINE_PRESET_NAME_H
#define ENGINE_PRESET_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* Whether rsd_preset_open takes this as a path and not as a preset's name. Thread: [any] */
bool preset_is_path(const char *name_or_path);

/* Where the user's preset of that name is, or would be; false where there is no home or no room. [any] */
bool preset_user_path(const char *name, char *path, size_t path_bytes);

#endif
