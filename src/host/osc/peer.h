// SPDX-License-Identifier: MIT
#ifndef HOST_OSC_PEER_H
#define HOST_OSC_PEER_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One end of an OSC conversation: an address and a port. peer.c alone knows which kind of socket is behind it, so that
 * another transport (IPv6, TCP) is a change of that file. A peer may also be a stream: a connection that somebody else
 * holds, such as a WebSocket, by its number. Thread of all: [control], create and open [setup].
 */
typedef struct {
    unsigned char address[16]; /* in network order, zeros behind */
    uint8_t address_bytes;     /* 4: IPv4; 0: nobody; OSC_PEER_STREAM_BYTES: the number of a stream */
    uint16_t port;             /* 1..65535; 0: any, or of no matter */
} osc_peer;

#define OSC_PEER_TEXT_BYTES 48u

#define OSC_PEER_STREAM_BYTES 8u
osc_peer osc_peer_of_stream(uint64_t stream);
uint64_t osc_peer_stream(const osc_peer *peer); /* 0: it is none */

bool osc_peer_is_nobody(const osc_peer *peer);
bool osc_peer_is_loopback(const osc_peer *peer); /* on this machine: 127/8 */
bool osc_peer_has_same_address(const osc_peer *a, const osc_peer *b);
/* Shares are one a sender: an address and port on this machine, where all have one address; an address elsewhere. */
bool osc_peer_is_same_sender(const osc_peer *a, const osc_peer *b);
bool osc_peer_is_equal(const osc_peer *a, const osc_peer *b); /* the same address and port */

/* Reads an address in numbers, or "localhost": no name is looked up, which could take seconds. False: it is neither. */
bool osc_peer_parse(const char *text, uint16_t port, osc_peer *peer);
void osc_peer_text(const osc_peer *peer, char text[OSC_PEER_TEXT_BYTES]); /* the address without the port */

/*
 * Opens a datagram socket that never blocks, on this address and port; *peer then has the port that was given where it
 * was 0. RSD_ERR_IO: `error` says what was wrong, and which addresses there are. Thread: [setup]
 */
RSD_NODISCARD rsd_status osc_peer_open(osc_peer *peer, int *fd, rsd_error *error);
/* "127.0.0.1, 192.0.2.7 (eth0)": the addresses of this machine, as many as there is room for. Thread: [setup] */
void osc_peer_list_own(char *text, size_t text_bytes);

/* One datagram, and who sent it. Returns its bytes; -1: nothing is there; -2: an earlier answer failed, look again. */
int64_t osc_peer_receive(int fd, void *data, size_t data_bytes, osc_peer *from);
/* What the system does not take at once is lost, as any datagram may be. */
void osc_peer_send(int fd, const void *data, size_t data_bytes, const osc_peer *to);

#endif
