// SPDX-License-Identifier: MIT
#ifndef LV2_PORTS_H
#define LV2_PORTS_H

#include "plug_limits.h"
#include "plug_params.h"

#include <stdint.h>

/*
 * Numbers of the ports, for the plugin and for the program that writes its Turtle. A session knows ports by their
 * symbols; new ones may come in between.
 */
#define RLV2_MONO_URI "urn:residuum:mono"
#define RLV2_STEREO_URI "urn:residuum:stereo"
#define RLV2_PROJECT_URI "urn:residuum:project"
#define RLV2_STATE_URI "urn:residuum:state"
#define RLV2_CODEC_FILE_URI "urn:residuum:codec_file"
#define RLV2_DECODER_FILE_URI "urn:residuum:decoder_file" /* of decode_codec; an empty path: the codec itself */
#define RLV2_PARAM_URI "urn:residuum:param#" /* + a parameter's symbol: patch:Set of it is exact to the sample */

typedef enum {
    RLV2_METER_SNR,
    RLV2_METER_BITRATE,
    RLV2_METER_CODED,
    RLV2_METER_LEVELS,
    RLV2_METER_LATE,
    RLV2_METER_PAGE,
    RLV2_METER_ENERGY
} rlv2_meter;
#define RLV2_METER_COUNT ((uint32_t)RLV2_METER_ENERGY + PLUG_LEVEL_PARAMS) /* the energies are the last */

static inline uint32_t rlv2_port_in(uint32_t channel) { return channel; }
static inline uint32_t rlv2_port_out(uint32_t channels, uint32_t channel) { return channels + channel; }
static inline uint32_t rlv2_port_control(uint32_t channels) { return 2u * channels; }
static inline uint32_t rlv2_port_notify(uint32_t channels) { return 2u * channels + 1u; }
static inline uint32_t rlv2_port_latency(uint32_t channels) { return 2u * channels + 2u; }
static inline uint32_t rlv2_port_param(uint32_t channels, uint32_t param) { return 2u * channels + 3u + param; }
static inline uint32_t rlv2_port_meter(uint32_t channels, uint32_t param_count, uint32_t meter)
{
    return rlv2_port_param(channels, param_count) + meter;
}
static inline uint32_t rlv2_port_free_wheeling(uint32_t channels, uint32_t param_count)
{
    return rlv2_port_meter(channels, param_count, RLV2_METER_COUNT);
}

/* A switch for what is measured, which is no parameter: a meter's. */
static inline uint32_t rlv2_port_coding(uint32_t channels, uint32_t param_count)
{
    return rlv2_port_free_wheeling(channels, param_count) + 1u;
}

static inline uint32_t rlv2_port_sidechain(uint32_t channels, uint32_t param_count, uint32_t channel)
{
    return rlv2_port_coding(channels, param_count) + 1u + channel;
}

/* LV2 has a port for bypass the other way round: lv2:enabled. */
static inline bool rlv2_is_enabled(const plug_param *param)
{
    return param->info && param->info->id == RSD_PARAM_BYPASS;
}

#endif
