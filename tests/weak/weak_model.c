// SPDX-License-Identifier: MIT
// Places, the stores to them, and what each thread must know of.
#include "weak/weak_internal.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PLACES 2048u
#define SHADOW_SIZE 65536u /* a power of two */
#define BYTES 8u           /* of a shadow word */
#define NOBODY 255u

typedef struct {
    uint64_t value;
    weak_view view;     /* that an acquire load takes over */
    bool is_release;    /* it has one */
    bool is_consistent; /* sequentially: its place among those is that of the runs */
    bool is_update;     /* nothing may come between it and the store before it */
    uint8_t rank;       /* its position among the stores */
} one_store;

/* A place that is accessed atomically. */
typedef struct {
    uintptr_t address;
    uint32_t run;
    unsigned size;
    uint16_t slot; /* WEAK_NO_SLOT while nobody has stored */
    uint8_t count;
    uint8_t order[WEAK_MAX_STORES]; /* numbers of stores, by position */
    uint8_t accessed, stored;       /* a bit a thread, of all runs of the case */
    bool is_consistent, is_other;   /* it had sequentially consistent accesses; others */
    one_store stores[WEAK_MAX_STORES];
} place;

/* Who last accessed eight bytes plainly, and who stored to them. */
typedef struct {
    uintptr_t word;
    uint32_t run;
    uint8_t writer[BYTES];
    uint16_t write_clock[BYTES], read_clock[WEAK_MAX_THREADS][BYTES];
} shadow;

static place places[MAX_PLACES];
static shadow shadows[SHADOW_SIZE];
static weak_view views[WEAK_MAX_THREADS];
static place *slots[WEAK_MAX_SLOTS];
static unsigned slot_count;
static uint32_t run, case_begin; /* the run that the case began with */

void weak_model_begin(void)
{
    run++;
    slot_count = 0u;
    memset(views, 0, sizeof views);
    for (unsigned t = 0; t < WEAK_MAX_THREADS; t++) views[t].clock[t] = 1u;
}

void weak_model_forget(void) { case_begin = run + 1u; }

static void give_up(const char *what)
{
    fprintf(stderr, "the explorer has no room: %s\n", what);
    exit(2);
}

/* ---- places ---- */

static void write_memory(const place *p, uint64_t value) { memcpy((void *)p->address, &value, p->size); }

static uint64_t read_memory(const weak_access *access)
{
    uint64_t value = 0u;
    memcpy(&value, (const void *)access->address, access->size);
    return value;
}

/* The place of an access, which is the same in all runs of a case, and what is known of it from runs before. */
static place *place_of(const weak_access *access)
{
    unsigned i = (unsigned)(access->address >> 2) * 2654435761u % MAX_PLACES;
    for (unsigned tries = 0; places[i].run >= case_begin && places[i].address != access->address;
         i = (i + 1u) % MAX_PLACES)
        if (++tries == MAX_PLACES) give_up("places");
    place *p = &places[i];
    if (p->run < case_begin) p->accessed = p->stored = 0u;
    if (p->run == run) return p;
    p->address = access->address;
    p->run = run;
    p->size = access->size;
    p->slot = WEAK_NO_SLOT;
    p->count = 1u;
    p->order[0] = 0u;
    p->is_consistent = p->is_other = false;
    p->stores[0] = (one_store){.value = read_memory(access)}; /* what it held before anybody looked */
    return p;
}

static bool is_one_bit(unsigned bits) { return (bits & (bits - 1u)) == 0u; }

/* Whether a thread may access it whenever it likes: one thread does alone, or nobody stores. */
static bool is_quiet(unsigned accessed, unsigned stored) { return is_one_bit(accessed) || stored == 0u; }

/* Notes who accesses the place; where it was taken for quiet, and is not, the runs begin anew. */
static bool note_access(const weak_access *access)
{
    place *p = place_of(access);
    const bool was_quiet = is_quiet(p->accessed, p->stored);
    p->accessed |= (uint8_t)(1u << weak_thread);
    if (access->kind != WEAK_LOAD) p->stored |= (uint8_t)(1u << weak_thread);
    if (was_quiet && !is_quiet(p->accessed, p->stored)) weak_restart();
    return was_quiet;
}

static uint8_t seen_rank(const place *p)
{
    return p->slot == WEAK_NO_SLOT ? 0u : p->stores[views[weak_thread].latest[p->slot]].rank;
}

/* The earliest position that an access of `order` may read: what the thread knows of, and the last consistent store. */
static unsigned least_rank(const place *p, int order)
{
    unsigned least = seen_rank(p);
    for (unsigned i = p->count; order == memory_order_seq_cst && i-- > least;)
        if (p->stores[p->order[i]].is_consistent) least = i;
    return least;
}

static void note_order(place *p, int order)
{
    if (order == memory_order_seq_cst)
        p->is_consistent = true;
    else
        p->is_other = true;
    if (p->is_consistent && p->is_other) weak_fail("a place has sequentially consistent accesses and others");
}

static void join(weak_view *to, const weak_view *from)
{
    for (unsigned t = 0; t < WEAK_MAX_THREADS; t++)
        if (from->clock[t] > to->clock[t]) to->clock[t] = from->clock[t];
    for (unsigned s = 0; s < slot_count; s++)
        if (slots[s]->stores[from->latest[s]].rank > slots[s]->stores[to->latest[s]].rank)
            to->latest[s] = from->latest[s];
}

static bool is_acquire(int order)
{
    return order == memory_order_acquire || order == memory_order_acq_rel || order == memory_order_seq_cst;
}

static bool is_release(int order)
{
    return order == memory_order_release || order == memory_order_acq_rel || order == memory_order_seq_cst;
}

static void see(const place *p, unsigned number, int order)
{
    weak_view *own = &views[weak_thread];
    const one_store *s = &p->stores[number];
    if (p->slot == WEAK_NO_SLOT) return;
    own->latest[p->slot] = (uint8_t)number;
    if (is_acquire(order) && s->is_release) join(own, &s->view);
}

/* ---- plain accesses ---- */

static shadow *shadow_of(uintptr_t word)
{
    unsigned i = (unsigned)word * 2654435761u % SHADOW_SIZE;
    for (unsigned tries = 0; shadows[i].run == run && shadows[i].word != word; i = (i + 1u) % SHADOW_SIZE)
        if (++tries == SHADOW_SIZE) give_up("plain accesses");
    shadow *s = &shadows[i];
    if (s->run == run) return s;
    *s = (shadow){.word = word, .run = run};
    memset(s->writer, NOBODY, sizeof s->writer);
    return s;
}

static void check_byte(const shadow *s, unsigned byte, bool is_write)
{
    const weak_view *own = &views[weak_thread];
    const uint8_t writer = s->writer[byte];
    if (writer != NOBODY && s->write_clock[byte] > own->clock[writer])
        weak_fail(is_write ? "two threads write to the same place" : "a thread reads what another is writing");
    for (unsigned t = 0; is_write && t < WEAK_MAX_THREADS; t++)
        if (s->read_clock[t][byte] > own->clock[t]) weak_fail("a thread writes to what another is reading");
}

/* Bytes `from` to `until` of one word. */
static void touch(shadow *s, unsigned from, unsigned until, bool is_write)
{
    const uint16_t now = views[weak_thread].clock[weak_thread];
    for (unsigned byte = from; byte < until; byte++) {
        check_byte(s, byte, is_write);
        if (is_write) {
            s->writer[byte] = (uint8_t)weak_thread;
            s->write_clock[byte] = now;
        } else {
            s->read_clock[weak_thread][byte] = now;
        }
    }
}

void weak_plain(uintptr_t address, size_t size, bool is_write)
{
    if (weak_thread < 0 || weak_is_of_stack(address)) return;
    for (uintptr_t a = address; a < address + size;) {
        const uintptr_t word = a / BYTES, end = (word + 1u) * BYTES;
        const uintptr_t until = end < address + size ? end : address + size;
        touch(shadow_of(word), (unsigned)(a - word * BYTES), (unsigned)(until - word * BYTES), is_write);
        a = until;
    }
}

/* An atomic access of what another thread set up plainly has to come behind that. */
static void check_plain(const weak_access *access)
{
    for (uintptr_t a = access->address; a < access->address + access->size; a++)
        check_byte(shadow_of(a / BYTES), (unsigned)(a % BYTES), false);
}

/* ---- atomic accesses ---- */

static place *begin_access(const weak_access *access, int *order)
{
    if (!note_access(access)) weak_yield(access);
    *order = weak_order(access);
    check_plain(access);
    place *p = place_of(access);
    note_order(p, access->order);
    return p;
}

/* Of a store or an update that comes behind position `before`: the stores behind it move on. */
static void insert(place *p, unsigned position, uint64_t value, int order, const one_store *updated)
{
    weak_view *own = &views[weak_thread];
    if (p->count == WEAK_MAX_STORES) weak_fail("a place is stored to more often than can be followed");
    if (p->slot == WEAK_NO_SLOT) {
        if (slot_count == WEAK_MAX_SLOTS) give_up("places that are stored to");
        slots[slot_count] = p;
        for (unsigned t = 0; t < WEAK_MAX_THREADS; t++) views[t].latest[slot_count] = 0u;
        p->slot = (uint16_t)slot_count++;
    }
    const uint8_t number = p->count++;
    for (unsigned i = number; i > position; i--) p->order[i] = p->order[i - 1u];
    p->order[position] = number;
    for (unsigned i = position; i < p->count; i++) p->stores[p->order[i]].rank = (uint8_t)i;
    own->latest[p->slot] = number;
    one_store *s = &p->stores[number];
    *s = (one_store){.value = value,
                     .is_consistent = order == memory_order_seq_cst,
                     .is_update = updated != NULL,
                     .rank = (uint8_t)position};
    const bool goes_on = updated && updated->is_release; /* with the release sequence that it is in */
    s->is_release = is_release(order) || goes_on;
    if (goes_on) s->view = updated->view;
    if (is_release(order)) {
        join(&s->view, own);
        own->clock[weak_thread]++;
    }
    write_memory(p, p->stores[p->order[p->count - 1u]].value);
}

uint64_t weak_load(const weak_access *access)
{
    int order;
    place *p = begin_access(access, &order);
    const unsigned first = weak_last_look ? p->count - 1u : least_rank(p, order);
    /* The newest first: what is usual is followed first. */
    const unsigned number = p->order[p->count - 1u - weak_choose(p->count - first)];
    see(p, number, order);
    return p->stores[number].value;
}

void weak_store(const weak_access *access, uint64_t value)
{
    unsigned able[WEAK_MAX_STORES], count = 0u;
    int order;
    place *p = begin_access(access, &order);
    const unsigned first = least_rank(p, order) + 1u;
    for (unsigned i = p->count; i >= first; i--)
        if (i == p->count || !p->stores[p->order[i]].is_update) able[count++] = i;
    insert(p, able[weak_choose(count)], value, order, NULL);
}

/* Which store an update reads: one that no other update has read. */
static unsigned choose_updated(const place *p, int order)
{
    unsigned able[WEAK_MAX_STORES], count = 0u;
    const unsigned first = least_rank(p, order);
    for (unsigned i = p->count; i-- > first;)
        if (i + 1u == p->count || !p->stores[p->order[i + 1u]].is_update) able[count++] = i;
    return able[weak_choose(count)];
}

uint64_t weak_update(const weak_access *access, weak_change change, uint64_t operand)
{
    int order;
    place *p = begin_access(access, &order);
    const unsigned position = choose_updated(p, order), number = p->order[position];
    const one_store read = p->stores[number];
    const uint64_t mask = access->size == 8u ? UINT64_MAX : (1ull << 8u * access->size) - 1u;
    see(p, number, order);
    insert(p, position + 1u, change(read.value, operand) & mask, order, &read);
    return read.value;
}

bool weak_compare(const weak_access *access, uint64_t *expected, uint64_t desired)
{
    int order;
    place *p = begin_access(access, &order);
    const unsigned position = choose_updated(p, order), number = p->order[position];
    const one_store read = p->stores[number];
    see(p, number, order);
    if (read.value != *expected) {
        *expected = read.value;
        return false;
    }
    insert(p, position + 1u, desired, order, &read);
    return true;
}

void weak_model_follow(unsigned thread, unsigned leader) { join(&views[thread], &views[leader]); }

void weak_model_join(void)
{
    for (unsigned t = 0; t < WEAK_MAX_THREADS; t++)
        for (unsigned u = 0; u < WEAK_MAX_THREADS; u++) join(&views[t], &views[u]);
}
