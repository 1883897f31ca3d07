// SPDX-License-Identifier: MIT
// Datagrams into the OSC server, past its socket, with a real engine behind it.
#include "fuzz/fuzz_session.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static fuzz_session session;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /*
     * Port 9 is the discard service: answers go nowhere. Every datagram comes from another address, so that none is
     * over its sender's share; and every fourth from beyond loopback (TEST-NET-1, which is nobody's).
     */
    static uint32_t datagram_count;
    const uint32_t number = datagram_count++,
                   host = number % 4u == 3u ? 0xc0000200u + number % 256u : INADDR_LOOPBACK + number % 65536u;
    const osc_peer from = {.address = {(unsigned char)(host >> 24), (unsigned char)(host >> 16),
                                       (unsigned char)(host >> 8), (unsigned char)host},
                           .address_bytes = 4u,
                           .port = 9u};
    if (!session.osc) fuzz_session_begin(&session);
    if (size > 65507u) return 0;                  /* longer than a datagram can be */
    uint8_t *datagram = malloc(size ? size : 1u); /* of this length: reads past its end are found */
    if (!datagram) return 0;
    memcpy(datagram, data, size);
    host_clock_update(&session.clock, rsd_engine_sample_time(session.engine), host_clock_now_ns(), 64);
    host_osc_take_datagram(session.osc, datagram, size, &from);
    free(datagram);
    fuzz_session_play(&session);
    return 0;
}
