// SPDX-License-Identifier: MIT
// OSCQuery's tree of all controls as JSON text, made from the parameter table and the values in force.
#include "host/http/internal.h"

#include "host/osc/addresses.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define MAX_PARTS 6u /* of an address */

enum { ACCESS_NONE = 0 };

/* ---- addresses: bit 2 n is the n-th entry's, 2 n + 1 the same from 0 to 1 ---- */

static const host_watch_entry *entry_of(const host_watch *watch, uint32_t bit) { return &watch->entries[bit / 2u]; }
static bool is_norm(uint32_t bit) { return bit % 2u == 1u; }

static bool is_there(const host_watch *watch, uint32_t bit)
{
    const host_watch_entry *entry = entry_of(watch, bit);
    return entry->is_there && !(is_norm(bit) && entry->info->unit == RSD_UNIT_TEXT);
}

void host_http_format_address(const host_watch *watch, uint32_t bit, char path[64])
{
    const host_watch_entry *entry = entry_of(watch, bit);
    host_osc_format_address(entry->info, entry->level, is_norm(bit), path);
}

/* "/residuum/level" has "/residuum/level/3/gain" below it, and "/" has all. */
static bool is_at_or_below(const char *path, const char *address)
{
    const size_t length = strlen(path);
    if (strcmp(path, "/") == 0) return true;
    return strncmp(path, address, length) == 0 && (address[length] == '\0' || address[length] == '/');
}

uint32_t host_http_for_each(const host_watch *watch, const char *path, void (*set)(void *context, uint32_t bit),
                            void *context)
{
    uint32_t count = 0;
    char address[64];
    for (uint32_t bit = 0; bit < 2u * watch->entry_count; bit++) {
        host_http_format_address(watch, bit, address);
        if (!is_at_or_below(path, address)) continue;
        set(context, bit);
        count++;
    }
    return count;
}

/*
 * ---- the tree ----
 * All of it lies in one mapping, which the system gets back after the answer. As many small blocks it would be 0.8 MB,
 * and as much would stay in the heap of each thread that ever answered.
 */

#define TEXT_BYTES 524288u /* the tree of RSD_MAX_LEVELS levels takes a quarter of it */

typedef struct {
    char address[64];
    uint32_t bit;
    uint32_t container_bytes; /* of the address: the path of the node that it lies in */
    bool is_written;
} tree_line;

struct http_tree {
    host_watch watch;
    uint32_t count;
    tree_line
        lines[2u * HOST_WATCH_MAX_ENTRIES]; /* short addresses first: one with a value is there before those below */
    char text[TEXT_BYTES];
};

http_tree *host_http_tree_create(void)
{
    void *block = mmap(NULL, sizeof(http_tree), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return block == MAP_FAILED ? NULL : block;
}

void host_http_tree_destroy(http_tree *self)
{
    if (self) munmap(self, sizeof *self);
}

host_watch *host_http_tree_watch(http_tree *self) { return &self->watch; }

static uint32_t count_parts(const char *address)
{
    uint32_t count = 0;
    for (; *address; address++) count += *address == '/';
    return count;
}

static bool has_value(const http_tree *self, const char *address, size_t bytes)
{
    for (uint32_t i = 0; i < self->count; i++)
        if (strncmp(self->lines[i].address, address, bytes) == 0 && self->lines[i].address[bytes] == '\0') return true;
    return false;
}

/*
 * What has a value has nothing below it, to OSC 1.0 and to its clients. An address below another (/freeze/from below
 * /freeze) lies beside it instead, by the rest of its address: freeze/from.
 */
static uint32_t find_container(const http_tree *self, const char *address)
{
    uint32_t container = 0;
    for (const char *slash = strchr(address + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        const size_t bytes = (size_t)(slash - address);
        if (has_value(self, address, bytes)) break;
        container = (uint32_t)bytes;
    }
    return container;
}

static void list_lines(http_tree *self)
{
    for (uint32_t parts = 1; parts <= MAX_PARTS; parts++) {
        for (uint32_t bit = 0; bit < 2u * self->watch.entry_count; bit++) {
            tree_line *line = &self->lines[self->count];
            if (!is_there(&self->watch, bit)) continue;
            host_http_format_address(&self->watch, bit, line->address);
            if (count_parts(line->address) != parts) continue;
            line->bit = bit;
            line->container_bytes = find_container(self, line->address);
            self->count++;
        }
    }
}

/* In the container at `path`, or further down. The root's path is "" here. */
static bool is_within(const tree_line *line, const char *path, size_t bytes)
{
    return line->container_bytes >= bytes && strncmp(line->address, path, bytes) == 0 &&
           (line->address[bytes] == '/' || line->address[bytes] == '\0');
}

/* ---- as text ---- */

static void write_json(FILE *out, json_t *json)
{
    if (json_dumpf(json, out, HTTP_JSON_FORMAT) != 0) fputs("null", out); /* no memory for it: the rest stays JSON */
    json_decref(json);
}

static void write_container(FILE *out, http_tree *self, const char *path, size_t bytes);

/* Names and paths are parts of addresses: nothing in them is to be escaped. */
static void write_contents(FILE *out, http_tree *self, const char *path, size_t bytes)
{
    const char *comma = "";
    fputc('{', out);
    for (uint32_t i = 0; i < self->count; i++) {
        tree_line *line = &self->lines[i];
        if (line->is_written || !is_within(line, path, bytes)) continue;
        const bool is_leaf = line->container_bytes == bytes;
        const char *name = line->address + bytes + 1;
        const size_t name_bytes = is_leaf ? strlen(name) : strcspn(name, "/");
        fprintf(out, "%s\"%.*s\":", comma, (int)name_bytes, name);
        if (is_leaf)
            write_json(out, host_http_leaf(&self->watch, line->bit));
        else
            write_container(out, self, line->address, bytes + 1u + name_bytes);
        line->is_written = true;
        comma = ",";
    }
    fputc('}', out);
}

static void write_container(FILE *out, http_tree *self, const char *path, size_t bytes)
{
    fprintf(out, "{\"FULL_PATH\":\"%.*s\",\"ACCESS\":%d,\"CONTENTS\":", bytes ? (int)bytes : 1, bytes ? path : "/",
            ACCESS_NONE);
    write_contents(out, self, path, bytes);
    fputs(bytes ? "}" : ",\"DESCRIPTION\":\"Residuum\"}", out);
}

/* One attribute of a container, or all. Returns 200, or 204: it has no such attribute. */
static int answer_container(FILE *out, http_tree *self, const char *path, const char *attribute)
{
    const size_t bytes = strlen(path);
    if (!*attribute) {
        write_container(out, self, path, bytes);
    } else if (strcmp(attribute, "CONTENTS") == 0) {
        fputs("{\"CONTENTS\":", out);
        write_contents(out, self, path, bytes);
        fputc('}', out);
    } else if (strcmp(attribute, "FULL_PATH") == 0) {
        fprintf(out, "{\"FULL_PATH\":\"%s\"}", bytes ? path : "/");
    } else if (strcmp(attribute, "ACCESS") == 0) {
        fprintf(out, "{\"ACCESS\":%d}", ACCESS_NONE);
    } else if (strcmp(attribute, "DESCRIPTION") == 0 && bytes == 0u) {
        fputs("{\"DESCRIPTION\":\"Residuum\"}", out);
    } else {
        return 204;
    }
    return 200;
}

static int answer_leaf(FILE *out, const http_tree *self, const tree_line *line, const char *attribute)
{
    json_t *leaf = host_http_leaf(&self->watch, line->bit);
    json_t *value = *attribute ? json_object_get(leaf, attribute) : leaf;
    if (!leaf) return 500;
    const int status = value ? 200 : 204;
    if (status == 200) write_json(out, *attribute ? json_pack("{s:O}", attribute, value) : json_incref(leaf));
    json_decref(leaf);
    return status;
}

static int answer(FILE *out, http_tree *self, const char *path, const char *attribute)
{
    bool is_container = *path == '\0';
    for (uint32_t i = 0; i < self->count; i++) {
        if (strcmp(self->lines[i].address, path) == 0) return answer_leaf(out, self, &self->lines[i], attribute);
        is_container = is_container || is_within(&self->lines[i], path, strlen(path));
    }
    return is_container ? answer_container(out, self, path, attribute) : 404;
}

int host_http_tree_write(http_tree *self, const char *path, const char *attribute, const char **text)
{
    char trimmed[64];
    size_t bytes = strlen(path);
    while (bytes > 0u && path[bytes - 1u] == '/') bytes--;
    if (bytes >= sizeof trimmed) return 404; /* longer than any address */
    snprintf(trimmed, sizeof trimmed, "%.*s", (int)bytes, path);
    FILE *out = fmemopen(self->text, sizeof self->text, "w");
    if (!out) return 500;
    list_lines(self);
    const int status = answer(out, self, trimmed, attribute);
    const bool has_room = fflush(out) == 0 && ferror(out) == 0;
    *text = self->text;
    return fclose(out) == 0 && has_room ? status : 500;
}

json_t *host_http_host_info(const host_http *http)
{
    static const char *const attributes[] = {"ACCESS", "VALUE",  "RANGE",       "DESCRIPTION",
                                             "TAGS",   "LISTEN", "PATH_CHANGED"};
    json_t *extensions = json_object(), *info = json_object();
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        json_object_set_new(extensions, attributes[i], json_true());
    json_object_set_new(extensions, "OSC_STREAMING", json_boolean(http->token[0] == '\0'));
    json_object_set_new(info, "NAME", json_string("Residuum"));
    json_object_set_new(info, "EXTENSIONS", extensions);
    if (http->osc_port != 0u) {
        const bool is_any = strcmp(http->osc_address, "0.0.0.0") == 0;
        if (!is_any) json_object_set_new(info, "OSC_IP", json_string(http->osc_address));
        json_object_set_new(info, "OSC_PORT", json_integer(http->osc_port));
        json_object_set_new(info, "OSC_TRANSPORT", json_string("UDP"));
    }
    json_object_set_new(info, "WS_PORT", json_integer(http->port));
    return info;
}
