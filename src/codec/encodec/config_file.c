// SPDX-License-Identifier: MIT
// config.json of an EnCodec folder, held against what can be streamed.
#include "codec/encodec/internal.h"

#include "base/error.h"
#include "base/read_file.h"
#include "base/text_file.h"

#include <jansson.h>
#include <stdlib.h>

typedef struct {
    const char *path;
    const json_t *root;
    rsd_error *error;
} reader;

/* A whole number in min..max; `fallback` where the key is missing or null. */
static rsd_status read_count(const reader *r, const char *key, uint32_t fallback, uint32_t min, uint32_t max,
                             uint32_t *value)
{
    const json_t *found = json_object_get(r->root, key);
    const json_int_t number = !found || json_is_null(found) ? (json_int_t)fallback : json_integer_value(found);
    if ((found && !json_is_null(found) && !json_is_integer(found)) || number < min || number > max)
        return base_error_set(r->error, RSD_ERR_UNSUPPORTED, "%s: \"%s\" must be a whole number in %u..%u", r->path,
                              key, min, max);
    *value = (uint32_t)number;
    return RSD_OK;
}

static rsd_status read_flag(const reader *r, const char *key, bool fallback, bool *value)
{
    const json_t *found = json_object_get(r->root, key);
    if (found && !json_is_boolean(found))
        return base_error_set(r->error, RSD_ERR_FORMAT, "%s: \"%s\" must be true or false", r->path, key);
    *value = found ? json_is_true(found) : fallback;
    return RSD_OK;
}

static rsd_status read_ratios(const reader *r, encodec_config *config)
{
    static const uint32_t usual[] = {8, 5, 4, 2};
    const json_t *found = json_object_get(r->root, "upsampling_ratios");
    config->ratio_count = found ? (uint32_t)json_array_size(found) : 4u;
    if ((found && !json_is_array(found)) || config->ratio_count < 1u || config->ratio_count > ENCODEC_MAX_RATIOS)
        return base_error_set(r->error, RSD_ERR_UNSUPPORTED, "%s: \"upsampling_ratios\" must be 1 to %u numbers",
                              r->path, ENCODEC_MAX_RATIOS);
    config->hop_samples = 1;
    for (uint32_t i = 0; i < config->ratio_count; i++) {
        const json_t *ratio = json_array_get(found, i);
        const json_int_t number = found ? json_integer_value(ratio) : (json_int_t)usual[i];
        if ((found && !json_is_integer(ratio)) || number < 2 || number > 32 ||
            config->hop_samples * (uint32_t)number > 4096u)
            return base_error_set(
                r->error, RSD_ERR_UNSUPPORTED,
                "%s: \"upsampling_ratios\" must be whole numbers in 2..32, their product 4096 at most", r->path);
        config->ratios[i] = (uint32_t)number;
        config->hop_samples *= (uint32_t)number;
    }
    return RSD_OK;
}

static rsd_status refuse(const reader *r, const char *what)
{
    return base_error_set(r->error, RSD_ERR_UNSUPPORTED, "%s: %s", r->path, what);
}

static bool is_set(const reader *r, const char *key)
{
    const json_t *found = json_object_get(r->root, key);
    return found && !json_is_null(found) && !json_is_false(found);
}

static bool text_is(const reader *r, const char *key, const char *wanted, bool when_missing)
{
    const char *found = json_string_value(json_object_get(r->root, key));
    return found ? strcmp(found, wanted) == 0 : when_missing;
}

/* What would give other sound than the reference's, or cannot be streamed: by name, with the reason. */
static rsd_status check_supported(const reader *r)
{
    const json_t *trim = json_object_get(r->root, "trim_right_ratio");
    if (!text_is(r, "model_type", "encodec", false)) return refuse(r, "\"model_type\" is not encodec");
    if (json_is_false(json_object_get(r->root, "use_causal_conv")))
        return refuse(r, "\"use_causal_conv\" is false: a convolution that looks ahead cannot be streamed (the 48 kHz "
                         "model is such a one; the 24 kHz model streams)");
    if (text_is(r, "norm_type", "time_group_norm", false))
        return refuse(r,
                      "\"norm_type\" is time_group_norm: it needs the whole sound before its first sample, so that it "
                      "cannot be streamed");
    if (!text_is(r, "norm_type", "weight_norm", true) && !text_is(r, "norm_type", "none", false))
        return refuse(r, "\"norm_type\" is neither weight_norm nor none");
    if (is_set(r, "normalize"))
        return refuse(r, "\"normalize\" is true: the loudness of a whole chunk is not known in a stream");
    if (is_set(r, "chunk_length_s"))
        return refuse(r, "\"chunk_length_s\" is set: sound coded in overlapping chunks is not a stream");
    if (trim && json_number_value(trim) != 1.0)
        return refuse(r, "\"trim_right_ratio\" is not 1: a transposed convolution that is cut on the left looks ahead");
    if (!text_is(r, "pad_mode", "reflect", true) && !text_is(r, "pad_mode", "constant", false))
        return refuse(r, "\"pad_mode\" is neither reflect nor constant");
    return RSD_OK;
}

static rsd_status read_counts(const reader *r, encodec_config *config)
{
    uint32_t channels = 1, codebook_dim = 0;
    const struct {
        const char *key;
        uint32_t fallback, min, max, *value;
    } rows[] = {
        {"sampling_rate", 24000, 4000, 192000, &config->sample_rate_hz},
        {"audio_channels", 1, 1, 64, &channels},
        {"hidden_size", 128, 1, 1024, &config->dim},
        {"num_filters", 32, 1, 256, &config->filters},
        {"num_residual_layers", 1, 0, 8, &config->residual_layers},
        {"kernel_size", 7, 1, 64, &config->kernel},
        {"last_kernel_size", 7, 1, 64, &config->last_kernel},
        {"residual_kernel_size", 3, 1, 64, &config->residual_kernel},
        {"dilation_growth_rate", 2, 1, 8, &config->dilation_growth},
        {"compress", 2, 1, 64, &config->compress},
        {"num_lstm_layers", 2, 0, NN_MAX_LSTM, &config->lstm_layers},
        {"codebook_size", 1024, 2, 4096, &config->codewords},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const rsd_status status = read_count(r, rows[i].key, rows[i].fallback, rows[i].min, rows[i].max, rows[i].value);
        if (status != RSD_OK) return status;
    }
    if (channels != 1u)
        return refuse(r, "\"audio_channels\" is not 1: channels that share tokens do not fit one codec a channel");
    const rsd_status status = read_count(r, "codebook_dim", config->dim, 1, 1024, &codebook_dim);
    if (status != RSD_OK) return status;
    return codebook_dim == config->dim ? RSD_OK : refuse(r, "\"codebook_dim\" is not \"hidden_size\"");
}

/* Sizes that make sense alone may not together. */
static rsd_status check_sizes(const reader *r, const encodec_config *config)
{
    if ((config->filters << config->ratio_count) > 4096u) return refuse(r, "over 4096 channels in the deepest layer");
    if (config->compress > config->filters) return refuse(r, "\"compress\" is larger than \"num_filters\"");
    uint32_t dilation = 1;
    for (uint32_t j = 1; j < config->residual_layers; j++) dilation *= config->dilation_growth;
    if (config->residual_layers > 0u && dilation > 1024u) return refuse(r, "a dilation is over 1024");
    return RSD_OK;
}

static rsd_status read_all(const reader *r, encodec_config *config)
{
    rsd_status status = check_supported(r);
    if (status == RSD_OK) status = read_counts(r, config);
    if (status == RSD_OK) status = read_ratios(r, config);
    if (status == RSD_OK) status = read_flag(r, "use_conv_shortcut", true, &config->shortcut);
    if (status == RSD_OK) status = check_sizes(r, config);
    config->weight_norm = text_is(r, "norm_type", "weight_norm", true);
    return status;
}

rsd_status encodec_config_read(const char *path, encodec_config *config, rsd_error *error)
{
    json_error_t where;
    text_file file;
    const rsd_status loaded = text_file_load(path, BASE_JSON_BYTES, &file, error);
    if (loaded != RSD_OK) return loaded;
    json_t *root = json_loadb(file.text, file.size_bytes, JSON_REJECT_DUPLICATES, &where);
    free(file.bytes);
    if (!root) return base_error_set(error, RSD_ERR_FORMAT, "%s line %d: %s", path, where.line, where.text);
    const reader r = {path, root, error};
    *config = (encodec_config){0};
    const rsd_status status = json_is_object(root) ? read_all(&r, config) : refuse(&r, "not a JSON object");
    json_decref(root);
    return status;
}
