// SPDX-License-Identifier: MIT
// Datagrams that have left the socket and wait to be served: the cheapest of whoever is served least comes first.
#include "host/osc/internal.h"

#include <string.h>

/*
 * The socket has one queue for all senders, so a poll empties it and decides here who is served: weighted fair queueing.
 * A virtual clock runs with the work that is done. A datagram starts at the clock's time, or where its sender's datagram
 * before it ends, and ends later by its own work; the earliest end is served first. A small message of a sender that has
 * nothing else here thus passes everybody's bundles, and what one sender sends stays in its order. The clock runs as if
 * OSC_MAX_WAITING senders shared all work: slow enough that it passes no end of what waits, however many wait, and yet a
 * bundle is never put off for ever by small messages of others. Memory is fixed: bytes lie in chains of chunks.
 */

#define NO_CHUNK UINT16_MAX

static uint32_t chunks_of(size_t bytes)
{
    return bytes == 0u ? 1u : (uint32_t)((bytes + OSC_CHUNK_BYTES - 1u) / OSC_CHUNK_BYTES);
}

void host_osc_init_queue(host_osc *osc)
{
    osc_queue *queue = &osc->queue;
    for (uint32_t i = 0; i < OSC_MAX_CHUNKS; i++)
        queue->next[i] = i + 1u < OSC_MAX_CHUNKS ? (uint16_t)(i + 1u) : NO_CHUNK;
    queue->first_free = 0;
    queue->free_count = OSC_MAX_CHUNKS;
}

/* ---- bytes ---- */

static uint16_t put_bytes(osc_queue *queue, const unsigned char *data, size_t bytes)
{
    const uint16_t first = queue->first_free;
    uint16_t last = first;
    for (uint32_t i = 0, count = chunks_of(bytes); i < count; i++) {
        const size_t at = (size_t)i * OSC_CHUNK_BYTES;
        last = queue->first_free;
        memcpy(queue->chunks[last], data + at, bytes - at < OSC_CHUNK_BYTES ? bytes - at : OSC_CHUNK_BYTES);
        queue->first_free = queue->next[last];
        queue->free_count--;
    }
    queue->next[last] = NO_CHUNK;
    return first;
}

static void copy_bytes(const osc_queue *queue, const osc_waiting *entry, unsigned char *to)
{
    uint16_t chunk = entry->first_chunk;
    for (size_t at = 0; at < entry->bytes; at += OSC_CHUNK_BYTES, chunk = queue->next[chunk]) {
        const size_t rest = entry->bytes - at;
        memcpy(to + at, queue->chunks[chunk], rest < OSC_CHUNK_BYTES ? rest : OSC_CHUNK_BYTES);
    }
}

static void remove_at(osc_queue *queue, uint32_t place)
{
    const osc_waiting entry = queue->waiting[place];
    uint16_t last = entry.first_chunk;
    while (queue->next[last] != NO_CHUNK) last = queue->next[last];
    queue->next[last] = queue->first_free;
    queue->first_free = entry.first_chunk;
    queue->free_count += chunks_of(entry.bytes);
    queue->count--;
    memmove(&queue->waiting[place], &queue->waiting[place + 1u], (queue->count - place) * sizeof entry);
}

/* Its first chunk has the address of a plain message, which is told to its sender where that is still known. */
static void drop(host_osc *osc, uint32_t place)
{
    const osc_waiting entry = osc->queue.waiting[place];
    unsigned char start[OSC_CHUNK_BYTES];
    memcpy(start, osc->queue.chunks[entry.first_chunk], sizeof start);
    remove_at(&osc->queue, place);
    if (entry.account == 0u) {
        osc->stats.datagram_count++;
        osc->stats.error_count++;
        return;
    }
    host_osc_leave_out(osc, start, entry.bytes < sizeof start ? entry.bytes : sizeof start, &entry.from);
}

/* ---- taken from the socket ---- */

/* The place of what gives room to a datagram that would end at `end`; queue->count: itself. */
static uint32_t find_victim(const osc_queue *queue, uint64_t end, const osc_peer *from)
{
    uint32_t most = queue->count;
    for (uint32_t i = 0; i < queue->count; i++)
        if (queue->waiting[i].end >= (most < queue->count ? queue->waiting[most].end : end)) most = i;
    const osc_peer *whose = most < queue->count ? &queue->waiting[most].from : from;
    for (uint32_t i = 0; i < queue->count; i++) /* their oldest: the newest of what a control sends is what it means */
        if (osc_peer_is_same_sender(&queue->waiting[i].from, whose)) return i;
    return queue->count;
}

static uint64_t start_of(const osc_queue *queue, const osc_peer *from)
{
    for (uint32_t i = queue->count; i > 0u; i--)
        if (osc_peer_is_same_sender(&queue->waiting[i - 1u].from, from)) {
            const uint64_t end = queue->waiting[i - 1u].end;
            return end > queue->clock ? end : queue->clock;
        }
    return queue->clock;
}

void host_osc_enqueue(host_osc *osc, const void *data, size_t bytes, const osc_peer *from)
{
    osc_queue *queue = &osc->queue;
    const uint64_t start = start_of(queue, from), work = host_osc_foresee_work(osc, data, bytes);
    const uint64_t end = start + work * OSC_MAX_WAITING;
    const uint32_t account = host_osc_account_index(osc, host_osc_account(osc, from, host_clock_now_ns()));
    while (queue->free_count < chunks_of(bytes) || queue->count == OSC_MAX_WAITING) {
        const uint32_t victim = find_victim(queue, end, from);
        if (victim == queue->count) {
            host_osc_leave_out(osc, data, bytes, from);
            return;
        }
        drop(osc, victim);
    }
    queue->waiting[queue->count++] = (osc_waiting){.from = *from,
                                                   .start = start,
                                                   .end = end,
                                                   .bytes = (uint32_t)bytes,
                                                   .account = account,
                                                   .first_chunk = put_bytes(queue, data, bytes)};
}

/* ---- served ---- */

/* Who has used up a share waits until some of it has come back. Of senders that were forgotten, nothing is known. */
static bool may_be_served(const host_osc *osc, const osc_waiting *entry)
{
    return entry->account == 0u || osc->accounts[entry->account].work > 0;
}

bool host_osc_serve_next(host_osc *osc)
{
    osc_queue *queue = &osc->queue;
    uint32_t next = queue->count;
    for (uint32_t i = 0; i < queue->count; i++)
        if (may_be_served(osc, &queue->waiting[i]) &&
            (next == queue->count || queue->waiting[i].end < queue->waiting[next].end))
            next = i;
    if (next == queue->count) return false;
    const osc_waiting entry = queue->waiting[next];
    copy_bytes(queue, &entry, (unsigned char *)osc->datagram);
    remove_at(queue, next);
    queue->clock += (entry.end - entry.start) / OSC_MAX_WAITING;
    if (entry.start > queue->clock) queue->clock = entry.start;
    host_osc_take_datagram(osc, osc->datagram, entry.bytes, &entry.from);
    return true;
}

/* A sender that is over its share keeps its newest: more would be answered long after it was sent. */
void host_osc_trim_queue(host_osc *osc)
{
    uint32_t kept[OSC_MAX_ACCOUNTS] = {0};
    for (uint32_t i = osc->queue.count; i > 0u; i--) {
        const osc_waiting *entry = &osc->queue.waiting[i - 1u];
        const uint32_t chunk_count = chunks_of(entry->bytes), before = kept[entry->account];
        if (may_be_served(osc, entry)) continue;
        if (before > 0u && before + chunk_count > OSC_WAITING_SHARE)
            drop(osc, i - 1u);
        else
            kept[entry->account] += chunk_count;
    }
}

void host_osc_disown_waiting(host_osc *osc, uint32_t account)
{
    for (uint32_t i = 0; i < osc->queue.count; i++)
        if (osc->queue.waiting[i].account == account) osc->queue.waiting[i].account = 0;
}
