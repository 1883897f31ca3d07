// SPDX-License-Identifier: MIT
// jack_midi_send SERVER: a JACK client "midi_keys" with a MIDI output; writes the messages that stand on its standard
// input, a line each: hexadecimal bytes, or "beats BPM COUNT BYTES...", the message on so many beats in a row, or
// "clock BPM", which ticks until "clock 0". Ends with its input.
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
static _Atomic unsigned waits;  /* so often is the message to be sent, beat_samples apart */
static _Atomic int clock_ticks; /* every tick_samples, while this is 1 */
static double tick_samples, next_tick, beat_samples, next_beat;

/* `bytes` where `*next` lies in this cycle; false: it does not, or there is no room. */
static int send_at(void *buffer, double *next, jack_nframes_t count, const unsigned char *message, size_t message_size)
{
    return *next < count && jack_midi_event_write(buffer, (jack_nframes_t)*next, message, message_size) == 0;
}

static int on_block(jack_nframes_t count, void *context)
{
    (void)context;
    void *buffer = jack_port_get_buffer(port, count);
    jack_midi_clear_buffer(buffer);
    while (atomic_load(&waits) > 0u && send_at(buffer, &next_beat, count, bytes, size)) {
        next_beat += beat_samples;
        atomic_fetch_sub(&waits, 1u);
    }
    next_beat = next_beat > count && atomic_load(&waits) > 0u ? next_beat - count : 0.0;
    const unsigned char tick = 0xf8;
    while (atomic_load(&clock_ticks) && send_at(buffer, &next_tick, count, &tick, 1)) next_tick += tick_samples;
    next_tick = next_tick > count ? next_tick - count : 0.0;
    return 0;
}

static void sleep_ms(long ms) { nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL); }

static void send_line(char *line, unsigned times, double bpm)
{
    size = 0;
    beat_samples = 60.0 * jack_get_sample_rate(client) / bpm;
    for (char *word = strtok(line, " \n"); word && size < sizeof bytes; word = strtok(NULL, " \n"))
        bytes[size++] = (unsigned char)strtoul(word, NULL, 16);
    if (size == 0u) return;
    atomic_store(&waits, times);
    for (int i = 0; atomic_load(&waits) && i < 10000; i++) sleep_ms(2);
}

static void send_clock(double bpm)
{
    if (bpm > 0.0) tick_samples = 60.0 * jack_get_sample_rate(client) / (24.0 * bpm);
    atomic_store(&clock_ticks, bpm > 0.0);
}

int main(int argc, char **argv)
{
    char line[256];
    double bpm;
    unsigned beats;
    int used;
    if (argc != 2) return 2;
    client = jack_client_open("midi_keys", JackNoStartServer | JackServerName, NULL, argv[1]);
    if (!client) return 1;
    port = jack_port_register(client, "out", JACK_DEFAULT_MIDI_TYPE, JackPortIsOutput, 0);
    if (!port || jack_set_process_callback(client, on_block, NULL) != 0 || jack_activate(client) != 0) return 1;
    puts("ready");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "clock %lf", &bpm) == 1)
            send_clock(bpm);
        else if (sscanf(line, "beats %lf %u %n", &bpm, &beats, &used) == 2)
            send_line(line + used, beats, bpm);
        else
            send_line(line, 1u, 120.0);
    }
    sleep_ms(50);
    jack_client_close(client);
    return 0;
}
