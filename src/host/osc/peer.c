// SPDX-License-Identifier: MIT
// Addresses and sockets of OSC: UDP over IPv4. No other file of the OSC server knows what kind of socket it has.
#include "host/osc/peer.h"

#include "base/error.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECEIVE_BYTES (1 << 20) /* asked for; the system gives what it allows */
#define IPV4_BYTES 4u

static struct sockaddr_in socket_of_peer(const osc_peer *peer)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(peer->port)};
    memcpy(&address.sin_addr, peer->address, IPV4_BYTES);
    return address;
}

static osc_peer peer_of_socket(const struct sockaddr_in *address)
{
    osc_peer peer = {.address_bytes = IPV4_BYTES, .port = ntohs(address->sin_port)};
    memcpy(peer.address, &address->sin_addr, IPV4_BYTES);
    return peer;
}

osc_peer osc_peer_of_stream(uint64_t stream)
{
    osc_peer peer = {.address_bytes = OSC_PEER_STREAM_BYTES};
    memcpy(peer.address, &stream, sizeof stream);
    return peer;
}

uint64_t osc_peer_stream(const osc_peer *peer)
{
    uint64_t stream = 0;
    if (peer->address_bytes == OSC_PEER_STREAM_BYTES) memcpy(&stream, peer->address, sizeof stream);
    return stream;
}

bool osc_peer_is_nobody(const osc_peer *peer) { return peer->address_bytes == 0u; }

bool osc_peer_is_loopback(const osc_peer *peer)
{
    return peer->address_bytes == IPV4_BYTES && peer->address[0] == 127u;
}

bool osc_peer_has_same_address(const osc_peer *a, const osc_peer *b)
{
    return a->address_bytes == b->address_bytes && memcmp(a->address, b->address, sizeof a->address) == 0;
}

bool osc_peer_is_same_sender(const osc_peer *a, const osc_peer *b)
{
    return osc_peer_has_same_address(a, b) && (!osc_peer_is_loopback(a) || a->port == b->port);
}

bool osc_peer_is_equal(const osc_peer *a, const osc_peer *b)
{
    return osc_peer_has_same_address(a, b) && a->port == b->port;
}

bool osc_peer_parse(const char *text, uint16_t port, osc_peer *peer)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (strcmp(text, "localhost") == 0) text = "127.0.0.1";
    if (inet_pton(AF_INET, text, &address.sin_addr) != 1) return false;
    *peer = peer_of_socket(&address);
    return true;
}

void osc_peer_text(const osc_peer *peer, char text[OSC_PEER_TEXT_BYTES])
{
    text[0] = '\0';
    if (peer->address_bytes == IPV4_BYTES) (void)!inet_ntop(AF_INET, peer->address, text, OSC_PEER_TEXT_BYTES);
}

void osc_peer_list_own(char *text, size_t text_bytes)
{
    struct ifaddrs *all = NULL;
    size_t used = 0;
    text[0] = '\0';
    if (getifaddrs(&all) != 0) return;
    for (const struct ifaddrs *one = all; one; one = one->ifa_next) {
        char address[OSC_PEER_TEXT_BYTES];
        if (!one->ifa_addr || one->ifa_addr->sa_family != AF_INET) continue;
        const osc_peer peer = peer_of_socket((const struct sockaddr_in *)(const void *)one->ifa_addr);
        osc_peer_text(&peer, address);
        const int length = snprintf(text + used, text_bytes - used, "%s%s (%s)", used > 0u ? ", " : "", address,
                                    osc_peer_is_loopback(&peer) ? "this machine alone" : one->ifa_name);
        if (length < 0 || used + (size_t)length >= text_bytes) {
            text[used] = '\0'; /* the last one does not fit */
            break;
        }
        used += (size_t)length;
    }
    freeifaddrs(all);
}

static rsd_status cannot_bind(const osc_peer *peer, int code, rsd_error *error)
{
    char address[OSC_PEER_TEXT_BYTES], own[160];
    osc_peer_text(peer, address);
    osc_peer_list_own(own, sizeof own);
    if (code == EADDRINUSE)
        return base_error_set(error, RSD_ERR_IO, "OSC port %u (UDP) is taken by another program", peer->port);
    if (code == EADDRNOTAVAIL)
        return base_error_set(error, RSD_ERR_ARG,
                              "OSC address %s is not one of this machine's: those are %s; 0.0.0.0 listens on all",
                              address, own);
    return base_error_set(error, RSD_ERR_IO, "OSC cannot listen on %s, UDP port %u: %s", address, peer->port,
                          strerror(code));
}

rsd_status osc_peer_open(osc_peer *peer, int *fd, rsd_error *error)
{
    const int bytes = RECEIVE_BYTES;
    struct sockaddr_in address = socket_of_peer(peer);
    socklen_t length = sizeof address;
    const int made = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (made < 0) return base_error_set(error, RSD_ERR_IO, "OSC has no socket: %s", strerror(errno));
    setsockopt(made, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    rsd_status status = RSD_OK;
    /* No SO_REUSEADDR: with it two programs would share a port, and each get some of the messages. */
    if (bind(made, (const struct sockaddr *)&address, length) != 0)
        status = cannot_bind(peer, errno, error);
    else if (getsockname(made, (struct sockaddr *)&address, &length) != 0)
        status = base_error_set(error, RSD_ERR_IO, "OSC cannot find its port: %s", strerror(errno));
    if (status != RSD_OK) {
        close(made);
        return status;
    }
    *peer = peer_of_socket(&address);
    *fd = made;
    return RSD_OK;
}

int64_t osc_peer_receive(int fd, void *data, size_t data_bytes, osc_peer *from)
{
    struct sockaddr_in address = {0};
    socklen_t length = sizeof address;
    const ssize_t bytes = recvfrom(fd, data, data_bytes, MSG_DONTWAIT, (struct sockaddr *)&address, &length);
    if (bytes < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? -1 : -2;
    *from = peer_of_socket(&address);
    return (int64_t)bytes;
}

void osc_peer_send(int fd, const void *data, size_t data_bytes, const osc_peer *to)
{
    const struct sockaddr_in address = socket_of_peer(to);
    (void)!sendto(fd, data, data_bytes, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)&address, sizeof address);
}
