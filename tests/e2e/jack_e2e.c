// SPDX-License-Identifier: MIT
// Plays a file into a JACK client and records what comes out, in freewheel.
#include <jack/jack.h>
#include <sndfile.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * jack_e2e SERVER APP IN.wav OUT.wav [IN_PORT OUT_PORT]: plays IN into APP:in_0 and records APP:out_0 into OUT, both
 * from the same server frame on and for as many samples, with the server in freewheel: no cycle is late and none is
 * lost, so that samples can be compared. Player and recorder are two clients: as one they would close a loop with APP,
 * and JACK delays loops by a period. Prints what the graph says of the latency between the two: of APP's output from
 * the player on, and of its input to the recorder (the least: an output that is also connected to something later has a
 * range).
 */

static float *played, *recorded;
static sf_count_t length;
static _Atomic jack_nframes_t start_frame;
static atomic_int freewheels, wanted, armed, recorded_all, lost_cycles;
static sf_count_t next_played, next_recorded; /* each is of one callback alone */
static jack_client_t *player, *recorder;
static jack_port_t *out_port, *in_port;
static jack_latency_range_t told_from, told_to;

/* Where this cycle lies in the signal; -1 when not armed or not begun. Cycles are whole: start_frame is on their grid.
 */
static sf_count_t position_of(jack_client_t *client)
{
    if (!atomic_load(&armed)) return -1;
    const int32_t since = (int32_t)(jack_last_frame_time(client) - atomic_load(&start_frame));
    return since < 0 || since >= length ? -1 : since;
}

static sf_count_t part(sf_count_t position, jack_nframes_t count)
{
    return length - position < (sf_count_t)count ? length - position : (sf_count_t)count;
}

/* Xruns are told late: one of before freewheel is no loss. What counts is that every cycle of the signal was there. */
static void follow(sf_count_t *next, sf_count_t position, jack_nframes_t count)
{
    if (position != *next) atomic_fetch_add(&lost_cycles, 1);
    *next = position + (sf_count_t)count;
}

/* So far ahead that the recorder, in a cycle of its own, knows of it in time; and of it on the grid of cycles. */
static void arm(jack_nframes_t count)
{
    if (!atomic_exchange(&wanted, 0)) return;
    atomic_store(&start_frame, jack_last_frame_time(player) + 400000u / count * count);
    atomic_store(&armed, 1);
}

static int play(jack_nframes_t count, void *context)
{
    (void)context;
    arm(count);
    float *out = jack_port_get_buffer(out_port, count);
    const sf_count_t position = position_of(player);
    memset(out, 0, count * sizeof *out);
    if (position >= 0) follow(&next_played, position, count);
    if (position >= 0) memcpy(out, played + position, (size_t)part(position, count) * sizeof *out);
    return 0;
}

static int record(jack_nframes_t count, void *context)
{
    (void)context;
    const float *in = jack_port_get_buffer(in_port, count);
    const sf_count_t position = position_of(recorder);
    if (position < 0) return 0;
    follow(&next_recorded, position, count);
    memcpy(recorded + position, in, (size_t)part(position, count) * sizeof *in);
    if (position + (sf_count_t)count >= length) atomic_store(&recorded_all, 1);
    return 0;
}

static void on_freewheel(int starting, void *context)
{
    (void)context;
    atomic_store(&freewheels, starting);
}

static int load(const char *path, SF_INFO *info)
{
    SNDFILE *file = sf_open(path, SFM_READ, info);
    if (!file || info->channels != 1) return 0;
    length = info->frames;
    played = calloc((size_t)length, sizeof *played);
    recorded = calloc((size_t)length, sizeof *recorded);
    const int fine = played && recorded && sf_readf_float(file, played, length) == length;
    sf_close(file);
    return fine;
}

static int save(const char *path, const SF_INFO *like)
{
    SF_INFO info = {.samplerate = like->samplerate, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    if (!file) return 0;
    const int fine = sf_writef_float(file, recorded, length) == length;
    sf_close(file);
    return fine;
}

/* The app's own links to the server's ports would mix other sound in. */
static int wire(const char *app, const char *in_name, const char *out_name)
{
    char app_in[128], app_out[128];
    snprintf(app_in, sizeof app_in, "%s:%s", app, in_name);
    snprintf(app_out, sizeof app_out, "%s:%s", app, out_name);
    for (int tries = 0; !jack_port_by_name(player, app_in) || !jack_port_by_name(player, app_out); tries++) {
        if (tries == 300) return 0;
        usleep(100000);
    }
    jack_port_disconnect(player, jack_port_by_name(player, app_in));
    if (jack_connect(player, jack_port_name(out_port), app_in) != 0 ||
        jack_connect(recorder, app_out, jack_port_name(in_port)) != 0)
        return 0;
    /* Between two cycles, on a busy machine later than one would think; and latencies are told of what is connected. */
    for (int tries = 0; !jack_port_connected_to(out_port, app_in) || !jack_port_connected_to(in_port, app_out);
         tries++) {
        if (tries == 3000) return 0;
        usleep(10000);
    }
    jack_recompute_total_latencies(player);
    jack_port_get_latency_range(jack_port_by_name(player, app_out), JackCaptureLatency, &told_from);
    jack_port_get_latency_range(jack_port_by_name(player, app_in), JackPlaybackLatency, &told_to);
    return 1;
}

static int open_clients(const char *server)
{
    player = jack_client_open("e2e_play", JackServerName | JackNoStartServer, NULL, server);
    recorder = jack_client_open("e2e_record", JackServerName | JackNoStartServer, NULL, server);
    if (!player || !recorder) return 0;
    out_port = jack_port_register(player, "play", JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput, 0);
    in_port = jack_port_register(recorder, "record", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
    jack_set_process_callback(player, play, NULL);
    jack_set_process_callback(recorder, record, NULL);
    jack_set_freewheel_callback(player, on_freewheel, NULL);
    return jack_activate(player) == 0 && jack_activate(recorder) == 0;
}

static void run(void)
{
    jack_set_freewheel(player, 1);
    for (int waited = 0; !atomic_load(&freewheels) && waited < 300; waited++) usleep(10000);
    atomic_store(&wanted, 1);
    for (int waited = 0; !atomic_load(&recorded_all) && waited < 600; waited++) usleep(100000);
    jack_set_freewheel(player, 0);
    usleep(100000);
}

int main(int argc, char **argv)
{
    SF_INFO info = {0};
    if ((argc != 5 && argc != 7) || !load(argv[3], &info)) {
        fprintf(stderr, "jack_e2e SERVER APP IN.wav OUT.wav [IN_PORT OUT_PORT]\n");
        return 2;
    }
    if (!open_clients(argv[1]) || !wire(argv[2], argc == 7 ? argv[5] : "in_0", argc == 7 ? argv[6] : "out_0")) {
        fprintf(stderr, "jack_e2e: cannot reach %s\n", argv[2]);
        return 1;
    }
    run();
    jack_client_close(player);
    jack_client_close(recorder);
    const int done = atomic_load(&recorded_all);
    printf("recorded %lld samples, %d gaps, told capture %u to %u, playback %u\n", done ? (long long)length : 0LL,
           atomic_load(&lost_cycles), told_from.min, told_from.max, told_to.min);
    return done && save(argv[4], &info) && atomic_load(&lost_cycles) == 0 ? 0 : 1;
}
