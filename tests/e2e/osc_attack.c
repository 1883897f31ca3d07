// SPDX-License-Identifier: MIT
// osc_attack PORT COUNT: so many datagrams from three senders as fast as the system takes them, and subscriptions from a
// thousand ports, while a fourth sender asks for a value. Prints what was sent, how many questions were answered, and the
// longest answer in ms; what the system's own buffer has no room for is lost before anybody sees it. Exit 1: a question
// after the attack was not answered.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ATTACKERS 3
#define SUBSCRIBERS 1000
#define MOST_BYTES 4096u

static struct sockaddr_in target;
static long attacker_count;
static atomic_bool is_over;

typedef struct {
    unsigned char bytes[MOST_BYTES];
    size_t size;
} datagram;

static void put_text(datagram *d, const char *text)
{
    const size_t length = strlen(text);
    memset(d->bytes + d->size, 0, length / 4u * 4u + 4u);
    memcpy(d->bytes + d->size, text, length);
    d->size += length / 4u * 4u + 4u;
}

static void put_u32(datagram *d, uint32_t value)
{
    for (int b = 3; b >= 0; b--) d->bytes[d->size++] = (unsigned char)(value >> 8 * b);
}

static void put_message(datagram *d, const char *path, const char *types, uint32_t bits)
{
    put_text(d, path);
    put_text(d, types);
    if (types[1] != '\0') put_u32(d, bits);
}

/* A bundle with a time tag; its one element follows, and its size is filled in by end_bundle. */
static size_t begin_bundle(datagram *d, uint32_t seconds)
{
    put_text(d, "#bundle");
    put_u32(d, seconds);
    put_u32(d, seconds == 0u);
    put_u32(d, 0u);
    return d->size;
}

static void end_bundle(datagram *d, size_t inner)
{
    datagram size = {.size = 0};
    put_u32(&size, (uint32_t)(d->size - inner));
    memcpy(d->bytes + inner - 4u, size.bytes, 4u);
}

static void nest(datagram *d, int depth)
{
    size_t inner[100];
    for (int n = 0; n < depth; n++) inner[n] = begin_bundle(d, 0u);
    put_message(d, "/residuum/levels", ",f", 0x40000000u);
    for (int n = depth - 1; n >= 0; n--) end_bundle(d, inner[n]);
}

static void fill(datagram *d, unsigned kind, uint32_t seed)
{
    d->size = 0;
    switch (kind) {
    case 0:
        put_message(d, "/residuum/levels", ",f", 0x40000000u + (seed & 0xffffffu));
        break;
    case 1:
        nest(d, 100);
        break;
    case 2:
        put_message(d, "/residuum/*{a*,*b*,*c*}*?*?*[!z]*/*{*,*}*{*,*}*x", ",f", seed);
        break;
    case 3:
        put_message(d, "/residuum/level/*/gain", ",f", 0x3f000000u);
        break;
    case 4: {
        const size_t inner = begin_bundle(d, 0xfffffff0u); /* in the year 2036 */
        put_message(d, "/residuum/mix", ",f", 0x3f000000u);
        end_bundle(d, inner);
        break;
    }
    case 5:
        put_message(d, "/residuum/list", ",", 0u);
        break;
    case 6:
        put_message(d, "/residuum/preset", ",s", 0x74696768u);
        break; /* a name without an end */
    default:
        put_message(d, "/residuum/levels", ",f", seed);
        d->size = seed % (d->size + 1u); /* cut short */
        if (seed & 1u) d->bytes[seed % MOST_BYTES % 24u] ^= (unsigned char)(seed >> 8);
        break;
    }
}

static void *attack(void *context)
{
    datagram d;
    uint32_t seed = (uint32_t)(size_t)context * 7919u + 1u;
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    for (long n = 0; n < attacker_count; n++) {
        seed = seed * 1664525u + 1013904223u;
        fill(&d, (seed >> 24) % 9u, seed);
        (void)!sendto(fd, d.bytes, d.size, 0, (const struct sockaddr *)&target, sizeof target);
        if (n % 40 == 39) usleep(1000); /* else all is over at once */
    }
    close(fd);
    return NULL;
}

static void *subscribe(void *context)
{
    datagram d = {.size = 0};
    (void)context;
    put_message(&d, "/residuum/subscribe", ",f", 0x42c80000u);
    for (int n = 0; n < SUBSCRIBERS; n++) {
        const int fd = socket(AF_INET, SOCK_DGRAM, 0);
        (void)!sendto(fd, d.bytes, d.size, 0, (const struct sockaddr *)&target, sizeof target);
        close(fd);
    }
    return NULL;
}

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

typedef struct {
    int asked, answered, last_asked, last_answered; /* last: after the attack */
    double longest_ms;
} questions;

#define LAST_QUESTIONS 5

static void *ask(void *context)
{
    questions *q = context;
    datagram d = {.size = 0};
    unsigned char answer[MOST_BYTES];
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    put_text(&d, "/residuum/get");
    put_text(&d, ",s");
    put_text(&d, "levels");
    while (q->last_asked < LAST_QUESTIONS) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        const bool is_last = atomic_load(&is_over);
        const double before = now_ms();
        (void)!sendto(fd, d.bytes, d.size, 0, (const struct sockaddr *)&target, sizeof target);
        const bool is_there = poll(&wait, 1, 1000) > 0 && recv(fd, answer, sizeof answer, 0) > 0;
        if (is_there && now_ms() - before > q->longest_ms) q->longest_ms = now_ms() - before;
        q->asked++;
        q->answered += is_there;
        q->last_asked += is_last;
        q->last_answered += is_last && is_there;
        usleep(50000);
    }
    close(fd);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t attackers[ATTACKERS], subscriber, asker;
    questions q = {0, 0, 0, 0, 0.0};
    if (argc != 3) return 2;
    target = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    attacker_count = atol(argv[2]) / ATTACKERS;
    pthread_create(&asker, NULL, ask, &q);
    pthread_create(&subscriber, NULL, subscribe, NULL);
    for (size_t a = 0; a < ATTACKERS; a++) pthread_create(&attackers[a], NULL, attack, (void *)a);
    for (size_t a = 0; a < ATTACKERS; a++) pthread_join(attackers[a], NULL);
    pthread_join(subscriber, NULL);
    usleep(500000); /* what is in the queue is taken */
    atomic_store(&is_over, true);
    pthread_join(asker, NULL);
    printf("sent %ld, asked %d, answered %d, longest %.0f ms\n", ATTACKERS * attacker_count, q.asked, q.answered,
           q.longest_ms);
    return q.last_answered == LAST_QUESTIONS ? 0 : 1;
}
