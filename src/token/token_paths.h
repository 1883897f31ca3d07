// SPDX-License-Identifier: MIT
// The files of a token set, by the name of the first.
#ifndef TOKEN_PATHS_H
#define TOKEN_PATHS_H

#include <residuum/rsd_status.h>

#define TOKEN_PATH_BYTES 4096u

/* TOKENS.npy, TOKENS.side.npy, which only codecs with side tokens have, and TOKENS.json. */
typedef enum { TOKEN_FILE_TOKENS, TOKEN_FILE_SIDE, TOKEN_FILE_JSON, TOKEN_FILE_COUNT } token_file;

typedef struct {
    char of[TOKEN_FILE_COUNT][TOKEN_PATH_BYTES];
} token_paths;

/*
 * path    TOKENS.npy; NULL is no name
 * Errors  RSD_ERR_ARG: it does not end in .npy, or is too long
 * Thread  [any]
 */
RSD_NODISCARD rsd_status token_paths_find(const char *path, token_paths *paths, rsd_error *error);

#endif
