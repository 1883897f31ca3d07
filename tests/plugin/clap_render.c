// SPDX-License-Identifier: MIT
// clap_render MODULE IN.wav OUT.wav BLOCK [bpm=TEMPO] [sidechain=FILE.wav] [NAME=TEXT] [SAMPLE:NAME=TEXT]...
// A host that renders a file through the CLAP plugin. Values are given as a person types them into a host; those at a
// sample are events at their place in a block. With bpm the transport rolls from beat 0 on.
#include "clap_host.h"

#include <sndfile.h>

#define MAX_CHANGES 256
#define CHANNELS 2u

typedef struct {
    long sample; /* -1: before the first block */
    clap_id id;
    double value;
} change;

typedef struct {
    SNDFILE *from, *side, *to;
    SF_INFO info, side_info;
    float *interleaved, *in[CHANNELS], *key[CHANNELS], *out[CHANNELS];
    change changes[MAX_CHANGES];
    uint32_t change_count, block;
    double bpm; /* 0: the host has no transport */
} job;

/* "LFO 1 shape=square" or "96000:LFO 1 shape=square". */
static void add_change(job *j, test_host *h, char *word)
{
    char *equals = strchr(word, '='), *colon = strchr(word, ':');
    need(equals && j->change_count < MAX_CHANGES, word);
    const bool is_later = colon && colon < equals;
    *equals = '\0';
    change *c = &j->changes[j->change_count++];
    c->sample = is_later ? atol(word) : -1;
    c->id = id_of(h, is_later ? colon + 1 : word);
    need(h->params->text_to_value(h->plugin, c->id, equals + 1, &c->value), equals + 1);
    if (!is_later) add_event(h, c->id, 0, c->value);
}

static void read_words(job *j, test_host *h, int argc, char **argv)
{
    for (int i = 5; i < argc; i++) {
        if (strncmp(argv[i], "bpm=", 4) == 0)
            j->bpm = atof(argv[i] + 4);
        else if (strncmp(argv[i], "sidechain=", 10) == 0)
            need((j->side = sf_open(argv[i] + 10, SFM_READ, &j->side_info)) != NULL, argv[i]);
        else
            add_change(j, h, argv[i]);
    }
    flush_events(h);
}

static void open_files(job *j, char **argv)
{
    j->from = sf_open(argv[2], SFM_READ, &j->info);
    need(j->from && j->info.channels == (int)CHANNELS, argv[2]);
    SF_INFO out = {.samplerate = j->info.samplerate, .channels = (int)CHANNELS};
    out.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
    need((j->to = sf_open(argv[3], SFM_WRITE, &out)) != NULL, argv[3]);
    j->block = (uint32_t)atoi(argv[4]);
    need(j->block > 0u && j->block <= 8192u, argv[4]);
    j->interleaved = calloc((size_t)j->block * CHANNELS, sizeof(float));
    for (uint32_t c = 0; c < CHANNELS; c++) {
        j->in[c] = calloc(j->block, sizeof(float));
        j->key[c] = calloc(j->block, sizeof(float));
        j->out[c] = calloc(j->block, sizeof(float));
    }
}

static void read_block(const job *j, SNDFILE *file, float *const *planes, uint32_t count)
{
    memset(j->interleaved, 0, (size_t)count * CHANNELS * sizeof(float));
    (void)!sf_readf_float(file, j->interleaved, (sf_count_t)count); /* a side-chain may be shorter: then silence */
    for (uint32_t i = 0; i < count * CHANNELS; i++) planes[i % CHANNELS][i / CHANNELS] = j->interleaved[i];
}

static void write_block(const job *j, uint32_t count)
{
    for (uint32_t i = 0; i < count * CHANNELS; i++) j->interleaved[i] = j->out[i % CHANNELS][i / CHANNELS];
    need(sf_writef_float(j->to, j->interleaved, (sf_count_t)count) == (sf_count_t)count, "room for the output");
}

static void add_events(const job *j, test_host *h, long at, uint32_t count)
{
    for (uint32_t i = 0; i < j->change_count; i++)
        if (j->changes[i].sample >= at && j->changes[i].sample < at + (long)count)
            add_event(h, j->changes[i].id, (uint32_t)(j->changes[i].sample - at), j->changes[i].value);
}

static void render(job *j, test_host *h)
{
    clap_event_transport_t transport = {.header = {sizeof transport, 0, CLAP_CORE_EVENT_SPACE_ID, 9, 0},
                                        .flags = CLAP_TRANSPORT_HAS_TEMPO | CLAP_TRANSPORT_HAS_BEATS_TIMELINE |
                                                 CLAP_TRANSPORT_IS_PLAYING,
                                        .tempo = j->bpm};
    if (j->bpm > 0.0) h->transport = &transport;
    start(h, j->info.samplerate);
    for (long at = 0; at < (long)j->info.frames; at += (long)j->block) {
        const long left = (long)j->info.frames - at;
        const uint32_t count = left < (long)j->block ? (uint32_t)left : j->block;
        const double beats = (double)at * j->bpm / 60.0 / j->info.samplerate;
        transport.song_pos_beats = (clap_beattime)(beats * (double)CLAP_BEATTIME_FACTOR);
        read_block(j, j->from, j->in, count);
        if (j->side) read_block(j, j->side, j->key, count);
        add_events(j, h, at, count);
        process_sidechain(h, j->in, j->side ? j->key : NULL, j->out, CHANNELS, count);
        main_loop(h);
        write_block(j, count);
    }
    stop(h);
}

int main(int argc, char **argv)
{
    static job j;
    need(argc >= 5, "clap_render MODULE IN OUT BLOCK ...");
    test_host *h = open_host_of(argv[1]);
    open_files(&j, argv);
    read_words(&j, h, argc, argv);
    render(&j, h);
    close_host(h);
    sf_close(j.from);
    sf_close(j.to);
    if (j.side) sf_close(j.side);
    for (uint32_t c = 0; c < CHANNELS; c++) free(j.in[c]), free(j.key[c]), free(j.out[c]);
    free(j.interleaved);
    return 0;
}
