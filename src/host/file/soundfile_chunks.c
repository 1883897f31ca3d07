// SPDX-License-Identifier: MIT
// Chunks of WAV and AIFF files that libsndfile does not know: they are not copied, and a person is to know that.
#include "host/file/soundfile_internal.h"

#include <stdlib.h>
#include <string.h>

#define MOST_LIST_BYTES (1u << 20)

/* What is read, is written anew, or says nothing. */
static const char known_chunks[][5] = {
    "RIFF", "RIFX", "RF64", "ds64", "fmt ", "data", "fact", "LIST", "PEAK", "cue ", "smpl",
    "inst", "bext", "cart", "JUNK", "junk", "PAD ", "FLLR", "filr", "FORM", "COMM", "SSND",
    "MARK", "INST", "NAME", "AUTH", "(c) ", "ANNO", "COMT", "FVER", "CHAN", "APPL",
};

/* The texts that libsndfile reads; ISFT names the program that wrote the file, which is now another. */
static const struct {
    char id[5];
    int text; /* SF_STR_x; 0: never missed */
} known_texts[] = {
    {"INAM", SF_STR_TITLE},     {"IART", SF_STR_ARTIST},      {"ICMT", SF_STR_COMMENT},
    {"ICOP", SF_STR_COPYRIGHT}, {"ICRD", SF_STR_DATE},        {"IPRD", SF_STR_ALBUM},
    {"IGNR", SF_STR_GENRE},     {"ITRK", SF_STR_TRACKNUMBER}, {"ISFT", 0},
};

static bool is_known_chunk(const char *id)
{
    for (size_t i = 0; i < sizeof known_chunks / sizeof *known_chunks; i++)
        if (memcmp(known_chunks[i], id, 4) == 0) return true;
    return false;
}

/* libsndfile leaves out texts that are too long for it. */
static bool is_known_text(SNDFILE *file, const char *id)
{
    for (size_t i = 0; i < sizeof known_texts / sizeof *known_texts; i++)
        if (memcmp(known_texts[i].id, id, 4) == 0)
            return known_texts[i].text == 0 || sf_get_string(file, known_texts[i].text) != NULL;
    return false;
}

/* Names are shown: of printable characters alone, without the blanks at their end. */
static void add(host_chunk_names *names, const char *id)
{
    char name[5] = "";
    for (uint32_t i = 0; i < 4u; i++) name[i] = id[i] >= ' ' && id[i] <= '~' ? id[i] : '?';
    for (uint32_t i = 4; i > 1u && name[i - 1u] == ' '; i--) name[i - 1u] = '\0';
    for (uint32_t i = 0; i < names->count; i++)
        if (strcmp(names->name[i], name) == 0) return;
    if (names->count < HOST_MOST_CHUNK_NAMES) memcpy(names->name[names->count++], name, sizeof name);
}

/* A list's content: its kind, then chunks of its own. Of "adtl" the names of cue points are read. */
static void add_from_list(SNDFILE *file, const unsigned char *list, size_t count, host_chunk_names *names)
{
    const bool is_info = count >= 4u && memcmp(list, "INFO", 4) == 0;
    const bool is_cue_names = count >= 4u && memcmp(list, "adtl", 4) == 0;
    if (!is_info && !is_cue_names && count >= 4u) add(names, (const char *)list);
    if (!is_info && !is_cue_names) return;
    for (size_t at = 4; at + 8u < count;) {
        const char *id = (const char *)list + at;
        const uint32_t bytes = (uint32_t)host_number(list + at + 4u, 4u, false);
        const bool is_blank = bytes == 0u || list[at + 8u] == 0u;
        const bool is_known = is_info ? is_known_text(file, id) : memcmp(id, "labl", 4) == 0;
        if (!is_known && !(is_info && is_blank)) add(names, id);
        if (bytes > count - at - 8u) return;
        at += 8u + (size_t)bytes + bytes % 2u;
    }
}

static void add_chunk(SNDFILE *file, const SF_CHUNK_ITERATOR *at, host_chunk_names *names)
{
    SF_CHUNK_INFO chunk = {0};
    // libsndfile divides by the bytes that it is to read; a chunk of none holds nothing that could be lost.
    if (sf_get_chunk_size(at, &chunk) != SF_ERR_NO_ERROR || chunk.datalen == 0u) return;
    const uint32_t bytes = chunk.datalen < MOST_LIST_BYTES ? chunk.datalen : MOST_LIST_BYTES;
    unsigned char *content = malloc(bytes + 1u);
    if (!content) return;
    chunk.data = content;
    chunk.datalen = 1; // for the name
    if (sf_get_chunk_data(at, &chunk) == SF_ERR_NO_ERROR && !is_known_chunk(chunk.id)) add(names, chunk.id);
    chunk.datalen = bytes;
    if (memcmp(chunk.id, "LIST", 4) == 0 && sf_get_chunk_data(at, &chunk) == SF_ERR_NO_ERROR)
        add_from_list(file, content, bytes, names);
    free(content);
}

void host_chunk_names_read(SNDFILE *file, host_chunk_names *names)
{
    SF_INFO info = {0};
    names->count = 0u;
    sf_command(file, SFC_GET_CURRENT_SF_INFO, &info, sizeof info);
    const int major = info.format & SF_FORMAT_TYPEMASK;
    if (major != SF_FORMAT_WAV && major != SF_FORMAT_WAVEX && major != SF_FORMAT_RF64 && major != SF_FORMAT_AIFF)
        return;
    SF_CHUNK_ITERATOR *at = sf_get_chunk_iterator(file, NULL);
    for (; at; at = sf_next_chunk_iterator(at)) add_chunk(file, at, names);
}

bool host_chunk_names_has(const host_chunk_names *names, const char *name)
{
    for (uint32_t i = 0; i < names->count; i++)
        if (strcmp(names->name[i], name) == 0) return true;
    return false;
}
