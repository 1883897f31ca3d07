// SPDX-License-Identifier: MIT
#ifndef HOST_HTTP_LISTS_H
#define HOST_HTTP_LISTS_H

#include <jansson.h>

/*
 * What a page is told once: lists to choose from, the message LISTS of host_http_tell_lookers. A list that is full, or
 * out of memory, stays as it is. Thread: [control] for all
 */

#define HOST_HTTP_MAX_LISTED 200u

/* {"name", "group", "help"} of a preset that can be opened by this name; none where it cannot. */
void host_http_list_preset(json_t *list, const char *name);
/* {"name", "help"}. Names of files are bytes: what is no UTF-8 is replaced. */
void host_http_list_codec(json_t *list, const char *name, const char *help);
/* The built-in codecs, and the known models whose files are on this machine. */
void host_http_list_codecs(json_t *list);
/* {"/residuum/lfo/1/shape": ["sine", ...]}: names of the values of a row whose numbers mean something, from its least on.
 * A new reference. */
json_t *host_http_value_names(void);

#endif
