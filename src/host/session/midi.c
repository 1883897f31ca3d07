// SPDX-License-Identifier: MIT
// MIDI between the threads of a session, and when it is played.
#include "host/session/midi.h"

#include "base/ring_create.h"

#include <stdlib.h>
#include <string.h>

#define IN_CAPACITY 256u
#define OUT_CAPACITY 64u
#define NO_BANK UINT32_MAX

struct host_midi {
    rsd_ring *in, *maps, *out;
    _Atomic bool learns;          /* control -> audio */
    _Atomic uint32_t wanted_bank; /* control -> audio, which leaves NO_BANK */
    /* audio -> control, each a figure of its own */
    _Atomic uint32_t bank, bpm_bits;
    _Atomic bool is_rolling;
    _Atomic uint64_t message_count, dropped_count;
    /* the audio thread's own */
    midi_player player;
    uint32_t pending_count;
    host_midi_message pending[HOST_MIDI_MAX_PENDING]; /* by time, then as they came */
    midi_map next_map;
};

rsd_status host_midi_create(const rsd_engine *engine, midi_set set, void *context, uint32_t sample_rate_hz,
                            host_midi **midi)
{
    host_midi *self = calloc(1, sizeof *self);
    if (!self) return RSD_ERR_MEMORY;
    self->in = base_ring_create(IN_CAPACITY, sizeof(host_midi_message));
    self->maps = base_ring_create(1u, sizeof(midi_map));
    self->out = base_ring_create(OUT_CAPACITY, sizeof(host_midi_report));
    if (!self->in || !self->maps || !self->out) {
        host_midi_destroy(self);
        return RSD_ERR_MEMORY;
    }
    atomic_init(&self->wanted_bank, NO_BANK);
    self->player.engine = engine;
    self->player.set = set;
    self->player.context = context;
    self->player.sample_rate_hz = sample_rate_hz;
    midi_map_default(&self->player.map);
    *midi = self;
    return RSD_OK;
}

void host_midi_destroy(host_midi *midi)
{
    if (!midi) return;
    free(midi->in);
    free(midi->maps);
    free(midi->out);
    free(midi);
}

/* ---- audio ---- */

static void count(_Atomic uint64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1u, memory_order_relaxed); /* read by control for people */
}

static void insert(host_midi *self, const host_midi_message *message)
{
    count(&self->message_count);
    if (self->pending_count == HOST_MIDI_MAX_PENDING) {
        count(&self->dropped_count);
        return;
    }
    uint32_t place = self->pending_count++;
    for (; place > 0u && self->pending[place - 1u].sample_time > message->sample_time; place--)
        self->pending[place] = self->pending[place - 1u];
    self->pending[place] = *message;
}

void host_midi_push(host_midi *midi, uint64_t sample_time, const uint8_t *bytes, size_t size)
{
    host_midi_message message = {.sample_time = sample_time};
    if (size == 0u || size > HOST_MIDI_MESSAGE_BYTES) return; /* system exclusive: nothing here takes it */
    message.size = (uint8_t)size;
    memcpy(message.bytes, bytes, size);
    insert(midi, &message);
}

void host_midi_begin(host_midi *midi, uint64_t sample_time)
{
    host_midi_message message;
    while (rsd_ring_read(midi->in, &message, 1u) == 1u) insert(midi, &message);
    if (rsd_ring_read(midi->maps, &midi->next_map, 1u) == 1u) midi_player_set_map(&midi->player, &midi->next_map);
    /* Stored by control in host_midi_set_bank; the others are read by it in host_midi_get_status. */
    const uint32_t bank = atomic_exchange_explicit(&midi->wanted_bank, NO_BANK, memory_order_relaxed);
    if (bank != NO_BANK) midi->player.bank = bank;
    const float bpm = midi_player_bpm(&midi->player, sample_time);
    uint32_t bits;
    memcpy(&bits, &bpm, sizeof bits);
    atomic_store_explicit(&midi->bpm_bits, bits, memory_order_relaxed);
    atomic_store_explicit(&midi->bank, midi->player.bank, memory_order_relaxed);
    atomic_store_explicit(&midi->is_rolling, midi->player.clock.is_rolling, memory_order_relaxed);
}

static void report(host_midi *self, midi_request request, uint32_t number, const host_midi_message *message)
{
    const host_midi_report made = {request, number, *message};
    if (rsd_ring_write(self->out, &made, 1u) == 0u) count(&self->dropped_count);
}

static bool is_taught(const host_midi_message *message)
{
    const uint8_t kind = message->bytes[0] & 0xf0u;
    return kind == 0xb0u || kind == 0x80u || kind == 0x90u;
}

static void play(host_midi *self, const host_midi_message *message)
{
    uint32_t number;
    /* Stored by control in host_midi_set_learning. */
    if (is_taught(message) && atomic_load_explicit(&self->learns, memory_order_relaxed)) {
        report(self, MIDI_ASKS_NOTHING, 0u, message);
        return;
    }
    const midi_request request =
        midi_player_take(&self->player, message->bytes, message->size, message->sample_time, &number);
    if (request != MIDI_ASKS_NOTHING) report(self, request, number, message);
}

uint32_t host_midi_play(host_midi *midi, uint64_t sample_time, uint32_t limit)
{
    uint32_t done = 0;
    while (done < midi->pending_count && midi->pending[done].sample_time <= sample_time)
        play(midi, &midi->pending[done++]);
    if (done > 0u) {
        midi->pending_count -= done;
        memmove(&midi->pending[0], &midi->pending[done], midi->pending_count * sizeof midi->pending[0]);
    }
    if (midi->pending_count == 0u) return limit;
    const uint64_t distance = midi->pending[0].sample_time - sample_time;
    return distance < limit ? (uint32_t)distance : limit;
}

float host_midi_clock(const host_midi *midi, bool *is_rolling)
{
    *is_rolling = midi->player.clock.is_rolling;
    return midi->player.clock.bpm;
}

/* ---- the others ---- */

bool host_midi_send(host_midi *midi, const host_midi_message *message)
{
    return rsd_ring_write(midi->in, message, 1u) == 1u;
}

bool host_midi_set_map(host_midi *midi, const midi_map *map) { return rsd_ring_write(midi->maps, map, 1u) == 1u; }

void host_midi_set_learning(host_midi *midi, bool is_learning)
{
    atomic_store_explicit(&midi->learns, is_learning, memory_order_relaxed); /* read by audio in play */
}

void host_midi_set_bank(host_midi *midi, uint32_t bank)
{
    atomic_store_explicit(&midi->wanted_bank, bank, memory_order_relaxed); /* taken by audio in host_midi_begin */
}

bool host_midi_read(host_midi *midi, host_midi_report *report) { return rsd_ring_read(midi->out, report, 1u) == 1u; }

void host_midi_get_status(const host_midi *midi, host_midi_status *status)
{
    /* Stored by audio, each a figure of its own. */
    const uint32_t bits = atomic_load_explicit(&midi->bpm_bits, memory_order_relaxed);
    memcpy(&status->bpm, &bits, sizeof status->bpm);
    status->bank = atomic_load_explicit(&midi->bank, memory_order_relaxed);
    status->is_rolling = atomic_load_explicit(&midi->is_rolling, memory_order_relaxed);
    status->message_count = atomic_load_explicit(&midi->message_count, memory_order_relaxed);
    status->dropped_count = atomic_load_explicit(&midi->dropped_count, memory_order_relaxed);
}
