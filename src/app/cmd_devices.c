// SPDX-License-Identifier: MIT
// `residuum devices`: a line a device.
#include "app.h"

#include "host/device/device.h"
#include "host/midi/input.h"

#include <stdio.h>
#include <unistd.h>

static void print_device(void *context, const host_device_entry *entry)
{
    bool *has_header = context;
    if (!*has_header) puts("  N  in out  rate Hz  low latency in/out ms  name [sound system]");
    *has_header = true;
    char latency[32], number[16] = "-";
    if (entry->index != HOST_DEVICE_NO_NUMBER) snprintf(number, sizeof number, "%u", entry->index);
    snprintf(latency, sizeof latency, "%.1f/%.1f", 1e3 * entry->default_low_input_latency_s,
             1e3 * entry->default_low_output_latency_s);
    printf("%3s %2u%c %2u%c %8.0f  %21s  %s [%s]\n", number, entry->input_channel_count,
           entry->is_default_input ? '*' : ' ', entry->output_channel_count, entry->is_default_output ? '*' : ' ',
           entry->default_rate_hz, latency, entry->name, entry->host_api);
}

static void print_midi(void *context, const host_midi_entry *entry)
{
    bool *has_header = context;
    if (!*has_header) puts("\nMIDI inputs, for --midi-input");
    *has_header = true;
    app_print("    %s [%s]", entry->name, entry->system);
    putchar('\n');
}

int app_devices(const app_arguments *arguments)
{
    bool has_header = false;
    rsd_error error = {0};
    const uint32_t count = host_device_list(print_device, &has_header, app_given(arguments, APP_OPT_VERBOSE), &error);
    if (count == 0u && error.status != RSD_OK) {
        const int code = app_fail(arguments, "%s", error.text);
        if (error.status != RSD_ERR_UNSUPPORTED) return code;
        fflush(NULL);
        _exit(code); // a sound library that hangs does so when it is taken down, too
    }
    if (count == 0u)
        puts("no sound devices; residuum live then plays its built-in demo through the null device (--backend null)");
    has_header = false;
    if (host_midi_list(print_midi, &has_header) == 0u) puts("\nno MIDI inputs");
    return APP_OK;
}
