// SPDX-License-Identifier: MIT
// What CLAP can show as parameters that are only read, and the switch that has one of them measured.
#include "rclap.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ID 0x10001u
#define MOST_KBPS (2.0f * PLUG_MAX_KBPS) /* of two channels */

static const struct {
    const char *name;
    clap_param_info_flags flags;
    float max;
} rows[RCLAP_METERS] = {
    [RCLAP_METER_BITRATE] = {"Bitrate now", CLAP_PARAM_IS_READONLY, MOST_KBPS},
    [RCLAP_METER_CODED] = {"Bitrate entropy coded", CLAP_PARAM_IS_READONLY, MOST_KBPS},
    [RCLAP_METER_MEASURE] = {"Measure coding", CLAP_PARAM_IS_STEPPED, 1.0f},
    [RCLAP_METER_PAGE] = {"Page at", CLAP_PARAM_IS_READONLY | CLAP_PARAM_IS_STEPPED, (float)PLUG_MAX_PORT},
};

clap_id rclap_meter_id(uint32_t meter) { return FIRST_ID + meter; }

uint32_t rclap_meter_of(clap_id id)
{
    return id >= FIRST_ID && id - FIRST_ID < RCLAP_METERS ? id - FIRST_ID : RCLAP_METERS;
}

void rclap_meter_info(uint32_t meter, clap_param_info_t *info)
{
    info->id = rclap_meter_id(meter);
    info->flags = rows[meter].flags;
    snprintf(info->name, sizeof info->name, "%s", rows[meter].name);
    snprintf(info->module, sizeof info->module, "%s", RCLAP_METER_GROUP);
    info->max_value = (double)rows[meter].max;
}

double rclap_meter_value(const rclap *self, uint32_t meter)
{
    /* Stored by audio, and by main when a state is loaded. */
    return (double)atomic_load_explicit(&self->meters[meter], memory_order_relaxed);
}

void rclap_meter_text(uint32_t meter, double value, char *text, uint32_t text_bytes)
{
    /* Whole numbers: a host's locale must not put a comma in. */
    const long long tenths = llround(fmin(fmax(value, 0.0), (double)rows[meter].max) * 10.0);
    if (meter == RCLAP_METER_MEASURE)
        snprintf(text, text_bytes, "%s", value >= 0.5 ? "on" : "off");
    else if (meter == RCLAP_METER_PAGE && tenths == 0)
        snprintf(text, text_bytes, "nowhere");
    else if (meter == RCLAP_METER_PAGE)
        snprintf(text, text_bytes, "127.0.0.1:%lld", tenths / 10);
    else
        snprintf(text, text_bytes, "%lld.%lld kbps", tenths / 10, tenths % 10);
}

bool rclap_meter_parse(uint32_t meter, const char *text, double *value)
{
    char *end;
    static const char here[] = "127.0.0.1:";
    const bool is_on = strcmp(text, "on") == 0;
    if (meter == RCLAP_METER_PAGE && strcmp(text, "nowhere") == 0) {
        *value = 0.0;
        return true;
    }
    if (meter == RCLAP_METER_PAGE && strncmp(text, here, sizeof here - 1u) == 0) text += sizeof here - 1u;
    if (meter == RCLAP_METER_MEASURE && (is_on || strcmp(text, "off") == 0)) {
        *value = is_on ? 1.0 : 0.0;
        return true;
    }
    const long whole = strtol(text, &end, 10);
    if (end == text || whole < 0 || whole > (long)rows[meter].max) return false;
    const double tenths = *end == '.' && end[1] >= '0' && end[1] <= '9' ? (double)(end[1] - '0') : 0.0;
    *value = fmin((double)whole + tenths / 10.0, (double)rows[meter].max);
    return true;
}

static void show(rclap *self, uint32_t meter, float value)
{
    atomic_store_explicit(&self->meters[meter], value, memory_order_relaxed); /* read by main in rclap_meter_value */
}

void rclap_meter_set(rclap *self, uint32_t meter, double value)
{
    if (meter != RCLAP_METER_MEASURE) return; /* only read */
    show(self, meter, value >= 0.5 ? 1.0f : 0.0f);
    rclap_ask_main(self, RCLAP_DO_MEASURE);
}

void rclap_measure(rclap *self) { plug_measure_coding(self->plug, rclap_meter_value(self, RCLAP_METER_MEASURE) > 0.0); }

void rclap_refresh_meters(rclap *self)
{
    show(self, RCLAP_METER_MEASURE, plug_measures_coding(self->plug) ? 1.0f : 0.0f);
}

void rclap_tell_meters(rclap *self, uint32_t time, const clap_output_events_t *out)
{
    const plug_meters *now = plug_get_meters(self->plug);
    const float values[RCLAP_METERS] = {[RCLAP_METER_BITRATE] = now->bitrate_kbps,
                                        [RCLAP_METER_CODED] = now->coded_kbps,
                                        [RCLAP_METER_PAGE] = (float)plug_http_port_now(self->plug)};
    for (uint32_t m = 0; m < RCLAP_METERS; m++) {
        const float value = values[m] < rows[m].max ? values[m] : rows[m].max;
        if (m == RCLAP_METER_MEASURE) continue; /* the host turns it */
        if ((double)value == rclap_meter_value(self, m)) continue;
        if (rclap_tell_value(rclap_meter_id(m), time, (double)value, out)) show(self, m, value);
    }
}
