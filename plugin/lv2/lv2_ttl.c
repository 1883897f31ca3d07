// SPDX-License-Identifier: MIT
// lv2_ttl FOLDER: writes manifest.ttl, residuum.ttl and presets.ttl from the parameter table, the built-in codecs and
// the built-in presets. Runs at build time.
#include "lv2_ttl.h"

#include <residuum/rsd_codec.h>

#include <stdlib.h>
#include <string.h>

const ttl_plugin ttl_plugins[TTL_PLUGIN_COUNT] = {{RLV2_MONO_URI, "Residuum Mono", 1u},
                                                  {RLV2_STEREO_URI, "Residuum Stereo", 2u}};

void ttl_string(FILE *to, const char *text)
{
    fputc('"', to);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') fputc('\\', to);
        fputc(*text == '\n' ? ' ' : *text, to);
    }
    fputc('"', to);
}

/* A number that is a decimal in Turtle, whatever the locale. */
void ttl_number(FILE *to, float value) { fprintf(to, "%.9f", (double)value); }

static const char PREFIXES[] = "@prefix atom: <http://lv2plug.in/ns/ext/atom#> .\n"
                               "@prefix bufsz: <http://lv2plug.in/ns/ext/buf-size#> .\n"
                               "@prefix doap: <http://usefulinc.com/ns/doap#> .\n"
                               "@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n"
                               "@prefix log: <http://lv2plug.in/ns/ext/log#> .\n"
                               "@prefix lv2: <http://lv2plug.in/ns/lv2core#> .\n"
                               "@prefix midi: <http://lv2plug.in/ns/ext/midi#> .\n"
                               "@prefix opts: <http://lv2plug.in/ns/ext/options#> .\n"
                               "@prefix patch: <http://lv2plug.in/ns/ext/patch#> .\n"
                               "@prefix pg: <http://lv2plug.in/ns/ext/port-groups#> .\n"
                               "@prefix pprops: <http://lv2plug.in/ns/ext/port-props#> .\n"
                               "@prefix pset: <http://lv2plug.in/ns/ext/presets#> .\n"
                               "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
                               "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
                               "@prefix rsz: <http://lv2plug.in/ns/ext/resize-port#> .\n"
                               "@prefix state: <http://lv2plug.in/ns/ext/state#> .\n"
                               "@prefix time: <http://lv2plug.in/ns/ext/time#> .\n"
                               "@prefix units: <http://lv2plug.in/ns/extensions/units#> .\n"
                               "@prefix urid: <http://lv2plug.in/ns/ext/urid#> .\n"
                               "@prefix work: <http://lv2plug.in/ns/ext/worker#> .\n\n";

FILE *ttl_open(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *to = fopen(path, "we");
    if (!to) {
        perror(path);
        exit(1);
    }
    fputs(PREFIXES, to);
    return to;
}

void ttl_close(FILE *to)
{
    if (ferror(to) || fclose(to) != 0) {
        perror("lv2_ttl");
        exit(1);
    }
}

static void write_manifest(const char *folder)
{
    FILE *to = ttl_open(folder, "manifest.ttl");
    for (uint32_t p = 0; p < TTL_PLUGIN_COUNT; p++)
        fprintf(to, "<%s> a lv2:Plugin ;\n    lv2:binary <residuum.so> ;\n    rdfs:seeAlso <residuum.ttl> .\n\n",
                ttl_plugins[p].uri);
    ttl_presets_in_manifest(to);
    ttl_close(to);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("lv2_ttl FOLDER\n", stderr);
        return 2;
    }
    write_manifest(argv[1]);
    ttl_write_plugins(argv[1]);
    ttl_write_presets(argv[1]);
    return 0;
}
