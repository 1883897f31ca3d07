// SPDX-License-Identifier: MIT
// What a sound file carries beside its samples, from the file that is read to the one that is written.
#include "host/file/soundfile_internal.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_CUES 10000u
/* Of all tags together: libsndfile writes no header of over 100 KiB. */
#define MAX_TEXT_BYTES 49152u

/* With room for the texts at their ends; libsndfile takes no more than 16 KiB back. */
typedef SF_BROADCAST_INFO_VAR(8192) broadcast_info;
typedef SF_CART_INFO_VAR(8192) cart_info;

struct host_meta {
    char *texts[SF_STR_LAST + 1]; /* owned, NULL: none */
    SF_CUES *cues;                /* owned, NULL: none; has room for as many as it counts */
    uint32_t channel_count;
    bool has_texts, texts_are_cut, has_speakers, has_instrument, has_broadcast, has_cart;
    int speakers[HOST_SOUND_MAX_CHANNELS]; /* SF_CHANNEL_MAP_x */
    SF_INSTRUMENT instrument;
    broadcast_info broadcast;
    cart_info cart;
    host_chunk_names others; /* that are only named */
};

void host_meta_destroy(host_meta *meta)
{
    if (!meta) return;
    for (int i = SF_STR_FIRST; i <= SF_STR_LAST; i++) free(meta->texts[i]);
    free(meta->cues);
    free(meta);
}

static size_t cue_bytes(uint32_t count) { return offsetof(SF_CUES, cue_points) + count * sizeof(SF_CUE_POINT); }

static void read_texts(host_meta *meta, SNDFILE *file)
{
    size_t left = MAX_TEXT_BYTES;
    for (int i = SF_STR_FIRST; i <= SF_STR_LAST; i++) {
        const char *text = i == SF_STR_SOFTWARE ? NULL : sf_get_string(file, i); // the software that writes is ours
        if (text) meta->texts[i] = host_text_take(text, left, &meta->texts_are_cut);
        if (!meta->texts[i]) continue;
        meta->has_texts = true;
        left -= strlen(meta->texts[i]);
    }
}

static void read_cues(host_meta *meta, SNDFILE *file)
{
    uint32_t count = 0;
    if (sf_command(file, SFC_GET_CUE_COUNT, &count, sizeof count) != SF_TRUE || count == 0u || count > MAX_CUES) return;
    SF_CUES *cues = calloc(1, cue_bytes(count) > sizeof *cues ? cue_bytes(count) : sizeof *cues);
    if (cues && sf_command(file, SFC_GET_CUE, cues, (int)cue_bytes(count)) == SF_TRUE && cues->cue_count > 0u) {
        if (cues->cue_count > count) cues->cue_count = count;
        meta->cues = cues;
    } else {
        free(cues);
    }
}

/* Mono, and left and right, are what every player takes for granted. */
static bool are_usual(const int *speakers, uint32_t channel_count)
{
    if (channel_count == 1u)
        return speakers[0] == SF_CHANNEL_MAP_MONO || speakers[0] == SF_CHANNEL_MAP_CENTER ||
               speakers[0] == SF_CHANNEL_MAP_LEFT;
    return channel_count == 2u && speakers[0] == SF_CHANNEL_MAP_LEFT && speakers[1] == SF_CHANNEL_MAP_RIGHT;
}

static void read_speakers(host_meta *meta, SNDFILE *file)
{
    const int bytes = (int)(meta->channel_count * sizeof(int));
    if (sf_command(file, SFC_GET_CHANNEL_MAP_INFO, meta->speakers, bytes) != SF_TRUE) return;
    for (uint32_t c = 0; c < meta->channel_count; c++)
        if (meta->speakers[c] != SF_CHANNEL_MAP_INVALID) meta->has_speakers = true;
    if (are_usual(meta->speakers, meta->channel_count)) meta->has_speakers = false;
}

static bool has_any(const host_meta *meta)
{
    return meta->has_texts || meta->has_speakers || meta->has_instrument || meta->has_broadcast || meta->has_cart ||
           meta->cues || meta->others.count > 0u || meta->texts_are_cut;
}

host_meta *host_meta_read(SNDFILE *file, uint32_t channel_count)
{
    host_meta *meta = calloc(1, sizeof *meta);
    if (!meta) return NULL;
    meta->channel_count = channel_count;
    read_texts(meta, file);
    read_cues(meta, file);
    read_speakers(meta, file);
    meta->has_instrument = sf_command(file, SFC_GET_INSTRUMENT, &meta->instrument, sizeof meta->instrument) == SF_TRUE;
    meta->has_broadcast = sf_command(file, SFC_GET_BROADCAST_INFO, &meta->broadcast, sizeof meta->broadcast) == SF_TRUE;
    meta->has_cart = sf_command(file, SFC_GET_CART_INFO, &meta->cart, sizeof meta->cart) == SF_TRUE;
    host_chunk_names_read(file, &meta->others);
    if (has_any(meta)) return meta;
    host_meta_destroy(meta);
    return NULL;
}

bool host_meta_has_speakers(const host_meta *meta) { return meta && meta->has_speakers; }

/* ---- write ---- */

/* Appends a number of four bytes, little-endian. */
static size_t put_number(unsigned char *to, size_t at, uint32_t number)
{
    for (uint32_t i = 0; i < 4u; i++) to[at + i] = (unsigned char)(number >> 8u * i);
    return at + 4u;
}

/*
 * The names of cue points in a WAV are in a chunk of their own, which libsndfile reads and does not write: a list of
 * labels, each with its point's number and a text that ends in 0. Zeros make every text a multiple of 4 bytes,
 * as libsndfile would otherwise add bytes to the list that belong to no label.
 */
static void write_cue_names(const SF_CUES *cues, SNDFILE *file)
{
    enum { LABEL_BYTES = 12 + 260 };
    SF_INFO info;
    if (sf_command(file, SFC_GET_CURRENT_SF_INFO, &info, sizeof info) != 0) return;
    const int major = info.format & SF_FORMAT_TYPEMASK;
    unsigned char *list = major == SF_FORMAT_WAV || major == SF_FORMAT_WAVEX
                              ? calloc(1, 4u + (size_t)LABEL_BYTES * cues->cue_count)
                              : NULL;
    if (!list) return;
    memcpy(list, "adtl", 4);
    size_t at = 4;
    for (uint32_t i = 0; i < cues->cue_count; i++) {
        const size_t length = strnlen(cues->cue_points[i].name, sizeof cues->cue_points[i].name - 1u);
        if (length == 0u) continue;
        const size_t text_bytes = (length + 4u) / 4u * 4u;
        memcpy(list + at, "labl", 4);
        at = put_number(list, at + 4u, (uint32_t)text_bytes + 4u);
        at = put_number(list, at, (uint32_t)cues->cue_points[i].indx);
        memcpy(list + at, cues->cue_points[i].name, length);
        at += text_bytes;
    }
    const SF_CHUNK_INFO chunk = {.id = "LIST", .id_size = 4, .datalen = (unsigned)at, .data = list};
    if (at > 4u && sf_set_chunk(file, &chunk) != SF_ERR_NO_ERROR) {
        /* host_meta_compare finds them missing. */
    }
    free(list);
}

static void write_cues(const host_meta *meta, SNDFILE *file, uint64_t delay)
{
    const size_t bytes = cue_bytes(meta->cues->cue_count);
    SF_CUES *cues = malloc(bytes > sizeof *cues ? bytes : sizeof *cues);
    if (!cues) return;
    memcpy(cues, meta->cues, bytes);
    for (uint32_t i = 0; i < cues->cue_count; i++) {
        cues->cue_points[i].position += (uint32_t)delay;
        cues->cue_points[i].sample_offset += (uint32_t)delay;
    }
    sf_command(file, SFC_SET_CUE, cues, (int)bytes);
    write_cue_names(cues, file);
    free(cues);
}

static void write_instrument(const host_meta *meta, SNDFILE *file, uint64_t delay)
{
    SF_INSTRUMENT instrument = meta->instrument;
    for (int i = 0; i < instrument.loop_count && i < 16; i++) {
        instrument.loops[i].start += (uint32_t)delay;
        instrument.loops[i].end += (uint32_t)delay;
    }
    sf_command(file, SFC_SET_INSTRUMENT, &instrument, sizeof instrument);
}

/* The time stamp is that of the first sample, which with `delay` is earlier than what was recorded. */
static void write_broadcast(const host_meta *meta, SNDFILE *file, uint64_t delay)
{
    broadcast_info *info = malloc(sizeof *info);
    if (!info) return;
    *info = meta->broadcast;
    uint64_t time = (uint64_t)info->time_reference_high << 32 | info->time_reference_low;
    time -= delay < time ? delay : time;
    info->time_reference_low = (uint32_t)time;
    info->time_reference_high = (uint32_t)(time >> 32);
    sf_command(file, SFC_SET_BROADCAST_INFO, info, sizeof *info);
    free(info);
}

/* The tags of an MP3 are in Latin-1: libsndfile hands them to LAME as they are. What that cannot say is left out. */
static void write_texts(const host_meta *meta, SNDFILE *file)
{
    SF_INFO info = {0};
    sf_command(file, SFC_GET_CURRENT_SF_INFO, &info, sizeof info);
    const bool is_mp3 = (info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_MPEG;
    for (int i = SF_STR_FIRST; i <= SF_STR_LAST; i++) {
        char *latin1 = meta->texts[i] && is_mp3 ? host_text_latin1(meta->texts[i]) : NULL;
        const char *text = is_mp3 ? latin1 : meta->texts[i];
        if (text) sf_set_string(file, i, text);
        free(latin1);
    }
}

void host_meta_write(const host_meta *meta, SNDFILE *file, uint64_t delay)
{
    write_texts(meta, file);
    if (meta->cues) write_cues(meta, file, delay);
    if (meta->has_instrument) write_instrument(meta, file, delay);
    if (meta->has_broadcast) write_broadcast(meta, file, delay);
    if (meta->has_speakers) {
        int speakers[HOST_SOUND_MAX_CHANNELS];
        memcpy(speakers, meta->speakers, sizeof speakers);
        sf_command(file, SFC_SET_CHANNEL_MAP_INFO, speakers, (int)(meta->channel_count * sizeof *speakers));
    }
    if (meta->has_cart) {
        cart_info *cart = malloc(sizeof *cart);
        if (cart) *cart = meta->cart;
        if (cart) sf_command(file, SFC_SET_CART_INFO, cart, sizeof *cart);
        free(cart);
    }
}

/* ---- what became of it ---- */

static void list(char text[HOST_META_TEXT_BYTES], bool is_listed, const char *what)
{
    const size_t length = strlen(text);
    if (is_listed) snprintf(text + length, HOST_META_TEXT_BYTES - length, "%s%s", length > 0u ? ", " : "", what);
}

/* Whether a cue point has a name that is not in `kept`, which has the points themselves. */
static bool names_are_lost(const SF_CUES *cues, const SF_CUES *kept)
{
    for (uint32_t i = 0; i < cues->cue_count && i < kept->cue_count; i++)
        if (strncmp(cues->cue_points[i].name, kept->cue_points[i].name, sizeof kept->cue_points[i].name) != 0)
            return true;
    return false;
}

/* What `meta` has and `kept` (NULL: nothing) has not. libsndfile takes much that it then does not write. */
static void describe(const host_meta *meta, const host_meta *kept, char text[HOST_META_TEXT_BYTES])
{
    bool texts_are_lost = meta->texts_are_cut;
    for (int i = SF_STR_FIRST; i <= SF_STR_LAST; i++)
        if (meta->texts[i] && !(kept && kept->texts[i] && strcmp(kept->texts[i], meta->texts[i]) == 0))
            texts_are_lost = true;
    const size_t speaker_bytes = meta->channel_count * sizeof *meta->speakers;
    text[0] = '\0';
    list(text,
         meta->has_speakers && !(kept && kept->channel_count == meta->channel_count &&
                                 memcmp(kept->speakers, meta->speakers, speaker_bytes) == 0),
         "speaker positions");
    list(text, texts_are_lost, "tags");
    list(text,
         meta->has_instrument &&
             !(kept && kept->has_instrument && kept->instrument.loop_count == meta->instrument.loop_count),
         meta->instrument.loop_count > 0 ? "loop points" : "instrument settings");
    const bool cues_are_kept = kept && kept->cues && meta->cues && kept->cues->cue_count == meta->cues->cue_count;
    list(text, meta->cues && !cues_are_kept, "cue points");
    list(text, cues_are_kept && names_are_lost(meta->cues, kept->cues), "names of cue points");
    list(text, meta->has_broadcast && !(kept && kept->has_broadcast), "broadcast time stamp");
    list(text, meta->has_cart && !(kept && kept->has_cart), "cart data");
    for (uint32_t i = 0; i < meta->others.count; i++)
        list(text, !(kept && host_chunk_names_has(&kept->others, meta->others.name[i])), meta->others.name[i]);
}

void host_meta_describe(const host_meta *meta, char text[HOST_META_TEXT_BYTES]) { describe(meta, NULL, text); }

void host_meta_compare(const host_meta *meta, int fd, char lost[HOST_META_TEXT_BYTES])
{
    SF_INFO info = {0};
    lost[0] = '\0';
    if (lseek(fd, 0, SEEK_SET) != 0) return;
    SNDFILE *file = host_open_fd(fd, SFM_READ, &info);
    if (!file) return;
    host_meta *kept = host_meta_read(file, (uint32_t)info.channels);
    describe(meta, kept, lost);
    host_meta_destroy(kept);
    sf_close(file);
}
