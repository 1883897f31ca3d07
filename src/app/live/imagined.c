// SPDX-License-Identifier: MIT
// The imagined levels beside the real ones: one key, or one message, goes from one to the other.
#include "app/live/live.h"

#include "base/error.h"
#include "codec/predictor/predictor.h"

#define FIRST_FROM 5u /* what the predictor of Lyra V2 is judged by: levels 1 to 4 are given */

/* The picked level, as nobody wants the first one imagined; else what was imagined last. */
static uint32_t wanted_from(const live_ui_state *live, uint32_t predicted_levels)
{
    const uint32_t kept = live->imagined_from > 0u ? live->imagined_from : FIRST_FROM;
    const uint32_t from = live->selected_level > 0u ? live->selected_level + 1u : kept;
    return from < predicted_levels ? from : predicted_levels;
}

/* 0: the codec in use has no predictor. */
static uint32_t predicted_levels(const live_ui_state *live)
{
    rsd_model *model = host_control_model(live->control);
    /* The codec that live began with is not the control's. It is open, so that opening it again is to share it. */
    if (!model && rsd_model_open(host_control_codec(live->control), &model, NULL) != RSD_OK) return 0u;
    const predictor *weights = model ? codec_predictor_of(model) : NULL;
    const uint32_t count = weights ? predictor_level_count(weights) : 0u;
    rsd_model_release(model);
    return count;
}

rsd_status live_ui_compare_imagined(live_ui_state *live, rsd_error *error)
{
    float now = 0.0f;
    (void)!host_control_get(live->control, RSD_PARAM_PREDICT_FROM, 0u, &now);
    const uint32_t levels = predicted_levels(live), from = now > 0.0f ? 0u : wanted_from(live, levels);
    if (now <= 0.0f && levels == 0u)
        return base_error_set(error, RSD_ERR_UNSUPPORTED, "%.60s imagines no levels; lyra-v2 does",
                              host_control_codec(live->control));
    const rsd_status status = host_control_set_value(live->control, RSD_PARAM_PREDICT_FROM, 0u, (float)from, error);
    if (status != RSD_OK) return status;
    if (now > 0.0f) live->imagined_from = (uint32_t)now;
    if (from > 0u)
        live_ui_say(live, "levels from %u up are imagined", from);
    else
        live_ui_say(live, "no level is imagined");
    return RSD_OK;
}
