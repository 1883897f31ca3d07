// SPDX-License-Identifier: MIT
#ifndef APP_MODELS_MODELS_H
#define APP_MODELS_MODELS_H

#include "app/app.h"
#include "app/models/sha256.h"
#include "codec/known_models.h"

/*
 * Installs a known model below known_model_home: its files are gathered in NAME.part beside it, which is renamed when
 * all are there and their sums are right. from: a URL or folder that has the files, NULL for where they are published.
 * Returns an exit code; what failed is reported.
 */
int models_get(const app_arguments *arguments, const known_model *model, const char *from);

/* Sum of a regular file; false where it cannot be read. */
bool models_sum(const char *path, uint64_t *size_bytes, char hex[SHA256_HEX_BYTES]);

#endif
