// SPDX-License-Identifier: MIT
// jack_midi_send SERVER: a JACK client "midi_keys" with a MIDI output; writes the messages that stand on its standard
// input, a line each: hexadecimal bytes, or "wait MILLISECONDS", or "clock BPM BEATS". Ends with its input.
#include <jack/jack.h>
#include <jack/midiport.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static jack_client_t *client;
static jack_port_t *port;
static unsigned char bytes[3];
static size_t size;
static _Atomic int waits;      /* a message is to be sent */
static _Atomic unsigned ticks; /* clock ticks to be sent */
static double tick_samples, next_tick;

static int on_block(jack_nframes_t count, void *context)
{
    (void)context;
    void *buffer = jack_port_get_buffer(port, count);
    jack_midi_clear_buffer(buffer);
    if (atomic_exchange(&waits, 0) && jack_midi_event_write(buffer, 0, bytes, size) != 0) atomic_store(&waits, 1);
    while (atomic_load(&ticks) > 0u && next_tick < count) {
        const unsigned char tick = 0xf8;
        if (jack_midi_event_write(buffer, (jack_nframes_t)next_tick, &tick, 1) != 0) break;
        next_tick += tick_samples;
        atomic_fetch_sub(&ticks, 1u);
    }
    next_tick = next_tick > count ? next_tick - count : 0.0;
    return 0;
}

static void sleep_ms(long ms) { nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL); }

static void send_line(char *line)
{
    size = 0;
    for (char *word = strtok(line, " \n"); word && size < sizeof bytes; word = strtok(NULL, " \n"))
        bytes[size++] = (unsigned char)strtoul(word, NULL, 16);
    if (size == 0u) return;
    atomic_store(&waits, 1);
    for (int i = 0; atomic_load(&waits) && i < 500; i++) sleep_ms(2);
}

static void send_clock(double bpm, unsigned beats)
{
    tick_samples = 60.0 * jack_get_sample_rate(client) / (24.0 * bpm);
    next_tick = 0.0;
    atomic_store(&ticks, 24u * beats);
    while (atomic_load(&ticks) > 0u) sleep_ms(10);
}

int main(int argc, char **argv)
{
    char line[256];
    double bpm;
    unsigned beats;
    long ms;
    if (argc != 2) return 2;
    client = jack_client_open("midi_keys", JackNoStartServer | JackServerName, NULL, argv[1]);
    if (!client) return 1;
    port = jack_port_register(client, "out", JACK_DEFAULT_MIDI_TYPE, JackPortIsOutput, 0);
    if (!port || jack_set_process_callback(client, on_block, NULL) != 0 || jack_activate(client) != 0) return 1;
    puts("ready");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "wait %ld", &ms) == 1)
            sleep_ms(ms);
        else if (sscanf(line, "clock %lf %u", &bpm, &beats) == 2)
            send_clock(bpm, beats);
        else
            send_line(line);
    }
    sleep_ms(50);
    jack_client_close(client);
    return 0;
}
