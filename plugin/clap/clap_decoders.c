// SPDX-License-Identifier: MIT
// Which codec decodes, as a parameter: the codec itself, or one of the codec files in the user's folder.
#include "rclap.h"

#include "codec/codec_name.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER 256u /* decoder_now counts in these, so that an answer that changes nothing is one, too */
#define ENDING ".safetensors"
#define OWN "none"
#define ANOTHER "another file" /* of a preset, a state or OSC: it can be shown, but not chosen */

static size_t stem_bytes(const char *file) { return strlen(file) - strlen(ENDING); }

/* ---- the folder ---- */

static bool find_folder(char *path, size_t path_bytes)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int length = -1;
    if (config && config[0] == '/')
        length = snprintf(path, path_bytes, "%s/residuum/codecs", config);
    else if (home && home[0] != '\0')
        length = snprintf(path, path_bytes, "%s/.config/residuum/codecs", home);
    return length > 0 && (size_t)length < path_bytes;
}

static int is_codec_file(const struct dirent *entry)
{
    const size_t length = strlen(entry->d_name);
    return entry->d_name[0] != '.' && length > strlen(ENDING) && stem_bytes(entry->d_name) < PLUG_TEXT_BYTES &&
           strcmp(entry->d_name + stem_bytes(entry->d_name), ENDING) == 0;
}

void rclap_find_decoders(rclap *self)
{
    struct dirent **found = NULL;
    if (!find_folder(self->decoder_folder, sizeof self->decoder_folder)) return;
    const int count = scandir(self->decoder_folder, &found, is_codec_file, alphasort);
    for (int i = 0; i < count; i++) {
        if (self->decoder_count < RCLAP_MOST_DECODERS)
            snprintf(self->decoders[self->decoder_count++], PLUG_TEXT_BYTES, "%.*s", (int)stem_bytes(found[i]->d_name),
                     found[i]->d_name);
        free(found[i]);
    }
    free(found);
}

static bool path_of(const rclap *self, uint32_t decoder, char *path, size_t path_bytes)
{
    const int length = snprintf(path, path_bytes, "%s/%s" ENDING, self->decoder_folder, self->decoders[decoder - 1u]);
    return length > 0 && (size_t)length < path_bytes;
}

/* ---- the parameter: 0 is the codec itself, then the files, then ANOTHER ---- */

static uint32_t another(const rclap *self) { return self->decoder_count + 1u; }

bool rclap_is_decoder(clap_id id) { return id == RCLAP_DECODER_ID; }

void rclap_decoder_info(const rclap *self, clap_param_info_t *info)
{
    info->id = RCLAP_DECODER_ID;
    info->flags = CLAP_PARAM_IS_STEPPED | CLAP_PARAM_IS_ENUM;
    snprintf(info->name, sizeof info->name, "%s", rsd_param_by_id(RSD_PARAM_DECODE_CODEC)->name);
    snprintf(info->module, sizeof info->module, "%s", rsd_param_group_name((uint32_t)RSD_GROUP_EFFECTS));
    info->max_value = (double)another(self);
}

double rclap_decoder_value(const rclap *self)
{
    /* Stored by audio. */
    return (double)atomic_load_explicit(&self->decoder_shown, memory_order_relaxed);
}

static uint32_t clamped(const rclap *self, double value)
{
    return value < 0.0 ? 0u : value > (double)another(self) ? another(self) : (uint32_t)(value + 0.5);
}

void rclap_decoder_text(const rclap *self, double value, char *text, uint32_t text_bytes)
{
    const uint32_t decoder = clamped(self, value);
    const char *name = decoder == 0u ? OWN : decoder == another(self) ? ANOTHER : self->decoders[decoder - 1u];
    snprintf(text, text_bytes, "%s", name);
}

bool rclap_decoder_parse(const rclap *self, const char *text, double *value)
{
    char name[PLUG_TEXT_BYTES];
    for (uint32_t decoder = 0; decoder <= another(self); decoder++) {
        rclap_decoder_text(self, (double)decoder, name, sizeof name);
        if (strcmp(name, text) != 0) continue;
        *value = (double)decoder;
        return true;
    }
    return false;
}

void rclap_decoder_set(rclap *self, double value)
{
    const uint32_t decoder = clamped(self, value);
    if (decoder == another(self)) return;
    atomic_store_explicit(&self->decoder_shown, decoder, memory_order_relaxed);  /* read by main in get_value */
    atomic_store_explicit(&self->wanted_decoder, decoder, memory_order_relaxed); /* read after the jobs */
    rclap_ask_main(self, RCLAP_DO_DECODER);
}

/* ---- main ---- */

/* plug_codec tells the path that the file's links lead to. */
static bool is_file_of(const rclap *self, uint32_t decoder, const char *name)
{
    char path[PLUG_PATH_BYTES], found[PATH_MAX];
    return path_of(self, decoder, path, sizeof path) && realpath(path, found) && strcmp(name, found) == 0;
}

static uint32_t decoder_in_use(const rclap *self)
{
    char codec[PLUG_PATH_BYTES];
    plug_codec(self->plug, codec, sizeof codec);
    if (!codec_decoder_sign(codec)) return 0u;
    for (uint32_t decoder = 1u; decoder <= self->decoder_count; decoder++)
        if (is_file_of(self, decoder, codec_decoder_name(codec))) return decoder;
    return another(self);
}

void rclap_refresh_decoder(rclap *self, bool is_answer)
{
    const uint32_t before = atomic_load_explicit(&self->decoder_now, memory_order_relaxed); /* main's own */
    const uint32_t decoder = decoder_in_use(self);
    if (!is_answer && before % ANSWER == decoder) return;
    /* Told by audio. */
    atomic_store_explicit(&self->decoder_now, before / ANSWER * ANSWER + ANSWER + decoder, memory_order_relaxed);
}

void rclap_show_decoder(rclap *self)
{
    rclap_refresh_decoder(self, false);
    atomic_store_explicit(&self->decoder_shown, decoder_in_use(self), memory_order_relaxed); /* read in get_value */
}

void rclap_set_decoder(rclap *self)
{
    rsd_error error;
    bool waits = false;
    char codec[PLUG_PATH_BYTES], path[PLUG_PATH_BYTES], joined[PLUG_PATH_BYTES];
    const uint32_t decoder = atomic_load_explicit(&self->wanted_decoder, memory_order_relaxed);
    plug_codec(self->plug, codec, sizeof codec);
    if ((decoder > 0u && !path_of(self, decoder, path, sizeof path)) ||
        !codec_join_decoder(codec, decoder > 0u ? path : OWN, joined, sizeof joined))
        rclap_log(self, PLUG_LOG_ERROR, "the names of codec and decoder are too long together");
    else if (plug_set_codec(self->plug, joined, PLUG_CODEC_SAME_LATENCY, &waits, &error) != RSD_OK)
        rclap_log(self, PLUG_LOG_ERROR, error.text);
    if (waits) rclap_ask_restart(self);
}

/* ---- audio ---- */

void rclap_tell_decoder(rclap *self, uint32_t time, const clap_output_events_t *out)
{
    const uint32_t now = atomic_load_explicit(&self->decoder_now, memory_order_relaxed); /* stored by main */
    const uint32_t decoder = now % ANSWER;
    if (now == self->seen_decoder) return;
    if ((double)decoder != rclap_decoder_value(self) && !rclap_tell_value(RCLAP_DECODER_ID, time, (double)decoder, out))
        return;                                                                 /* no room: again in the next block */
    atomic_store_explicit(&self->decoder_shown, decoder, memory_order_relaxed); /* read by main in get_value */
    self->seen_decoder = now;
}
