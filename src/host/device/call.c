// SPDX-License-Identifier: MIT
// Calls into sound libraries that may not come back, as their server died or hangs.
#include "host/device/internal.h"

#include "base/error.h"
#include "host/device/timeout.h"

#include <stdlib.h>

typedef struct {
    host_device *device;
    rsd_status (*work)(host_device *device, rsd_error *error);
    rsd_status status;
    rsd_error error;
} device_call;

static void run_call(void *context)
{
    device_call *call = context;
    call->status = call->work(call->device, &call->error);
}

rsd_status host_device_fail_call(bool begun, uint32_t timeout_s, rsd_error *error)
{
    if (!begun) return base_error_set(error, RSD_ERR_THREAD, "the system gave no thread for the sound device");
    return base_error_set(
        error, RSD_ERR_UNSUPPORTED,
        "the sound system did not answer within %u s: its server hangs; end that, then start residuum anew", timeout_s);
}

rsd_status host_device_call(host_device *device, rsd_status (*work)(host_device *device, rsd_error *error),
                            uint32_t timeout_s, rsd_error *error)
{
    bool begun;
    device_call *call = calloc(1, sizeof *call);
    if (!call) return base_error_set(error, RSD_ERR_MEMORY, "no memory for the sound device");
    call->device = device;
    call->work = work;
    if (host_call_with_timeout(run_call, call, timeout_s, &begun)) {
        const rsd_status status = call->status;
        if (status != RSD_OK) (void)base_error_set(error, status, "%s", call->error.text);
        free(call);
        return status;
    }
    if (begun)
        device->deserted = true;
    else
        free(call);
    return host_device_fail_call(begun, timeout_s, error);
}
