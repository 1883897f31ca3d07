// SPDX-License-Identifier: MIT
// Which level counts and bitrates `compare` sets side by side.
#include "app/compare/compare.h"

#include "codec/known_models.h"

#include <stdlib.h>
#include <string.h>

static const compare_peer *const peers[] = {&compare_opus, &compare_opus_stereo, &compare_opus_5ms, &compare_opus_10ms,
                                            &compare_lyra};

#define PEER_COUNT (sizeof peers / sizeof *peers)
_Static_assert(PEER_COUNT <= COMPARE_MAX_PEERS, "room for every peer");

/* NULL: it can be compared with; else how to get it. */
static const char *what_lacks(const compare_peer *peer, char text[64])
{
    char folder[KNOWN_MODEL_PATH_BYTES];
    const known_model *model = peer->model ? known_model_find(peer->model) : NULL;
    if (peer->missing || !model || known_model_folder(model, folder)) return peer->missing;
    snprintf(text, 64, "residuum models get %.40s", model->name);
    return text;
}

static bool is_there(const compare_peer *peer)
{
    char text[64];
    return !what_lacks(peer, text);
}

/* The names of the peers that are there, or "none". */
static void list_available(char *text, size_t text_bytes)
{
    size_t length = 0;
    snprintf(text, text_bytes, "none");
    for (size_t i = 0; i < PEER_COUNT; i++)
        if (is_there(peers[i]) && length < text_bytes)
            length +=
                (size_t)snprintf(text + length, text_bytes - length, "%s%s", length > 0u ? ", " : "", peers[i]->name);
}

/* Each once: there are fewer than there is room for. */
static void keep_peer(comparison *c, const compare_peer *peer, bool is_named)
{
    uint32_t i = 0;
    while (i < c->peer_count && c->peers[i] != peer) i++;
    if (i == c->peer_count) c->peers[c->peer_count++] = peer;
    c->is_named[i] = c->is_named[i] || is_named;
}

static int add_peer(const app_arguments *arguments, comparison *c, const char *name, size_t length)
{
    char available[128], text[64];
    list_available(available, sizeof available);
    const compare_peer *found = NULL;
    for (size_t i = 0; i < PEER_COUNT; i++)
        if (strlen(peers[i]->name) == length && strncmp(peers[i]->name, name, length) == 0) found = peers[i];
    if (!found)
        return app_usage(arguments, "there is no '%.*s' to compare with; in this build: %s", (int)length, name,
                         available);
    const char *how = what_lacks(found, text);
    if (how)
        return app_fail(arguments, "%s is not %s: %s; in this build: %s", found->name,
                        found->missing ? "in this build" : "installed", how, available);
    keep_peer(c, found, true);
    if (found->company) keep_peer(c, found->company, false);
    return -1;
}

static int choose_peers(const app_arguments *arguments, comparison *c)
{
    const char *list = arguments->value[APP_OPT_AGAINST];
    int code = -1;
    if (!list) { // all that are there and need no naming; where none is, the first says how to get it
        for (size_t i = 0; i < PEER_COUNT; i++)
            if (is_there(peers[i]) && !peers[i]->by_name_alone) keep_peer(c, peers[i], false);
        return code < 0 && c->peer_count == 0u ? add_peer(arguments, c, peers[0]->name, strlen(peers[0]->name)) : code;
    }
    for (const char *at = list; code < 0;) {
        const size_t length = strcspn(at, ",");
        code = add_peer(arguments, c, at, length);
        at += length;
        if (*at == '\0') break;
        at++;
    }
    return code;
}

/* Whether every chosen peer that takes --rates runs at this bitrate; says which does not. */
static int check_rate(const app_arguments *arguments, const comparison *c, double kbps)
{
    for (uint32_t i = 0; i < c->peer_count; i++) {
        const compare_peer *peer = c->peers[i];
        if (peer->own_rate_count == 0u && !(kbps >= peer->min_kbps && kbps <= peer->max_kbps))
            return app_usage(arguments, "--rates: %s runs at %g..%g kbps a channel, not at %g", peer->name,
                             peer->min_kbps, peer->max_kbps, kbps);
    }
    return kbps > 0.0 ? -1 : app_usage(arguments, "--rates: %g kbps is no bitrate", kbps);
}

static int choose_rates(const app_arguments *arguments, comparison *c)
{
    const char *list = arguments->value[APP_OPT_RATE_LIST];
    if (!list) list = "24,32,48,64,96,128,192";
    for (const char *at = list;;) {
        char *end = NULL;
        const double kbps = strtod(at, &end);
        if (end == at || (*end != '\0' && *end != ','))
            return app_usage(arguments, "--rates takes kbps such as 24,64,96.5, not '%s'", list);
        if (c->rate_count == COMPARE_MAX_RATES)
            return app_usage(arguments, "--rates takes at most %u bitrates", COMPARE_MAX_RATES);
        const int code = check_rate(arguments, c, kbps);
        if (code >= 0) return code;
        c->rates_kbps[c->rate_count++] = kbps;
        if (*end == '\0') return -1;
        at = end + 1;
    }
}

int compare_choose(const app_arguments *arguments, comparison *c)
{
    const int code = choose_peers(arguments, c);
    return code < 0 ? choose_rates(arguments, c) : code;
}

int compare_fit(const app_arguments *arguments, comparison *c)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < c->peer_count; i++) {
        const compare_peer *peer = c->peers[i];
        if (peer->channel_count == 0u || peer->channel_count == c->ours.channel_count)
            c->peers[kept++] = peer;
        else if (c->is_named[i])
            return app_usage(arguments, "%s is for sounds of %u channels, and '%s' has %u", peer->name,
                             peer->channel_count, c->ours.path, c->ours.channel_count);
    }
    c->peer_count = kept;
    return -1;
}
