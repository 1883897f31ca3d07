// SPDX-License-Identifier: MIT
// Which PortAudio devices a configuration means, and the list of them.
#include "host/device/internal.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct {
    const char *direction; /* "input", "output", "side-chain" */
    bool is_input;
    const char *wanted, *api;
} device_query;

static const char *api_name(PaDeviceIndex index) { return Pa_GetHostApiInfo(Pa_GetDeviceInfo(index)->hostApi)->name; }

static bool has_channels(PaDeviceIndex index, bool is_input)
{
    const PaDeviceInfo *info = Pa_GetDeviceInfo(index);
    return info && (is_input ? info->maxInputChannels : info->maxOutputChannels) > 0;
}

static bool is_candidate(PaDeviceIndex index, const device_query *query)
{
    return has_channels(index, query->is_input) && (!query->api || strcasestr(api_name(index), query->api));
}

/* Adds `0 "system" (JACK ...)` for every device that may be meant; what does not fit into the text ends in "...". */
static rsd_status refuse(const device_query *query, const char *problem, bool matching_only, rsd_error *error)
{
    char list[320] = "";
    size_t used = 0;
    const int count = Pa_GetDeviceCount();
    for (PaDeviceIndex i = 0; i < count; i++) {
        const char *name = Pa_GetDeviceInfo(i)->name;
        if (!is_candidate(i, query) || (matching_only && !strcasestr(name, query->wanted))) continue;
        char row[200];
        snprintf(row, sizeof row, "%s%d \"%.120s\" (%.40s)", used ? ", " : "", i, name, api_name(i));
        const size_t bytes = strlen(row);
        if (used + bytes + sizeof " ..." > sizeof list) {
            strcpy(list + used, " ...");
            break;
        }
        memcpy(list + used, row, bytes + 1u);
        used += bytes;
    }
    return base_error_set(error, RSD_ERR_NOT_FOUND, "%s device \"%s\": %s; %s: %s", query->direction,
                          query->wanted ? query->wanted : "default", problem, matching_only ? "these do" : "there are",
                          *list ? list : "none");
}

static rsd_status find_by_number(const device_query *query, PaDeviceIndex *found, rsd_error *error)
{
    const unsigned long number = strtoul(query->wanted, NULL, 10);
    if (number >= (unsigned long)Pa_GetDeviceCount() || !is_candidate((PaDeviceIndex)number, query))
        return refuse(query, "no such number", false, error);
    *found = (PaDeviceIndex)number;
    return RSD_OK;
}

/* A name in full wins over names that only contain it. */
static rsd_status find_by_name(const device_query *query, PaDeviceIndex *found, rsd_error *error)
{
    uint32_t part_count = 0, whole_count = 0;
    PaDeviceIndex part = paNoDevice, whole = paNoDevice;
    for (PaDeviceIndex i = 0; i < Pa_GetDeviceCount(); i++) {
        const char *name = Pa_GetDeviceInfo(i)->name;
        if (!is_candidate(i, query) || !strcasestr(name, query->wanted)) continue;
        part_count++;
        part = i;
        if (strcasecmp(name, query->wanted) != 0) continue;
        whole_count++;
        whole = i;
    }
    if (part_count == 0u) return refuse(query, "not found", false, error);
    if (whole_count != 1u && part_count != 1u)
        return refuse(query, "more than one fits, name it in full, by number, or with --host-api", true, error);
    *found = whole_count == 1u ? whole : part;
    return RSD_OK;
}

static PaDeviceIndex default_of_api(PaHostApiIndex api, bool is_input)
{
    const PaHostApiInfo *info = Pa_GetHostApiInfo(api);
    return is_input ? info->defaultInputDevice : info->defaultOutputDevice;
}

static PaDeviceIndex default_of_name(const char *api, bool is_input)
{
    for (PaHostApiIndex i = 0; i < Pa_GetHostApiCount(); i++) {
        const PaDeviceIndex found = default_of_api(i, is_input);
        if (strcasestr(Pa_GetHostApiInfo(i)->name, api) && found != paNoDevice) return found;
    }
    return paNoDevice;
}

static rsd_status find_named(const device_query *query, PaDeviceIndex *found, rsd_error *error)
{
    const char *name = query->wanted;
    const bool is_number = *name && strspn(name, "0123456789") == strlen(name);
    return is_number ? find_by_number(query, found, error) : find_by_name(query, found, error);
}

static rsd_status check_api(const char *api, rsd_error *error)
{
    char list[200] = "";
    for (PaHostApiIndex i = 0; api && i < Pa_GetHostApiCount(); i++) {
        const char *name = Pa_GetHostApiInfo(i)->name;
        if (strcasestr(name, api)) return RSD_OK;
        if (strlen(list) + strlen(name) + 3u < sizeof list) strcat(strcat(list, *list ? ", " : ""), name);
    }
    if (!api) return RSD_OK;
    return base_error_set(error, RSD_ERR_NOT_FOUND, "host API \"%s\" is not here; there is %s", api, list);
}

/*
 * The side that is named decides the host API of the one that is not: PortAudio has no full duplex across host APIs.
 * A missing default input is no error: `*input` stays paNoDevice. A missing default output is.
 */
static rsd_status find_defaults(const host_device_config *config, PaDeviceIndex *input, PaDeviceIndex *output,
                                rsd_error *error)
{
    if (*output == paNoDevice && *input != paNoDevice)
        *output = default_of_api(Pa_GetDeviceInfo(*input)->hostApi, false);
    if (*output == paNoDevice && *input == paNoDevice)
        *output = config->host_api ? default_of_name(config->host_api, false) : Pa_GetDefaultOutputDevice();
    if (*output == paNoDevice)
        return base_error_set(error, RSD_ERR_NOT_FOUND,
                              "no sound device for output%s%s; see `residuum devices`, or use "
                              "--backend null",
                              config->host_api ? " in " : "", config->host_api ? config->host_api : "");
    if (*input == paNoDevice && !config->no_input) *input = default_of_api(Pa_GetDeviceInfo(*output)->hostApi, true);
    return RSD_OK;
}

rsd_status host_portaudio_select(const host_device_config *config, PaDeviceIndex *input, PaDeviceIndex *output,
                                 rsd_error *error)
{
    const device_query in = {"input", true, config->input_device, config->host_api};
    const device_query out = {"output", false, config->output_device, config->host_api};
    *input = *output = paNoDevice;
    rsd_status status = check_api(config->host_api, error);
    if (status == RSD_OK && in.wanted && !config->no_input) status = find_named(&in, input, error);
    if (status == RSD_OK && out.wanted) status = find_named(&out, output, error);
    if (status == RSD_OK) status = find_defaults(config, input, output, error);
    return status;
}

rsd_status host_portaudio_select_side(const host_device_config *config, PaDeviceIndex *side, rsd_error *error)
{
    const device_query query = {"side-chain", true, config->sidechain_device, config->host_api};
    *side = paNoDevice;
    return query.wanted ? find_named(&query, side, error) : RSD_OK;
}

static host_device_entry describe_entry(PaDeviceIndex index)
{
    const PaDeviceInfo *info = Pa_GetDeviceInfo(index);
    host_device_entry entry = {.index = (uint32_t)index,
                               .input_channel_count = (uint32_t)info->maxInputChannels,
                               .output_channel_count = (uint32_t)info->maxOutputChannels,
                               .default_rate_hz = info->defaultSampleRate,
                               .default_low_input_latency_s = info->defaultLowInputLatency,
                               .default_low_output_latency_s = info->defaultLowOutputLatency,
                               .is_default_input = index == Pa_GetDefaultInputDevice(),
                               .is_default_output = index == Pa_GetDefaultOutputDevice()};
    snprintf(entry.name, sizeof entry.name, "%s", info->name);
    snprintf(entry.host_api, sizeof entry.host_api, "%s", api_name(index));
    return entry;
}

void host_portaudio_list(void (*visit)(void *context, const host_device_entry *entry), void *context, rsd_error *error)
{
    const PaError code = host_portaudio_usable() ? Pa_Initialize() : paNotInitialized;
    if (code != paNoError) {
        (void)base_error_set(error, RSD_ERR_IO, "PortAudio does not start: %s", Pa_GetErrorText(code));
        return;
    }
    const int count = Pa_GetDeviceCount();
    for (PaDeviceIndex i = 0; i < count; i++) {
        const host_device_entry entry = describe_entry(i);
        visit(context, &entry);
    }
    Pa_Terminate();
}
