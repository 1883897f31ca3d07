// SPDX-License-Identifier: MIT
// Datagrams as large as they come, and clients with sockets of their own.
#ifndef OSC_FLOOD_SUPPORT_H
#define OSC_FLOOD_SUPPORT_H

#include "osc_support.h"

#include "host/osc/internal.h"

#define MAX_DATAGRAM 65000u

/* Bytes of one message: `path`, and a float where `types` is ",f", or "mix" where it is ",s". */
static inline size_t put_message(unsigned char *at, const char *path, const char *types, float value)
{
    size_t used = (strlen(path) / 4u + 1u) * 4u;
    memset(at, 0, used + 8u);
    memcpy(at, path, strlen(path));
    memcpy(at + used, types, strlen(types));
    used += 4u;
    if (types[1] == 's') memcpy(at + used, "mix", 4u);
    if (types[1] != 'f') return used + (types[1] == 's' ? 4u : 0u);
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits = htonl(bits);
    memcpy(at + used, &bits, sizeof bits);
    return used + 4u;
}

/* A bundle of up to `count` times the same message, for at once. */
static inline size_t put_bundle(unsigned char *at, const char *path, const char *types, uint32_t count)
{
    static const char head[16] = "#bundle\0\0\0\0\0\0\0\0\1";
    size_t used = sizeof head;
    memcpy(at, head, sizeof head);
    for (uint32_t i = 0; i < count && used + strlen(path) + 20u < MAX_DATAGRAM; i++) {
        const size_t bytes = put_message(at + used + 4u, path, types, 0.5f);
        const uint32_t length = htonl((uint32_t)bytes);
        memcpy(at + used, &length, sizeof length);
        used += 4u + bytes;
    }
    return used;
}

static inline int open_client(const osc_rig *rig)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)host_osc_port(rig->osc))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    cr_assert_geq(fd, 0);
    cr_assert_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static inline osc_peer peer_of(int fd)
{
    struct sockaddr_in name = {0};
    socklen_t length = sizeof name;
    osc_peer peer = {0};
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&name, &length), 0);
    cr_assert(osc_peer_parse("127.0.0.1", ntohs(name.sin_port), &peer));
    return peer;
}

/* Datagrams that came back, and their bytes. */
static inline uint32_t drain(int fd, size_t *total_bytes)
{
    static unsigned char bytes[65536];
    uint32_t count = 0;
    for (ssize_t got; (got = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT)) >= 0; count++)
        if (total_bytes) *total_bytes += (size_t)got;
    return count;
}

static inline void poll_all(osc_rig *rig)
{
    for (uint32_t taken = 1, idle = 0; idle < 2u; idle = taken == 0u ? idle + 1u : 0u) taken = host_osc_poll(rig->osc);
}

#endif
