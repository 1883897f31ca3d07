// SPDX-License-Identifier: MIT
// A stand-in for PortMidi, to be loaded before it: one input, "Double Keys", that gives what is written into the FIFO of
// RSD_MIDI_FIFO, a message a line in hexadecimal bytes; "overflow" is a queue that ran over, "lost" a device that fails.
#include <portmidi.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fifo = -1;
static int32_t filter;
static char line[64];
static size_t line_bytes;
static PmError fault;
static PmEvent waiting;
static int has_waiting;
static const PmDeviceInfo devices[] = {{.structVersion = 200, .interf = "double", .name = "Double Out", .output = 1},
                                       {.structVersion = 200, .interf = "double", .name = "Double Keys", .input = 1}};

PmError Pm_Initialize(void) { return pmNoError; }
PmError Pm_Terminate(void) { return pmNoError; }
int Pm_CountDevices(void) { return 2; }
const PmDeviceInfo *Pm_GetDeviceInfo(PmDeviceID id) { return id >= 0 && id < 2 ? &devices[id] : NULL; }
const char *Pm_GetErrorText(PmError error) { return error == pmNoError ? "" : "the double has no FIFO"; }

PmError Pm_OpenInput(PortMidiStream **stream, PmDeviceID id, void *driver, int32_t size, PmTimeProcPtr time, void *info)
{
    (void)driver, (void)size, (void)time, (void)info;
    const char *path = getenv("RSD_MIDI_FIFO");
    if (id != 1 || !path) return pmInvalidDeviceId;
    fifo = open(path, O_RDWR | O_NONBLOCK); /* also written by itself: it does not end between two writers */
    *stream = &fifo;
    return fifo >= 0 ? pmNoError : pmHostError;
}

PmError Pm_SetFilter(PortMidiStream *stream, int32_t wanted)
{
    (void)stream;
    filter = wanted;
    return pmNoError;
}

PmError Pm_Close(PortMidiStream *stream)
{
    (void)stream;
    close(fifo);
    return pmNoError;
}

static void take_line(void)
{
    unsigned bytes[3] = {0};
    if (strcmp(line, "overflow") == 0) fault = pmBufferOverflow;
    if (strcmp(line, "lost") == 0) fault = pmHostError;
    if (fault != pmNoError || sscanf(line, "%x %x %x", &bytes[0], &bytes[1], &bytes[2]) < 1) return;
    if (bytes[0] == 0xf0u && (filter & PM_FILT_SYSEX)) return;
    if (bytes[0] == 0xfeu && (filter & PM_FILT_ACTIVE)) return;
    waiting.message = (PmMessage)(bytes[0] | bytes[1] << 8 | bytes[2] << 16);
    has_waiting = 1;
}

PmError Pm_Poll(PortMidiStream *stream)
{
    char byte;
    (void)stream;
    while (!has_waiting && fault == pmNoError && read(fifo, &byte, 1) == 1) {
        if (byte != '\n' && line_bytes + 1u < sizeof line) line[line_bytes++] = byte;
        if (byte != '\n') continue;
        line[line_bytes] = '\0';
        line_bytes = 0;
        take_line();
    }
    return has_waiting || fault != pmNoError ? TRUE : FALSE;
}

/* An overflow is said once, as of PortMidi; a device that is lost fails for good. */
int Pm_Read(PortMidiStream *stream, PmEvent *buffer, int32_t length)
{
    (void)stream;
    const PmError said = fault;
    if (fault == pmBufferOverflow) fault = pmNoError;
    if (said != pmNoError) return said;
    if (!has_waiting || length < 1) return 0;
    buffer[0] = waiting;
    has_waiting = 0;
    return 1;
}
