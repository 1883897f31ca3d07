// SPDX-License-Identifier: MIT
// The list of devices, which sound libraries may hang in as in opening one.
#include "host/device/internal.h"

#include "base/error.h"
#include "host/device/quiet.h"
#include "host/device/timeout.h"

#include <stdlib.h>

#define LIST_TIMEOUT_S 15u

typedef struct {
    bool show_noise, is_short; /* is_short: there was no memory for all of them */
    host_device_entry *entries;
    uint32_t count;
    rsd_error error;
} device_list;

static void keep_entry(void *context, const host_device_entry *entry)
{
    device_list *list = context;
    host_device_entry *more = realloc(list->entries, (list->count + 1u) * sizeof *more);
    list->is_short = list->is_short || !more;
    if (!more) return;
    list->entries = more;
    more[list->count++] = *entry;
}

static void list_all(void *context)
{
    device_list *list = context;
#ifdef RSD_HAVE_JACK
    host_jack_list(keep_entry, list, list->show_noise);
#endif
    host_portaudio_list(keep_entry, list, &list->error);
    if (list->is_short) (void)base_error_set(&list->error, RSD_ERR_MEMORY, "no memory for the list of devices");
}

static void destroy_list(device_list *list)
{
    free(list->entries);
    free(list);
}

uint32_t host_device_list(void (*visit)(void *context, const host_device_entry *entry), void *context, bool show_noise,
                          rsd_error *error)
{
    bool begun;
    device_list *list = calloc(1, sizeof *list);
    if (!list) return (void)base_error_set(error, RSD_ERR_MEMORY, "no memory for the list of devices"), 0u;
    list->show_noise = show_noise;
    /* Here and not where it hangs: what went wrong is said on stderr. */
    const int saved = show_noise ? -1 : host_quiet_begin();
    const bool is_done = host_call_with_timeout(list_all, list, LIST_TIMEOUT_S, &begun);
    host_quiet_end(saved);
    if (!is_done) {
        (void)host_device_fail_call(begun, LIST_TIMEOUT_S, error);
        if (begun)
            host_portaudio_give_up();
        else
            destroy_list(list);
        return 0u;
    }
    const uint32_t count = list->count;
    for (uint32_t i = 0; i < count; i++) visit(context, &list->entries[i]);
    if (error) *error = list->error;
    destroy_list(list);
    return count;
}
