// SPDX-License-Identifier: MIT
#ifndef HOST_OSC_H
#define HOST_OSC_H

#include "host/session/clock.h"
#include "host/session/control.h"
#include "host/session/loader.h"
#include "host/session/session.h"

/*
 * Open Sound Control 1.0 over UDP, polled from the control thread. Addresses and types are those of the parameter
 * table; liblo parses and writes the messages, the socket is ours (liblo can neither bind one address nor say what it
 * bound).
 *
 *   /residuum PATH f        set a parameter (i and d taken too; T and F for switches); PATH may be an OSC pattern
 *   /residuum/norm/SYMBOL f the same from 0 to 1 over the range that is taken (/residuum/norm/SYMBOL/N for a level);
 *                           patterns mean it where they begin with /residuum/norm/
 *   /residuum/monitor s|f   by name or number      /residuum/codec s      /residuum/preset s
 *   /residuum/get s         -> /residuum/value s f, or s s for codec and preset
 *   /residuum/list          -> /residuum/list/item s f f f (symbol, min, max, value) or s s (text) each,
 *                              then /residuum/list/end i (how many); once a poll for a sender
 *   /residuum/subscribe [s i] f          host, port, rate 0.1..100 Hz; without host and port: the sender
 *   /residuum/subscribe/tokens [s i] f   the same, with /residuum/tokens too
 *   /residuum/unsubscribe [s i]          without host and port: the sender
 *   /residuum/cancel                     the sender's timed changes (not those of the next quarter of a second, which
 *                                        are the engine's) and subscriptions
 *   /residuum/confirm i                  see below
 *   to subscribers:
 *     every value at its address, and from 0 to 1 below /residuum/norm: all at first, then what changes, whoever
 *     changed it; at most 50 times a second, the newest value alone
 *     /residuum/meter/level i f f f  level N from 1 on; SNR after levels 1..N in dB, +-120, 0 in silence; its gain as
 *                                    heard, linear: gain, mute, solo and fraction; usage_bits, how many bits a frame
 *                                    its tokens use (host_tap_usage_bits)
 *     /residuum/meter/levels f       levels in use
 *     /residuum/meter/bitrate f      kbps of the levels in use, all channels
 *     /residuum/meter/coded f        the same entropy coded, where that is measured
 *     /residuum/meter/effects i i    frames that token effects have changed, and lost, since create
 *     /residuum/meter/latency i f    samples, ms
 *     /residuum/meter/load f f       mean and worst share of a block's time, 1 is all of it; with a session only
 *     /residuum/meter/xruns i        of the device; with a session only
 *     /residuum/meter/late i         frames that a threaded codec did not have in time, since create
 *     /residuum/meter/recording i f  0 none, 1 running, 2 broke off; seconds in the file
 *     /residuum/tokens b             K int32, big-endian, of one frame of channel 0; -1: not coded
 *   what is refused: /residuum/error s s (address, reason) to the sender; nothing changes
 *   what breaks off (recording, input file): the same to all subscribers, at once
 *
 * List items and each round of telemetry are sent in bundles. A refused message gets one error, also where its pattern
 * means several addresses; those of them that can take the value take it. Patterns reach parameters only, and only
 * levels that the codec in use has. Addresses are 255 characters at most.
 *
 * Names of codecs and presets mean what loader.h says, never any path. They are opened by the loader's thread;
 * what is opened within a few milliseconds is in force before the next message is taken, a large codec when it is
 * ready, as if it had been there at once: what was set after a preset stays. A name that is refused is answered with
 * HOST_OSC_NOT_A_CODEC or HOST_OSC_NOT_A_PRESET and nothing else, whatever lies there or does not; why is for the log
 * alone. A path is never told: codec and preset are answered by the last part of theirs.
 *
 * Messages without a type tag string are understood where that can be: no argument; one number of four bytes, an int
 * where it is within +-65535 (as a float that would be a denormal or not a number); a name. An argument more than an
 * address takes is a button's: 0 and F are its release, and nothing happens; other numbers, T, I and N press it. Behind
 * a number it must be 0 or 1. Switches take T and I as 1, F and N as 0.
 *
 * Bundles: time tags in the future are applied at their sample (host_clock); late and immediate ones at once. Timed
 * changes wait here and go to the engine a quarter of a second before; codec and preset wait until their time and are
 * then taken by the next poll. Queries and subscriptions are answered at once. A bundle is taken whole or, where it is
 * damaged or too much, not at all.
 *
 * Shares: each sender (an address and port of loopback, else an address) has one of all that is bounded: work in a
 * poll, answers to a datagram and in a second, timed changes, codecs and presets that wait, subscriptions. Work and
 * answers come back with time, places when what held them is over, or by /residuum/cancel. Where all places are taken,
 * who holds most gives one to who holds less. HOST_OSC_MAX_SENDERS are known; then who was quiet for longest is
 * forgotten: what it has waiting still comes. What is over a share of work waits for it, the newest of it at least, and
 * small messages pass the bundles of other senders (queue.c).
 *
 * Beyond loopback anybody can write anybody's address on a datagram. Parameters are set all the same; but until the
 * sender has sent back the number that came to it by /residuum/confirm i, no answer is larger than its request (which
 * leaves few), and no telemetry starts. The number comes when a subscription is asked for, to where its telemetry would
 * go, or by /residuum/confirm i 0; it is good for ten seconds, the confirmation for ten minutes. Telemetry goes to the
 * sender's own address, and from loopback to loopback.
 */

#define HOST_OSC_DEFAULT_PORT 9000u
#define HOST_OSC_MAX_SUBSCRIBERS 16u
#define HOST_OSC_SUBSCRIBER_SHARE 4u /* of one sender */
#define HOST_OSC_MAX_TIMED 2048u     /* changes that wait for their time */
#define HOST_OSC_TIMED_SHARE 512u    /* of one sender */
#define HOST_OSC_EXPIRY_S 60.0
#define HOST_OSC_MAX_DATAGRAMS_PER_POLL 256u
#define HOST_OSC_MAX_SENDERS 127u
#define HOST_OSC_MAX_AHEAD_S 3600.0 /* a time tag further ahead is refused */

#define HOST_OSC_NOT_A_CODEC "not a codec"
#define HOST_OSC_NOT_A_PRESET "not a preset"
#define HOST_OSC_REPLACED "a later codec or preset took its place"

typedef struct host_osc host_osc;

/* A request that the caller carries out: a row of addresses.def whose handler is host_osc_act. */
#define HOST_OSC_ACTION_ARGUMENTS 4u
typedef struct {
    const char *path;                             /* below /residuum: "/midi/learn" */
    uint32_t count;                               /* of its arguments, of the row's types */
    const char *texts[HOST_OSC_ACTION_ARGUMENTS]; /* NULL: a number */
    double numbers[HOST_OSC_ACTION_ARGUMENTS];
    bool is_trusted; /* from this machine, or confirmed */
} host_osc_action;

typedef struct {
    host_control *control; /* borrowed */
    host_clock *clock;     /* borrowed; NULL: every message is applied at once */
    host_session *session; /* borrowed; NULL: no load, xruns and device latency in the telemetry */
    /* host_session_get_status, named by whoever has a session, so that a plugin needs no sound devices */
    void (*session_status)(host_session *session, host_session_status *status);
    const char
        *bind_address;  /* NULL: 127.0.0.1, nothing from outside is heard; "0.0.0.0": every interface; or one address */
    uint32_t port;      /* 0: the system chooses (host_osc_port says which) */
    bool has_no_socket; /* streams alone are served; address and port are of no matter */
    double expiry_s;    /* 0: HOST_OSC_EXPIRY_S */
    host_loader *loader; /* borrowed, outlives the server: what it has not finished goes to the next one; NULL: own */
    /* One line for a person at this machine, of printable characters; a few a second at most. NULL: nobody reads it */
    void (*log)(void *context, const char *text);
    void *log_context;
    rsd_status (*act)(void *context, const host_osc_action *action, rsd_error *error); /* NULL: such are refused */
    void *act_context;
} host_osc_config;

typedef struct {
    uint64_t datagram_count, message_count;
    uint64_t applied_count;    /* parameter values set or posted */
    uint64_t error_count;      /* refused messages and malformed datagrams */
    uint64_t unanswered_count; /* answers over their sender's share, or larger than an unconfirmed request */
    uint32_t subscriber_count;
    uint64_t loaded_count; /* codecs and presets taken over */
} host_osc_stats;

/*
 * RSD_ERR_IO: the port is taken (the text names it); RSD_ERR_ARG: an address that is not IPv4 or not of this machine, or
 * a port over 65535. Thread: [control] for all
 */
RSD_NODISCARD rsd_status host_osc_create(const host_osc_config *config, host_osc **osc, rsd_error *error);
void host_osc_destroy(host_osc *osc); /* NULL is fine */
uint32_t host_osc_port(const host_osc *osc);

/*
 * Receives up to HOST_OSC_MAX_DATAGRAMS_PER_POLL datagrams and serves as many, fewer where they are much work (a few
 * milliseconds; the rest waits for the next poll), then sends telemetry that is due. Never blocks. Call it every
 * millisecond or so: the system keeps only a few hundred small datagrams meanwhile. Returns how many datagrams it
 * served or left out.
 */
uint32_t host_osc_poll(host_osc *osc);

/* /residuum/error s s (address, reason) to every subscriber: what happened here, not what somebody asked for. */
void host_osc_tell_all(host_osc *osc, const char *address, const char *reason);

void host_osc_get_stats(const host_osc *osc, host_osc_stats *stats);

/* For the socket in a poll() of the caller's; -1: there is none. */
int host_osc_fd(const host_osc *osc);

/*
 * Streams: connections that somebody else holds, each with a number of its own, never used again. Their messages are
 * treated as those of any sender, with a share for each; answers and telemetry go to `send`, which must not block. A
 * stream's other end has shown where it is by opening it, and is asked for no confirmation.
 *
 * set_streams  before the first message; `send` gets datagrams, from within host_osc_poll and host_osc_tell_all
 * take_stream  one datagram, served by the next host_osc_poll; its share of what waits is that of a sender
 * end_stream   its subscription is over, and nothing is sent to it any more
 */
typedef void (*host_osc_send_stream)(void *context, uint64_t stream, const void *data, size_t bytes);
void host_osc_set_streams(host_osc *osc, host_osc_send_stream send, void *context);
void host_osc_take_stream(host_osc *osc, uint64_t stream, const void *data, size_t bytes);
void host_osc_end_stream(host_osc *osc, uint64_t stream);

#endif
