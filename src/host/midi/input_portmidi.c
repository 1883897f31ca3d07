// SPDX-License-Identifier: MIT
// MIDI inputs by PortMidi.
#include "host/midi/internal.h"

#include "base/error.h"
#include "base/sleep.h"
#include "host/device/quiet.h"

#include <portmidi.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_MESSAGES 256
#define POLL_NS 1000000u /* a millisecond: what a controller's own scan takes */
#define READ_AT_ONCE 32

struct host_midi_input {
    PortMidiStream *stream;
    const char *name; /* PortMidi's */
    host_midi_take take;
    void *context;
    pthread_t thread;
    _Atomic bool stop; /* control stores, the thread loads */
};

/* Bytes that a status has; 0: system exclusive and what is undefined. */
static size_t size_of(uint8_t status)
{
    if (status >= 0xf8u) return 1u;
    const uint8_t kind = status & 0xf0u;
    if (kind == 0xc0u || kind == 0xd0u) return 2u;
    return kind >= 0x80u && kind < 0xf0u ? 3u : 0u;
}

/* False: there was nothing to read after all. A queue that ran over has lost its messages, and goes on empty; a device
 * that fails must not keep this thread busy. */
static bool read_some(host_midi_input *self)
{
    PmEvent events[READ_AT_ONCE];
    const int read = Pm_Read(self->stream, events, READ_AT_ONCE);
    const uint64_t now_ns = base_now_ns();
    for (int i = 0; i < read; i++) {
        const PmMessage message = events[i].message;
        const uint8_t bytes[3] = {(uint8_t)Pm_MessageStatus(message), (uint8_t)Pm_MessageData1(message),
                                  (uint8_t)Pm_MessageData2(message)};
        const size_t size = size_of(bytes[0]);
        if (size > 0u) self->take(self->context, now_ns, bytes, size);
    }
    return read > 0;
}

static void *run(void *context)
{
    host_midi_input *self = context;
    while (!atomic_load_explicit(&self->stop, memory_order_acquire)) { /* stored by host_midi_input_close */
        while (Pm_Poll(self->stream) == TRUE && read_some(self)) continue;
        base_sleep_until(base_now_ns() + POLL_NS);
    }
    return NULL;
}

static PmDeviceID find(const char *name, char *list, size_t list_bytes)
{
    size_t used = 0;
    *list = '\0';
    for (int id = 0; id < Pm_CountDevices(); id++) {
        const PmDeviceInfo *info = Pm_GetDeviceInfo(id);
        if (!info || !info->input) continue;
        if (strcasestr(info->name, name)) return id;
        if (used < list_bytes)
            used += (size_t)snprintf(list + used, list_bytes - used, "%s%s", used > 0u ? ", " : "", info->name);
    }
    return pmNoDevice;
}

static rsd_status start(host_midi_input *self, PmDeviceID id, rsd_error *error)
{
    self->name = Pm_GetDeviceInfo(id)->name;
    const PmError opened = Pm_OpenInput(&self->stream, id, NULL, QUEUE_MESSAGES, NULL, NULL);
    if (opened != pmNoError)
        return base_error_set(error, RSD_ERR_IO, "MIDI input \"%s\": %s", self->name, Pm_GetErrorText(opened));
    Pm_SetFilter(self->stream, PM_FILT_ACTIVE | PM_FILT_SYSEX);
    if (pthread_create(&self->thread, NULL, run, self) == 0) return RSD_OK;
    Pm_Close(self->stream);
    return base_error_set(error, RSD_ERR_THREAD, "the system gave no thread for MIDI");
}

rsd_status host_midi_input_open(const char *name, host_midi_take take, void *context, host_midi_input **input,
                                rsd_error *error)
{
    char list[300];
    host_midi_input *self = calloc(1, sizeof *self);
    if (!self) return base_error_set(error, RSD_ERR_MEMORY, "no memory for the MIDI input");
    self->take = take;
    self->context = context;
    const int saved = host_quiet_begin();
    Pm_Initialize();
    const PmDeviceID id = find(name, list, sizeof list);
    host_quiet_end(saved);
    rsd_status status = RSD_OK;
    if (id == pmNoDevice)
        status = base_error_set(error, RSD_ERR_NOT_FOUND, "no MIDI input has \"%.80s\" in its name; there are: %s",
                                name, *list ? list : "none");
    if (status == RSD_OK) status = start(self, id, error);
    if (status == RSD_OK) {
        *input = self;
        return RSD_OK;
    }
    Pm_Terminate();
    free(self);
    return status;
}

const char *host_midi_input_name(const host_midi_input *input) { return input->name; }

void host_midi_input_close(host_midi_input *input)
{
    if (!input) return;
    atomic_store_explicit(&input->stop, true, memory_order_release); /* read by run */
    pthread_join(input->thread, NULL);
    Pm_Close(input->stream);
    Pm_Terminate();
    free(input);
}

uint32_t host_midi_portmidi_list(void (*visit)(void *context, const host_midi_entry *entry), void *context)
{
    uint32_t count = 0;
    const int saved = host_quiet_begin();
    Pm_Initialize();
    for (int id = 0; id < Pm_CountDevices(); id++) {
        host_midi_entry entry;
        const PmDeviceInfo *info = Pm_GetDeviceInfo(id);
        if (!info || !info->input) continue;
        snprintf(entry.name, sizeof entry.name, "%s", info->name);
        snprintf(entry.system, sizeof entry.system, "%s", info->interf);
        visit(context, &entry);
        count++;
    }
    Pm_Terminate();
    host_quiet_end(saved);
    return count;
}
