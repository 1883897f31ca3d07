// SPDX-License-Identifier: MIT
// Options that name a sound device and how a codec runs in it.
#include "app/device_options.h"

#include <string.h>

int app_read_schedule(const char *text, const app_arguments *arguments, rsd_schedule *schedule)
{
    *schedule = RSD_SCHEDULE_AUTO;
    if (!text || strcmp(text, "auto") == 0) return -1;
    *schedule = RSD_SCHEDULE_INLINE;
    if (strcmp(text, "inline") == 0) return -1;
    *schedule = RSD_SCHEDULE_THREADED;
    if (strcmp(text, "threaded") == 0) return -1;
    return app_usage(arguments, "--schedule takes auto, inline or threaded, not '%s'", text);
}

/* What only some backends can do is said before any is opened. */
static int check_backend(const app_arguments *arguments, const host_device_config *device)
{
    const bool may_be_jack = device->backend == HOST_BACKEND_AUTO || device->backend == HOST_BACKEND_JACK;
    if (device->channel_count > 2u && device->backend == HOST_BACKEND_PORTAUDIO)
        return app_usage(arguments, "--channels takes 1 or 2 with --backend %s, not %u",
                         host_backend_name(device->backend), device->channel_count);
    if (device->no_connect && !may_be_jack)
        return app_usage(arguments, "--jack-no-connect goes with JACK, not with --backend %s",
                         host_backend_name(device->backend));
    if (device->jack_loopback && !may_be_jack)
        return app_usage(arguments, "--jack-loopback goes with JACK, not with --backend %s",
                         host_backend_name(device->backend));
    if (device->backend == HOST_BACKEND_NULL && (device->input_device || device->output_device || device->host_api))
        return app_usage(arguments, "--%s goes with a sound device, not with --backend null",
                         device->input_device    ? "input-device"
                         : device->output_device ? "output-device"
                                                 : "host-api");
    if (device->sidechain_device && device->backend == HOST_BACKEND_NULL)
        return app_usage(arguments, "--sidechain-device goes with a sound device, not with --backend null; see "
                                    "--sidechain-file");
    if (device->sidechain_device && app_given(arguments, APP_OPT_SIDECHAIN_FILE))
        return app_usage(arguments, "--sidechain-device and --sidechain-file: one side-chain is enough");
    if (device->cv_device && !app_given(arguments, APP_OPT_CV))
        return app_usage(arguments, "--cv-device goes with --cv, which says what its signals steer");
    if (app_given(arguments, APP_OPT_CV) && !may_be_jack)
        return app_usage(arguments, "--cv goes with JACK, not with --backend %s", host_backend_name(device->backend));
    if (device->jack_loopback && (device->input_device || device->output_device))
        return app_usage(arguments, "--jack-loopback connects us to nobody else: without --input-device and "
                                    "--output-device");
    return -1;
}

int app_read_device(const app_arguments *arguments, host_device_config *device)
{
    double rate = 0.0, block = 0.0, channels = 1.0;
    if (!app_number(arguments, APP_OPT_RATE, 8000, 384000, true, &rate) ||
        !app_number(arguments, APP_OPT_BLOCK, 1, HOST_DEVICE_MAX_BLOCK, true, &block) ||
        !app_number(arguments, APP_OPT_CHANNELS, 1, HOST_DEVICE_MAX_CHANNELS, true, &channels))
        return APP_USAGE;
    const char *backend = arguments->value[APP_OPT_BACKEND];
    if (backend && host_backend_parse(backend, &device->backend) != RSD_OK)
        return app_usage(arguments, "--backend takes auto, jack, portaudio or null, not '%s'", backend);
    device->input_device = arguments->value[APP_OPT_INPUT_DEVICE];
    device->output_device = arguments->value[APP_OPT_OUTPUT_DEVICE];
    device->host_api = arguments->value[APP_OPT_HOST_API];
    device->sample_rate_hz = (uint32_t)rate;
    device->block_samples = (uint32_t)block;
    device->channel_count = (uint32_t)channels;
    device->no_connect = app_given(arguments, APP_OPT_JACK_NO_CONNECT);
    device->jack_loopback = app_given(arguments, APP_OPT_JACK_LOOPBACK);
    device->sidechain_device = arguments->value[APP_OPT_SIDECHAIN_DEVICE];
    device->cv_device = arguments->value[APP_OPT_CV_DEVICE];
    const bool wants_jack = device->jack_loopback || app_given(arguments, APP_OPT_CV);
    if (wants_jack && device->backend == HOST_BACKEND_AUTO) device->backend = HOST_BACKEND_JACK;
    device->show_noise = app_given(arguments, APP_OPT_VERBOSE);
    return check_backend(arguments, device);
}
