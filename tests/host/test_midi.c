// SPDX-License-Identifier: MIT
// The MIDI map and its player: what messages steer, banks, notes that are held, the clock, and that a block's cut does
// not matter.
#include "engine/engine_support.h"
#include "host/session/midi.h"

#include <stdio.h>

#define RATE 48000u

static midi_map parse(const char *bindings)
{
    char json[2048];
    midi_map map;
    rsd_error error;
    snprintf(json, sizeof json, "{\"format\": \"residuum-midi-map\", \"version\": 1, \"bindings\": [%s]}", bindings);
    cr_assert_eq(midi_map_parse(json, strlen(json), "map", &map, &error), RSD_OK, "%s", error.text);
    return map;
}

static void apply(void *context, rsd_param_id param_id, uint32_t level, float value)
{
    rsd_engine_apply(context, param_id, level, value);
}

static midi_player make_player(rsd_engine *engine)
{
    midi_player player = {.engine = engine, .set = apply, .context = engine, .sample_rate_hz = RATE};
    midi_map_default(&player.map);
    return player;
}

static midi_request send_at(midi_player *player, uint64_t time, uint8_t a, uint8_t b, uint8_t c)
{
    const uint8_t bytes[3] = {a, b, c};
    uint32_t number;
    return midi_player_take(player, bytes, a >= 0xf8 ? 1u : (a & 0xf0) == 0xc0 ? 2u : 3u, time, &number);
}

static void send(midi_player *player, uint8_t a, uint8_t b, uint8_t c) { (void)send_at(player, 0u, a, b, c); }

Test(midi, a_map_that_is_printed_reads_back_the_same)
{
    midi_map map, again;
    rsd_error error;
    midi_map_default(&map);
    rsd_error bound;
    const midi_binding learnt = {
        .source = MIDI_FROM_NOTE, .channel = 3, .first = 60, .last = 60, .param_id = RSD_PARAM_LEVEL_GAIN, .level = 4};
    cr_assert_eq(midi_map_bind(&map, &learnt, &bound), RSD_OK);
    char *text = midi_map_print(&map);
    cr_assert_not_null(text);
    cr_assert_eq(midi_map_parse(text, strlen(text), "map", &again, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(again.binding_count, map.binding_count);
    for (uint32_t i = 0; i < map.binding_count; i++) {
        const midi_binding *a = &map.bindings[i], *b = &again.bindings[i];
        cr_assert(a->source == b->source && a->channel == b->channel && a->first == b->first && a->last == b->last &&
                      a->target == b->target && a->curve == b->curve && a->param_id == b->param_id &&
                      a->level == b->level && a->is_banked == b->is_banked && a->has_value == b->has_value &&
                      a->value == b->value,
                  "binding %u", i + 1u);
    }
    free(text);
}

Test(midi, what_is_wrong_in_a_map_is_named)
{
    static const struct {
        const char *json, *words;
    } rows[] = {
        {"{}", "no MIDI map"},
        {"{\"format\": \"residuum-midi-map\", \"version\": 2, \"bindings\": []}", "version"},
        {"[1,", "map:1:"},
        {"{\"format\": \"residuum-midi-map\", \"version\": 1, \"bindings\": [{\"controller\": 128, \"parameter\": "
         "\"mix\"}]}",
         "binding 1: \"controller\""},
        {"{\"format\": \"residuum-midi-map\", \"version\": 1, \"bindings\": [{\"controller\": 1, \"note\": 1, "
         "\"parameter\": \"mix\"}]}",
         "one of"},
        {"{\"format\": \"residuum-midi-map\", \"version\": 1, \"bindings\": [{\"note\": 1, \"parameter\": \"mixx\"}]}",
         "mixx"},
        {"{\"format\": \"residuum-midi-map\", \"version\": 1, \"bindings\": [{\"note\": 1, \"parameter\": \"codec\"}]}",
         "codec"},
        {"{\"format\": \"residuum-midi-map\", \"version\": 1, \"bindings\": [{\"notes\": [1, 3], \"parameter\": "
         "\"mix\"}]}",
         "no levels"},
        {"{\"format\": \"residuum-midi-map\", \"version\": 1, \"bindings\": [{\"note\": 1, \"parameter\": \"mix\", "
         "\"curve\": \"bent\"}]}",
         "curve"},
        {"{\"format\": \"residuum-midi-map\", \"version\": 1, \"bindings\": [{\"note\": 1, \"action\": \"explode\"}]}",
         "action"},
        {"{\"format\": \"residuum-midi-map\", \"version\": 1, \"bindings\": [{\"note\": 1, \"parameter\": \"mix\", "
         "\"colour\": 1}]}",
         "colour"},
        {"{\"format\": \"residuum-midi-map\", \"version\": 1, \"bindings\": [{\"note\": 1, \"parameter\": \"mix\", "
         "\"value\": 1.5}]}",
         "\"value\" must be a number in 0..1"},
        {"{\"format\": \"residuum-midi-map\", \"version\": 1, \"bindings\": [{\"controller\": 1, \"parameter\": "
         "\"mix\", \"value\": 1}]}",
         "\"value\" is for notes"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        rsd_error error;
        midi_map map = {.binding_count = 77u};
        cr_assert_eq(midi_map_parse(rows[i].json, strlen(rows[i].json), "map", &map, &error), RSD_ERR_FORMAT, "%s",
                     rows[i].json);
        cr_assert(strstr(error.text, rows[i].words), "'%s' does not name %s", error.text, rows[i].words);
        cr_assert_eq(map.binding_count, 77u, "nothing is written");
    }
}

Test(midi, the_modulation_wheel_has_no_dead_travel_and_volume_is_unity_at_100)
{
    rsd_engine *engine = make_engine(RATE, 1u);
    midi_player player = make_player(engine);
    const float count = (float)codec_of(engine).level_count;
    float before = -1.0f;
    for (uint8_t value = 0; value < 127; value++) {
        send(&player, 0xb0, 1, value);
        const float levels = get(engine, RSD_PARAM_LEVELS, 0);
        cr_assert(levels > before && levels < count, "value %u gives %g levels after %g", value, (double)levels,
                  (double)before);
        before = levels;
    }
    send(&player, 0xb0, 1, 127);
    cr_assert_eq(get(engine, RSD_PARAM_LEVELS, 0), 64.0f, "the end is all there is, of any codec");
    send(&player, 0xb0, 7, 100);
    cr_assert_eq(get(engine, RSD_PARAM_OUTPUT_GAIN_DB, 0), 0.0f);
    send(&player, 0xb0, 7, 127);
    cr_assert_eq(get(engine, RSD_PARAM_OUTPUT_GAIN_DB, 0), 6.0f);
    send(&player, 0xb0, 7, 50);
    cr_assert_float_eq(get(engine, RSD_PARAM_OUTPUT_GAIN_DB, 0), -12.04f, 0.01f);
    send(&player, 0xb0, 7, 0);
    cr_assert_eq(get(engine, RSD_PARAM_OUTPUT_GAIN_DB, 0), -60.0f);
    send(&player, 0xb5, 104, 64);
    cr_assert_eq(get(engine, RSD_PARAM_LEVEL_GAIN, 2), 1.0f, "the notch of a fader is a gain of one");
    rsd_engine_destroy(engine);
}

Test(midi, banks_reach_every_level_and_stop_at_the_last)
{
    rsd_engine *engine = make_engine(RATE, 1u);
    midi_player player = make_player(engine);
    cr_assert_eq(midi_bank_count(46u), 3u);
    cr_assert_eq(midi_bank_count(16u), 1u);
    send(&player, 0xb0, 119, 127);
    cr_assert_eq(player.bank, 0u, "14 levels are one bank");
    player.bank = 1u;
    send(&player, 0xb0, 102, 0);
    cr_assert_eq(player.bank, 0u, "a codec with fewer levels came, and has no second bank");
    cr_assert_eq(get(engine, RSD_PARAM_LEVEL_GAIN, 0), 0.0f);
    for (uint32_t k = 1; k < RSD_MAX_LEVELS; k++) cr_assert_eq(get(engine, RSD_PARAM_LEVEL_GAIN, k), 1.0f);
    send(&player, 0xb0, 118, 127);
    cr_assert_eq(player.bank, 0u);
    const midi_map map = parse("{\"controllers\": [20, 35], \"parameter\": \"level_gain\", \"bank\": true}");
    const midi_binding *b = midi_map_find(&map, MIDI_FROM_CONTROLLER, 1u, 33u);
    cr_assert_eq(midi_binding_level(b, 33u, 2u), 45u, "the 14th fader of the third bank is level 46");
    rsd_engine_destroy(engine);
}

Test(midi, a_held_note_solos_and_what_was_before_comes_back)
{
    rsd_engine *engine = make_engine(RATE, 1u);
    midi_player player = make_player(engine);
    set(engine, RSD_PARAM_LEVEL_MUTE, 1, 1.0f);
    send(&player, 0x90, 38, 100);
    cr_assert_eq(get(engine, RSD_PARAM_LEVEL_SOLO, 2), 1.0f);
    send(&player, 0x90, 38, 0); /* note on of velocity 0 is note off */
    cr_assert_eq(get(engine, RSD_PARAM_LEVEL_SOLO, 2), 0.0f);
    send(&player, 0x90, 53, 100);
    send(&player, 0x80, 53, 0);
    cr_assert_eq(get(engine, RSD_PARAM_LEVEL_MUTE, 1), 1.0f, "it was muted before");
    send(&player, 0x90, 36, 100);
    send(&player, 0x90, 37, 100);
    send(&player, 0xb0, 123, 0);
    cr_assert_eq(get(engine, RSD_PARAM_LEVEL_SOLO, 0) + get(engine, RSD_PARAM_LEVEL_SOLO, 1), 0.0f, "all notes off");
    player.map = parse("{\"note\": 60, \"channel\": 2, \"parameter\": \"bypass\", \"curve\": \"toggle\"}");
    send(&player, 0x90, 60, 1);
    cr_assert_eq(get(engine, RSD_PARAM_BYPASS, 0), 0.0f, "another channel");
    send(&player, 0x91, 60, 1), send(&player, 0x81, 60, 1);
    cr_assert_eq(get(engine, RSD_PARAM_BYPASS, 0), 1.0f);
    send(&player, 0x91, 60, 1), send(&player, 0x81, 60, 1);
    cr_assert_eq(get(engine, RSD_PARAM_BYPASS, 0), 0.0f);
    rsd_engine_destroy(engine);
}

Test(midi, every_symbol_of_the_default_map_is_a_parameter_and_notes_stutter)
{
    const midi_binding_text *row;
    uint32_t count = 0;
    midi_map map;
    for (uint32_t i = 0; (row = midi_default_row(i)) != NULL; i++, count++)
        cr_assert(row->target != MIDI_TO_PARAMETER || rsd_param_by_symbol(row->symbol), "%s", row->symbol);
    midi_map_default(&map);
    cr_assert_eq(map.binding_count, count);
    rsd_engine *engine = make_engine(RATE, 1u);
    midi_player player = make_player(engine);
    static const float frames[] = {8.0f, 16.0f, 32.0f, 64.0f};
    for (uint8_t i = 0; i < 4u; i++) {
        send(&player, 0x90, (uint8_t)(69u + i), 100);
        cr_assert_eq(get(engine, RSD_PARAM_STUTTER_FRAMES, 0), frames[i]);
        send(&player, 0x80, (uint8_t)(69u + i), 0);
        cr_assert_eq(get(engine, RSD_PARAM_STUTTER_FRAMES, 0), 0.0f);
    }
    player.map = parse("{\"note\": 60, \"parameter\": \"hold_frames\", \"curve\": \"toggle\", \"value\": 12}");
    send(&player, 0x90, 60, 1), send(&player, 0x80, 60, 1);
    cr_assert_eq(get(engine, RSD_PARAM_HOLD_FRAMES, 0), 12.0f);
    send(&player, 0x90, 60, 1), send(&player, 0x80, 60, 1);
    cr_assert_eq(get(engine, RSD_PARAM_HOLD_FRAMES, 0), 1.0f, "off is the default");
    rsd_engine_destroy(engine);
}

Test(midi, a_clock_with_jitter_gives_its_tempo_and_is_lost_when_it_ends)
{
    rsd_engine *engine = make_engine(RATE, 1u);
    midi_player player = make_player(engine);
    uint32_t seed = 5u;
    uint64_t time = 0;
    cr_assert_eq(send_at(&player, 0u, 0xfa, 0, 0), MIDI_ASKS_START);
    for (uint32_t tick = 0; tick < 96u; tick++) { /* 125 bpm: 960 samples a tick */
        time = 1000u + 960u * tick + test_between(&seed, 0u, 48u);
        (void)send_at(&player, time, 0xf8, 0, 0);
    }
    cr_assert_float_eq(midi_player_bpm(&player, time), 125.0f, 0.3f);
    cr_assert_eq(send_at(&player, time, 0xfc, 0, 0), MIDI_ASKS_STOP);
    cr_assert_eq(midi_player_bpm(&player, time + RATE), 0.0f);
    uint32_t number;
    const uint8_t program[2] = {0xc4, 9};
    cr_assert_eq(midi_player_take(&player, program, 2u, 0u, &number), MIDI_ASKS_PRESET);
    cr_assert_eq(number, 9u);
    rsd_engine_destroy(engine);
}

static void play(uint32_t block, const float *in, float *out, uint32_t count)
{
    rsd_engine *engine = make_engine(RATE, 1u);
    host_midi *midi = NULL;
    uint32_t seed = 3u, next = 500u, pick = 11u;
    cr_assert_eq(host_midi_create(engine, apply, engine, RATE, &midi), RSD_OK);
    for (uint32_t done = 0; done < count;) {
        uint32_t length = block ? block : test_between(&seed, 1u, 900u);
        if (length > count - done) length = count - done;
        host_midi_begin(midi, done);
        for (; next < done + length; next += 700u) { /* a message every 700 samples, in the block that it is in */
            const uint8_t bytes[3] = {0xb0, 1, (uint8_t)test_between(&pick, 0u, 127u)};
            host_midi_push(midi, next, bytes, 3u);
        }
        for (uint32_t at = 0; at < length;) {
            const uint32_t part = host_midi_play(midi, done + at, length - at);
            const float *const ins[1] = {in + done + at};
            float *const outs[1] = {out + done + at};
            rsd_engine_process(engine, ins, outs, part);
            at += part;
        }
        done += length;
    }
    host_midi_destroy(midi);
    rsd_engine_destroy(engine);
}

Test(midi, messages_at_their_samples_give_the_same_sound_in_blocks_of_any_size)
{
    const uint32_t count = 24000u;
    float *in = make_samples(count), *a = make_samples(count), *b = make_samples(count);
    test_fill_noise(in, count, 0.3f, 4u);
    play(64u, in, a, count);
    play(0u, in, b, count);
    assert_same_samples(b, a, count, "random blocks");
    play(1024u, in, b, count);
    assert_same_samples(b, a, count, "blocks of 1024");
    free(in), free(a), free(b);
}

Test(midi, while_it_learns_a_message_is_reported_and_steers_nothing)
{
    rsd_engine *engine = make_engine(RATE, 1u);
    host_midi *midi = NULL;
    host_midi_report report;
    const uint8_t bytes[3] = {0xb0, 1, 0};
    cr_assert_eq(host_midi_create(engine, apply, engine, RATE, &midi), RSD_OK);
    host_midi_set_learning(midi, true);
    host_midi_push(midi, 0u, bytes, 3u);
    cr_assert_eq(host_midi_play(midi, 0u, 64u), 64u);
    cr_assert(host_midi_read(midi, &report) && report.message.bytes[1] == 1);
    cr_assert_eq(get(engine, RSD_PARAM_LEVELS, 0), 64.0f);
    host_midi_set_learning(midi, false);
    const host_midi_message sent = {.sample_time = 40u, .size = 3u, .bytes = {0xb0, 1, 0}};
    cr_assert(host_midi_send(midi, &sent));
    host_midi_begin(midi, 0u);
    cr_assert_eq(host_midi_play(midi, 0u, 64u), 40u, "the block is cut where it is due");
    cr_assert_eq(host_midi_play(midi, 40u, 24u), 24u);
    cr_assert_eq(get(engine, RSD_PARAM_LEVELS, 0), 0.0f);
    host_midi_destroy(midi);
    rsd_engine_destroy(engine);
}
