// SPDX-License-Identifier: MIT
// EnCodec against golden vectors of PyTorch: embeddings, tokens, sound, on every kernel.
#include "encodec_support.h"

/* Embeddings of the whole sound, `frames_a_call` at a time; by reflection or from silence. */
static float *embed(const opened *t, const float *sound, size_t frames, uint32_t frames_a_call, bool reflect)
{
    const encodec_model *model = model_of(t);
    encodec_codec *codec = (encodec_codec *)t->codec;
    const uint32_t hop = t->info.hop_samples, dim = model->config.dim;
    float *out = calloc(frames * dim, sizeof *out);
    float *scratch = calloc(nn_net_scratch_floats(&model->encoder, frames_a_call), sizeof *scratch);
    rsd_codec_reset(t->codec);
    if (reflect) cr_assert_eq(encodec_prime_encoder(t->codec, sound, frames * hop), RSD_OK);
    for (size_t f = 0; f < frames;) {
        const uint32_t count = frames - f < frames_a_call ? (uint32_t)(frames - f) : frames_a_call;
        nn_net_run(model->kernel, &model->encoder,
                   &(nn_io){codec->encoder_state, scratch, sound + f * hop, count, out + f * dim});
        f += count;
    }
    codec->encoder_primed = false;
    free(scratch);
    return out;
}

static void check_embeddings(const char *name, bool reflect)
{
    opened t = open_tiny();
    size_t count;
    float *sound = load_sound(&count);
    const golden wanted = load_golden(name);
    cr_assert_eq(count, wanted.rows * t.info.hop_samples);
    float *got = embed(&t, sound, wanted.rows, 1, reflect);
    double largest = 0.0, off = 0.0;
    for (size_t i = 0; i < wanted.rows * wanted.columns; i++) {
        largest = fmax(largest, fabs((double)floats_of(wanted)[i]));
        off = fmax(off, fabs((double)got[i] - (double)floats_of(wanted)[i]));
    }
    cr_log_info("%s: %.3g of the largest", name, off / largest);
    cr_assert_lt(off / largest, 1e-5, "%s: off by %g of the largest, %g", name, off / largest, largest);
    free(got);
    free(sound);
    free(wanted.values);
    close_codec(&t);
}

Test(encodec, embeddings_of_a_stream_from_silence_are_the_references) { check_embeddings("zero_embeddings", false); }

Test(encodec, embeddings_of_a_file_begun_by_reflection_are_the_references) { check_embeddings("embeddings", true); }

Test(encodec, any_number_of_frames_a_call_gives_the_same_bits)
{
    opened t = open_tiny();
    size_t count;
    float *sound = load_sound(&count);
    const size_t frames = count / t.info.hop_samples, floats = frames * model_of(&t)->config.dim;
    float *one = embed(&t, sound, frames, 1, false);
    for (uint32_t each = 2; each <= frames; each = each < 12u ? each + 1u : each * 3u) {
        float *many = embed(&t, sound, frames, each, false);
        cr_assert_arr_eq(one, many, floats * sizeof *one, "%u frames a call", each);
        free(many);
    }
    float *whole = embed(&t, sound, frames, (uint32_t)frames, false);
    cr_assert_arr_eq(one, whole, floats * sizeof *one);
    free(whole);
    free(one);
    free(sound);
    close_codec(&t);
}

static void check_tokens(const char *name, uint32_t levels, bool reflect)
{
    opened t = open_tiny();
    size_t count, wrong = 0;
    float *sound = load_sound(&count);
    const golden wanted = load_golden(name);
    cr_assert_eq(wanted.rows, levels);
    const rsd_encode_controls controls = {levels, 16};
    if (reflect) cr_assert_eq(encodec_prime_encoder(t.codec, sound, count), RSD_OK);
    for (size_t f = 0; f < wanted.columns; f++) {
        rsd_token_frame frame;
        rsd_codec_encode(t.codec, sound + f * t.info.hop_samples, &controls, &frame, NULL);
        for (uint32_t k = 0; k < levels; k++) wrong += frame.tokens[k] != tokens_of(wanted)[k * wanted.columns + f];
        for (uint32_t k = levels; k < t.info.level_count; k++) cr_assert_eq(frame.tokens[k], RSD_TOKEN_NONE);
    }
    cr_log_info("%s: %zu of %zu tokens differ", name, wrong, wanted.rows * wanted.columns);
    cr_assert_leq(wrong * 1000u, wanted.rows * wanted.columns, "%s: %zu of %zu tokens differ", name, wrong,
                  wanted.rows * wanted.columns);
    free(sound);
    free(wanted.values);
    close_codec(&t);
}

Test(encodec, tokens_of_a_stream_from_silence_are_the_references)
{
    char name[64];
    opened t = open_tiny();
    const uint32_t levels = t.info.level_count;
    close_codec(&t);
    check_tokens(level_name("zero_codes", levels, name), levels, false);
}

Test(encodec, tokens_of_a_file_begun_by_reflection_are_the_references_at_every_level_count)
{
    char name[64];
    uint32_t checked = 0;
    for (uint32_t levels = 1; levels <= RSD_MAX_LEVELS; levels++) {
        if (!has_golden(level_name("codes", levels, name))) continue;
        check_tokens(name, levels, true);
        checked++;
    }
    cr_assert_geq(checked, 1);
}

static void check_sound(const char *codes_name, const char *sound_name, uint32_t levels, bool reflect)
{
    opened t = open_tiny();
    const golden codes = load_golden(codes_name), wanted = load_golden(sound_name);
    const uint32_t hop = t.info.hop_samples;
    rsd_token_frame *frames = calloc(codes.columns, sizeof *frames);
    for (size_t f = 0; f < codes.columns; f++) {
        frames[f].level_count = levels;
        for (uint32_t k = 0; k < levels; k++) frames[f].tokens[k] = tokens_of(codes)[k * codes.columns + f];
    }
    const rsd_decode_controls controls = gains_on(levels);
    float *out = calloc(codes.columns * hop, sizeof *out);
    if (reflect) cr_assert_eq(encodec_prime_decoder(t.codec, frames, codes.columns, &controls), RSD_OK);
    for (size_t f = 0; f < codes.columns; f++) rsd_codec_decode(t.codec, &frames[f], &controls, out + f * hop);
    cr_assert_eq(wanted.rows, codes.columns * hop);
    const double db = difference_db(out, floats_of(wanted), wanted.rows);
    cr_log_info("%s: %.1f dB", sound_name, db);
    cr_assert_lt(db, -100.0, "%s: difference %.1f dB", sound_name, db);
    free(out);
    free(frames);
    free(codes.values);
    free(wanted.values);
    close_codec(&t);
}

Test(encodec, sound_decoded_from_silence_is_the_references)
{
    char codes[64], sound[64];
    opened t = open_tiny();
    const uint32_t levels = t.info.level_count;
    close_codec(&t);
    check_sound(level_name("zero_codes", levels, codes), level_name("zero_decoded", levels, sound), levels, false);
}

Test(encodec, sound_decoded_from_a_beginning_by_reflection_is_the_references)
{
    char codes[64], sound[64];
    uint32_t checked = 0;
    for (uint32_t levels = 1; levels <= RSD_MAX_LEVELS; levels++) {
        if (!has_golden(level_name("codes", levels, codes))) continue;
        check_sound(codes, level_name("decoded", levels, sound), levels, true);
        checked++;
    }
    cr_assert_geq(checked, 1);
}

/* The whole chain on every kernel: every bit of it. */
static void check_kernels(opened (*open)(void))
{
    size_t count;
    float *sound = load_sound(&count);
    opened first = open();
    const rsd_encode_controls encode = {first.info.level_count, 16};
    const rsd_decode_controls decode = gains_on(first.info.level_count);
    uint32_t compared = 0;
    for (uint32_t k = 0; k < nn_kernel_count; k++) {
        if (!nn_kernels[k]->supported()) continue;
        opened other = open();
        rsd_codec_reset(first.codec);
        for (size_t f = 0; f < count / first.info.hop_samples; f++) {
            rsd_token_frame a = {0}, b = {0};
            float x[4096], y[4096];
            encodec_model *model = (encodec_model *)first.model;
            model->kernel = &nn_kernel_portable;
            rsd_codec_encode(first.codec, sound + f * first.info.hop_samples, &encode, &a, NULL);
            rsd_codec_decode(first.codec, &a, &decode, x);
            ((encodec_model *)other.model)->kernel = nn_kernels[k];
            rsd_codec_encode(other.codec, sound + f * first.info.hop_samples, &encode, &b, NULL);
            rsd_codec_decode(other.codec, &b, &decode, y);
            cr_assert_arr_eq(a.tokens, b.tokens, sizeof a.tokens, "%s, frame %zu", nn_kernels[k]->name, f);
            cr_assert_arr_eq(x, y, first.info.hop_samples * sizeof *x, "%s, frame %zu", nn_kernels[k]->name, f);
        }
        close_codec(&other);
        compared++;
    }
    cr_assert_geq(compared, 1);
    close_codec(&first);
    free(sound);
}

Test(encodec, tokens_and_sound_are_the_same_bits_on_every_kernel) { check_kernels(open_tiny); }
Test(encodec, so_are_they_with_weights_of_16_bits) { check_kernels(open_narrow); }

/* Energy of the difference that weights of 16 bits make to what is decoded of equal tokens, in dB; `differing` counts
 * tokens. */
static double narrow_difference_db(size_t *differing, size_t *tokens)
{
    size_t count;
    float *sound = load_sound(&count), *out[2];
    opened wide = open_tiny(), narrow = open_narrow();
    const uint32_t levels = wide.info.level_count, hop = wide.info.hop_samples;
    const rsd_encode_controls encode = {levels, 16};
    const rsd_decode_controls decode = gains_on(levels);
    for (int i = 0; i < 2; i++) out[i] = calloc(count, sizeof(float));
    for (size_t f = 0; f < count / hop; f++) {
        rsd_token_frame a = {0}, b = {0};
        rsd_codec_encode(wide.codec, sound + f * hop, &encode, &a, NULL);
        rsd_codec_encode(narrow.codec, sound + f * hop, &encode, &b, NULL);
        for (uint32_t k = 0; k < levels; k++) *differing += a.tokens[k] != b.tokens[k];
        *tokens += levels;
        rsd_codec_decode(wide.codec, &a, &decode, out[0] + f * hop);
        rsd_codec_decode(narrow.codec, &a, &decode, out[1] + f * hop);
    }
    const double db = difference_db(out[1], out[0], count / hop * hop);
    for (int i = 0; i < 2; i++) free(out[i]);
    free(sound);
    close_codec(&wide);
    close_codec(&narrow);
    return db;
}

Test(encodec, weights_of_16_bits_change_a_few_tokens_in_a_hundred_and_the_sound_below_hearing)
{
    size_t differing = 0, tokens = 0;
    const double db = narrow_difference_db(&differing, &tokens);
    cr_log_info("int16: %zu of %zu tokens differ, sound %.1f dB", differing, tokens, db);
    cr_assert_gt(differing + (db > -200.0), 0u, "nothing changed: were the weights narrow?");
    cr_assert_lt((double)differing, 0.05 * (double)tokens);
    cr_assert_lt(db, -60.0);
}

Test(encodec, weights_of_16_bits_are_another_model_than_the_floats_of_the_same_folder)
{
    opened wide = open_tiny(), narrow = open_narrow(), again = open_narrow();
    cr_assert_neq(wide.model, narrow.model);
    cr_assert_eq(narrow.model, again.model, "weights are in memory once");
    cr_assert_str_eq(narrow.info.name + strlen(wide.info.name), ":int16");
    cr_assert_not_null(strstr(narrow.info.description, "of 16 bits"));
    close_codec(&wide);
    close_codec(&narrow);
    close_codec(&again);
}

Test(encodec, meters_tell_the_energy_of_input_levels_and_error)
{
    opened t = open_tiny();
    size_t count;
    float *sound = load_sound(&count);
    const rsd_encode_controls controls = {3, 16};
    rsd_token_frame frame;
    rsd_level_meter meter;
    for (size_t f = 0; f < count / t.info.hop_samples; f++) {
        float *embedding = embed(&t, sound, f + 1u, 1, false);
        float *residual = embedding + f * model_of(&t)->config.dim;
        double input = 0.0, heard = 0.0;
        rsd_codec_reset(t.codec);
        for (size_t g = 0; g <= f; g++)
            rsd_codec_encode(t.codec, sound + g * t.info.hop_samples, &controls, &frame, &meter);
        for (uint32_t i = 0; i < model_of(&t)->config.dim; i++) input += (double)residual[i] * (double)residual[i];
        for (uint32_t i = 0; i < t.info.hop_samples; i++) {
            const double sample = sound[f * t.info.hop_samples + i];
            heard += sample * sample;
        }
        const double scale = heard / input; /* latents are told in the scale of the sound */
        cr_assert_float_eq(meter.input_energy, heard, 1e-4 * heard + 1e-9);
        for (uint32_t k = 0; k < t.info.level_count; k++) {
            double level = 0.0, error = 0.0;
            for (uint32_t i = 0; i < model_of(&t)->config.dim && k < 3u; i++) {
                float element[1024] = {0};
                nn_matrix_add_row(&model_of(&t)->codebooks[k], (uint32_t)frame.tokens[k], 1.0f, element);
                residual[i] -= element[i];
                level += (double)element[i] * (double)element[i];
            }
            for (uint32_t i = 0; i < model_of(&t)->config.dim; i++) error += (double)residual[i] * (double)residual[i];
            cr_assert_float_eq(meter.level_energy[k], scale * level, scale * (1e-4 * level) + 1e-9, "level %u", k + 1u);
            cr_assert_float_eq(meter.error_energy[k], scale * error, scale * (1e-3 * error) + 1e-9, "level %u", k + 1u);
        }
        free(embedding);
        if (f == 20u) break;
    }
    free(sound);
    close_codec(&t);
}

Test(encodec, no_level_is_silence_reached_without_a_step)
{
    opened t = open_tiny();
    size_t count;
    float *sound = load_sound(&count), out[4096];
    const uint32_t hop = t.info.hop_samples;
    const rsd_encode_controls encode = {8, 16};
    rsd_decode_controls decode = gains_on(8);
    rsd_token_frame frame;
    for (size_t f = 0; f < 10u; f++) {
        rsd_codec_encode(t.codec, sound + f * hop, &encode, &frame, NULL);
        if (f == 5u) decode = (rsd_decode_controls){0};
        rsd_codec_decode(t.codec, &frame, &decode, out);
        if (f == 5u) cr_assert_eq(out[hop - 1u], 0.0f);
        for (uint32_t i = 0; i < hop && f > 5u; i++) cr_assert_eq(out[i], 0.0f, "frame %zu sample %u", f, i);
    }
    free(sound);
    close_codec(&t);
}

Test(encodec, info_tells_rate_hop_levels_and_bitrates_of_the_folder)
{
    opened t = open_tiny();
    if (getenv("RSD_ENCODEC_GOLDEN")) cr_skip_test("the numbers are the shipped model's");
    cr_assert_str_eq(t.info.name, "encodec_tiny");
    cr_assert_eq(t.info.sample_rate_hz, 24000);
    cr_assert_eq(t.info.hop_samples, 320);
    cr_assert_eq(t.info.latency_samples, 320);
    cr_assert_eq(t.info.level_count, 8);
    cr_assert_eq(t.info.max_codebook_bits, 6);
    cr_assert_float_eq(t.info.level_kbps[7], 3.6, 1e-6);
    close_codec(&t);
}
