// SPDX-License-Identifier: MIT
// residuum.ttl: the plugins and their ports.
#include "lv2_ttl.h"

#include <residuum/rsd_codec.h>

#include <stdlib.h>
#include <string.h>

static void begin_port(FILE *to, const char *classes, uint32_t index, const char *symbol, const char *name)
{
    fprintf(to, " [\n        a %s ;\n        lv2:index %u ;\n        lv2:symbol \"%s\" ;\n        lv2:name ", classes,
            index, symbol);
    ttl_string(to, name);
}

static void write_range(FILE *to, float min, float max, float standard)
{
    fputs(" ;\n        lv2:default ", to);
    ttl_number(to, standard);
    fputs(" ;\n        lv2:minimum ", to);
    ttl_number(to, min);
    fputs(" ;\n        lv2:maximum ", to);
    ttl_number(to, max);
}

static void write_audio_port(FILE *to, const ttl_plugin *plugin, bool is_input, uint32_t channel)
{
    char symbol[32], name[32];
    const char *way = is_input ? "in" : "out", *shown = is_input ? "In" : "Out",
               *side = channel == 0u ? "left" : "right";
    const bool mono = plugin->channels == 1u;
    snprintf(symbol, sizeof symbol, "%s%s%s", way, mono ? "" : "_", mono ? "" : side);
    snprintf(name, sizeof name, "%s%s%s", shown, mono ? "" : " ", mono ? "" : side);
    begin_port(to, is_input ? "lv2:AudioPort , lv2:InputPort" : "lv2:AudioPort , lv2:OutputPort",
               is_input ? rlv2_port_in(channel) : rlv2_port_out(plugin->channels, channel), symbol, name);
    fprintf(to, " ;\n        lv2:designation pg:%s ;\n        pg:group <%s:%s>\n    ] ,", mono ? "center" : side,
            plugin->uri, way);
}

static void write_audio(FILE *to, const ttl_plugin *plugin)
{
    for (uint32_t c = 0; c < plugin->channels; c++) write_audio_port(to, plugin, true, c);
    for (uint32_t c = 0; c < plugin->channels; c++) write_audio_port(to, plugin, false, c);
}

static void write_atoms(FILE *to, const ttl_plugin *plugin)
{
    begin_port(to, "atom:AtomPort , lv2:InputPort", rlv2_port_control(plugin->channels), "control", "Control");
    fputs(" ;\n        atom:bufferType atom:Sequence ;\n        atom:supports patch:Message , midi:MidiEvent , "
          "time:Position ;\n"
          "        rsz:minimumSize 8192 ;\n        lv2:designation lv2:control ;\n"
          "        lv2:portProperty lv2:connectionOptional\n    ] ,",
          to);
    begin_port(to, "atom:AtomPort , lv2:OutputPort", rlv2_port_notify(plugin->channels), "notify", "Notify");
    fputs(" ;\n        atom:bufferType atom:Sequence ;\n        atom:supports patch:Message ;\n"
          "        rsz:minimumSize 8192 ;\n        lv2:designation lv2:control ;\n"
          "        lv2:portProperty lv2:connectionOptional\n    ] ,",
          to);
    begin_port(to, "lv2:ControlPort , lv2:OutputPort", rlv2_port_latency(plugin->channels), "latency", "Latency");
    write_range(to, 0.0f, 384000.0f, 0.0f);
    fputs(" ;\n        lv2:designation lv2:latency ;\n        lv2:portProperty lv2:reportsLatency , lv2:integer , "
          "pprops:notOnGUI ;\n        units:unit units:frame\n    ] ,",
          to);
}

static void write_own_unit(FILE *to, const char *text, const char *number)
{
    fprintf(
        to,
        " ;\n        units:unit [ a units:Unit ; rdfs:label \"%s\" ; units:symbol \"%s\" ; units:render \"%s %s\" ]",
        text, text, number, text);
}

static void write_unit(FILE *to, rsd_param_unit unit, bool is_whole)
{
    if (unit == RSD_UNIT_DB) fputs(" ;\n        units:unit units:db", to);
    if (unit == RSD_UNIT_HZ) fputs(" ;\n        units:unit units:hz", to);
    if (unit == RSD_UNIT_MS) fputs(" ;\n        units:unit units:ms", to);
    if (unit == RSD_UNIT_SEMITONES) fputs(" ;\n        units:unit units:semitone12TET", to);
    const bool is_ours = unit == RSD_UNIT_LEVELS || unit == RSD_UNIT_KBPS || unit == RSD_UNIT_BANDS ||
                         unit == RSD_UNIT_DB_PER_OCTAVE || unit == RSD_UNIT_BPM || unit == RSD_UNIT_BITS ||
                         unit == RSD_UNIT_FRAMES;
    if (!is_ours) return;
    write_own_unit(to, rsd_param_unit_text(unit), is_whole ? "%.0f" : "%.2f"); /* hosts give a float to either */
}

/* Of targets those that a host has a control for: an index has gaps, and the levels of all codecs are too many to pick from. */
static bool has_point(const plug_param *param, float value)
{
    uint32_t level = 0;
    if (!param->info || param->info->unit != RSD_UNIT_TARGET || value == 0.0f) return true;
    return rsd_param_of_target((uint32_t)value, &level) != NULL && level < PLUG_LEVEL_PARAMS;
}

static void write_points(FILE *to, const plug_param *param)
{
    char text[PLUG_TEXT_BYTES];
    const bool named = param->kind == PLUG_PARAM_CODEC || (param->info && rsd_param_value_names(param->info));
    if (!named) return;
    fputs(" ;\n        lv2:portProperty lv2:enumeration , lv2:integer ;\n        lv2:scalePoint", to);
    for (float value = param->min; value <= param->max; value += 1.0f) {
        if (!has_point(param, value)) continue;
        plug_param_text(param, value, text, sizeof text);
        fprintf(to, "%s [ rdfs:label \"%s\" ; rdf:value %d ]", value > param->min ? " ," : "", text, (int)value);
    }
}

/*
 * Marks on the way; what a codec has at them, the meter Levels now says. Short: hosts write them side by side over a
 * slider.
 */
static void write_share_points(FILE *to, const plug_param *param)
{
    static const char *const of_levels[] = {"none", "1/4", "half", "3/4", "all"};
    static const char *const of_picks[] = {"first", "1/4", "half", "3/4", "last"};
    fputs(" ;\n        lv2:scalePoint", to);
    for (size_t i = 0; i < sizeof of_levels / sizeof *of_levels; i++) {
        const bool is_none = i == 0u && param->info->min <= 0.0f;
        const char *label = param->is_pick && !is_none ? of_picks[i] : of_levels[i];
        fprintf(to, "%s [ rdfs:label \"%s\" ; rdf:value %.2f ]", i > 0u ? " ," : "", label, 0.25 * (double)i);
    }
}

static void write_properties(FILE *to, const plug_param *param)
{
    const bool is_switch = param->info && param->info->unit == RSD_UNIT_SWITCH;
    write_points(to, param);
    if (param->is_share) write_share_points(to, param);
    if (is_switch) fputs(" ;\n        lv2:portProperty lv2:toggled", to);
    if (param->is_stepped && !is_switch) fputs(" ;\n        lv2:portProperty lv2:integer", to);
    if (param->kind != PLUG_PARAM_ROW)
        fputs(" ;\n        lv2:portProperty pprops:expensive , pprops:causesArtifacts", to);
    if (param->kind == PLUG_PARAM_OSC_PORT || param->kind == PLUG_PARAM_HTTP_PORT) fputs(" , pprops:notAutomatic", to);
}

/* With its number: jalv shows groups in the order of their addresses. */
static void write_group_uri(FILE *to, const ttl_plugin *plugin, uint32_t group)
{
    fprintf(to, "<%s:group_%02u_%s>", plugin->uri, group + 1u, rsd_param_group_symbol(group));
}

static const char *comment_of(const plug_param *param)
{
    if (rlv2_is_enabled(param)) return "Off: the input at the same latency, click-free";
    if (param->is_pick) return param->info->help;
    if (param->is_share) return "The share of the codec's levels that are active; Levels now says how many that is";
    if (param->kind == PLUG_PARAM_HTTP_PORT)
        return "TCP port at which a browser on this machine finds the page of this instance, or the first free one "
               "after "
               "it, which Page at says; 0: none";
    return param->info ? param->info->help
                       : "UDP port on which this instance is steered by OSC, from this machine only; 0: none";
}

static void write_param(FILE *to, const ttl_plugin *plugin, uint32_t index)
{
    char symbol[PLUG_TEXT_BYTES], name[PLUG_TEXT_BYTES];
    const plug_param *param = plug_param_at(index);
    const bool is_enabled = rlv2_is_enabled(param);
    plug_param_symbol(param, symbol);
    plug_param_name(param, name);
    begin_port(to, "lv2:ControlPort , lv2:InputPort", rlv2_port_param(plugin->channels, index),
               is_enabled ? "enabled" : symbol, is_enabled ? "Enabled" : name);
    write_range(to, param->min, param->max, is_enabled ? 1.0f - param->default_value : param->default_value);
    write_properties(to, param);
    if (param->is_share)
        write_own_unit(to, "of all levels", "%.2f");
    else if (param->info)
        write_unit(to, param->info->unit, param->is_stepped);
    if (is_enabled) fputs(" ;\n        lv2:designation lv2:enabled", to);
    fputs(" ;\n        pg:group ", to);
    write_group_uri(to, plugin, (uint32_t)param->group);
    fputs(" ;\n        rdfs:comment ", to);
    ttl_string(to, comment_of(param));
    fputs("\n    ] ,", to);
}

static void write_meter(FILE *to, const ttl_plugin *plugin, uint32_t meter)
{
    char symbol[PLUG_TEXT_BYTES], name[PLUG_TEXT_BYTES];
    const uint32_t index = rlv2_port_meter(plugin->channels, plug_param_count_for(plugin->channels), meter);
    const bool is_energy = meter >= RLV2_METER_ENERGY;
    static const struct {
        const char *symbol, *name;
        float min, max;
        rsd_param_unit unit;
    } rows[] = {{"snr_db", "SNR", -20.0f, 60.0f, RSD_UNIT_DB},
                {"bitrate_now_kbps", "Bitrate now", 0.0f, 2.0f * PLUG_MAX_KBPS, RSD_UNIT_KBPS},
                {"bitrate_coded_kbps", "Bitrate entropy coded", 0.0f, 2.0f * PLUG_MAX_KBPS, RSD_UNIT_KBPS},
                {"levels_now", "Levels now", 0.0f, PLUG_MAX_LEVELS, RSD_UNIT_LEVELS},
                {"late_frames", "Late frames", 0.0f, 16777216.0f, RSD_UNIT_NONE},
                {"http_port_now", "Page at", 0.0f, (float)PLUG_MAX_PORT, RSD_UNIT_NONE}};
    snprintf(symbol, sizeof symbol, "level_energy_db_%u", meter - RLV2_METER_ENERGY + 1u);
    snprintf(name, sizeof name, "Level %u energy", meter - RLV2_METER_ENERGY + 1u);
    begin_port(to, "lv2:ControlPort , lv2:OutputPort", index, is_energy ? symbol : rows[meter].symbol,
               is_energy ? name : rows[meter].name);
    if (is_energy)
        write_range(to, -120.0f, 0.0f, -120.0f);
    else
        write_range(to, rows[meter].min, rows[meter].max, 0.0f);
    write_unit(to, is_energy ? RSD_UNIT_DB : rows[meter].unit, false);
    fprintf(to, " ;\n        pg:group <%s:meters>\n    ] ,", plugin->uri);
}

static void write_free_wheeling(FILE *to, const ttl_plugin *plugin)
{
    begin_port(to, "lv2:ControlPort , lv2:InputPort",
               rlv2_port_free_wheeling(plugin->channels, plug_param_count_for(plugin->channels)), "freewheeling",
               "Free-wheeling");
    write_range(to, 0.0f, 1.0f, 0.0f);
    fputs(" ;\n        lv2:designation lv2:freeWheeling ;\n        lv2:portProperty lv2:toggled , "
          "lv2:connectionOptional , pprops:notOnGUI\n    ] ,",
          to);
}

static void write_coding(FILE *to, const ttl_plugin *plugin)
{
    begin_port(to, "lv2:ControlPort , lv2:InputPort",
               rlv2_port_coding(plugin->channels, plug_param_count_for(plugin->channels)), "measure_coding",
               "Measure coding");
    write_range(to, 0.0f, 1.0f, 0.0f);
    fputs(" ;\n        rdfs:comment \"Fills the meter Bitrate entropy coded, at some percent of a core\"", to);
    fputs(" ;\n        lv2:portProperty lv2:toggled , lv2:connectionOptional , pprops:notAutomatic\n    ]", to);
}

/* The last ports. A host that knows no side-chains leaves them unconnected. */
static void write_sidechain(FILE *to, const ttl_plugin *plugin)
{
    const bool mono = plugin->channels == 1u;
    for (uint32_t c = 0; c < plugin->channels; c++) {
        const uint32_t index = rlv2_port_sidechain(plugin->channels, plug_param_count_for(plugin->channels), c);
        const char *side = c == 0u ? "left" : "right";
        char symbol[32], name[32];
        snprintf(symbol, sizeof symbol, "side%s%s", mono ? "" : "_", mono ? "" : side);
        snprintf(name, sizeof name, "Side-chain%s%s", mono ? "" : " ", mono ? "" : side);
        fputs(" ,", to);
        begin_port(to, "lv2:AudioPort , lv2:InputPort", index, symbol, name);
        fprintf(to,
                " ;\n        lv2:designation pg:%s ;\n        pg:group <%s:side> ;\n"
                "        lv2:portProperty lv2:isSideChain , lv2:connectionOptional\n    ]",
                mono ? "center" : side, plugin->uri);
    }
    fputs(" .\n\n", to);
}

static void write_group(FILE *to, const ttl_plugin *plugin, const char *class, const char *symbol, const char *name)
{
    fprintf(to, "<%s:%s> a %s ;\n    lv2:symbol \"%s\" ;\n    lv2:name \"%s\" .\n\n", plugin->uri, symbol, class,
            symbol, name);
}

static void write_param_group(FILE *to, const ttl_plugin *plugin, uint32_t group)
{
    write_group_uri(to, plugin, group);
    fprintf(to, " a pg:Group , pg:InputGroup ;\n    lv2:symbol \"%s\" ;\n    lv2:name \"%s\" .\n\n",
            rsd_param_group_symbol(group), rsd_param_group_name(group));
}

static void write_groups(FILE *to, const ttl_plugin *plugin)
{
    const char *width = plugin->channels == 1u ? "Mono" : "Stereo";
    char class[64];
    snprintf(class, sizeof class, "pg:%sGroup , pg:InputGroup", width);
    write_group(to, plugin, class, "in", "In");
    write_group(to, plugin, class, "side", "Side-chain");
    snprintf(class, sizeof class, "pg:%sGroup , pg:OutputGroup", width);
    write_group(to, plugin, class, "out", "Out");
    for (uint32_t group = 0; group < RSD_GROUP_COUNT; group++) write_param_group(to, plugin, group);
    write_group(to, plugin, "pg:Group , pg:OutputGroup", "meters", "Meters");
}

/* Even minor and micro are releases; a minor of 0 would be one to test. */
static void write_version(FILE *to)
{
    unsigned major = 0u, minor = 0u, micro = 0u;
    (void)!sscanf(RSD_VERSION, "%u.%u.%u", &major, &minor, &micro);
    fprintf(to, "    lv2:minorVersion %u ;\n    lv2:microVersion %u ;\n", 2u * (major * 100u + minor), 2u * micro);
}

static void write_plugin(FILE *to, const ttl_plugin *plugin)
{
    fprintf(to, "<%s> a lv2:Plugin , lv2:DistortionPlugin ;\n    doap:name \"%s\" ;\n", plugin->uri, plugin->name);
    fputs("    doap:license <https://spdx.org/licenses/MIT> ;\n    doap:shortdesc ", to);
    ttl_string(to, "A residual vector quantiser to hear and play, level by level");
    fputs(" ;\n    rdfs:comment ", to);
    ttl_string(
        to,
        "Sound is coded by a residual vector quantiser: level 1 carries most of what the sound is, every further level "
        "codes what the ones before left over. Turn levels while it plays, solo one, hear what all leave out.");
    fputs(" ;\n    lv2:project <" RLV2_PROJECT_URI "> ;\n", to);
    write_version(to);
    fputs("    lv2:optionalFeature lv2:hardRTCapable , urid:map , work:schedule , log:log , state:mapPath ,\n"
          "        state:freePath , opts:options , bufsz:boundedBlockLength ;\n"
          "    lv2:extensionData work:interface , state:interface ;\n"
          "    patch:writable <" RLV2_CODEC_FILE_URI "> , <" RLV2_DECODER_FILE_URI "> ;\n",
          to);
    fprintf(to, "    pg:mainInput <%s:in> ;\n    pg:mainOutput <%s:out> ;\n    lv2:port", plugin->uri, plugin->uri);
    write_audio(to, plugin);
    write_atoms(to, plugin);
    for (uint32_t param = 0; param < plug_param_count_for(plugin->channels); param++) write_param(to, plugin, param);
    for (uint32_t meter = 0; meter < RLV2_METER_COUNT; meter++) write_meter(to, plugin, meter);
    write_free_wheeling(to, plugin);
    write_coding(to, plugin);
    write_sidechain(to, plugin);
    write_groups(to, plugin);
}

void ttl_write_plugins(const char *folder)
{
    FILE *to = ttl_open(folder, "residuum.ttl");
    fputs("<" RLV2_CODEC_FILE_URI "> a lv2:Parameter ;\n    rdfs:label \"Codec file\" ;\n"
          "    rdfs:comment \"Codebooks of one's own: NAME.safetensors of residuum train\" ;\n"
          "    rdfs:range atom:Path .\n\n",
          to);
    fputs("<" RLV2_DECODER_FILE_URI "> a lv2:Parameter ;\n    rdfs:label \"Decoder file\" ;\n"
          "    rdfs:comment \"Codebooks of the same shape that decode in place of the codec's own\" ;\n"
          "    rdfs:range atom:Path .\n\n",
          to);
    fputs("<" RLV2_PROJECT_URI "> a doap:Project ;\n    doap:name \"Residuum\" ;\n    doap:homepage <plugins.md> ;\n"
          "    doap:maintainer [ a foaf:Group ; foaf:name \"Residuum\" ; foaf:homepage <plugins.md> ] .\n\n",
          to);
    for (uint32_t p = 0; p < TTL_PLUGIN_COUNT; p++) write_plugin(to, &ttl_plugins[p]);
    ttl_close(to);
}
