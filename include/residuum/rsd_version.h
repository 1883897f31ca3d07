// SPDX-License-Identifier: MIT
#ifndef RSD_VERSION_H
#define RSD_VERSION_H

#include <residuum/rsd_status.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The version of these headers, and of the library that a program runs with. From examples/ring.c:
 *
 *   printf("built with %s, runs with %s\n", RSD_VERSION_STRING, rsd_version());
 *
 * Versions follow semver.org: while the major number is 0, a new minor number may change the interface.
 *
 * How structs grow. rsd_codec_info, rsd_encode_controls, rsd_decode_controls, rsd_token_set, rsd_preset,
 * rsd_engine_config, rsd_engine_block, rsd_engine_latency, rsd_event, rsd_telemetry, rsd_train_config,
 * rsd_token_stream_info and
 * rsd_token_stream_report may get further members, at their ends. Every call that reads or fills one of them is an inline function of these headers, which hands the library the
 * struct's size as the program was compiled: rsd_model_info calls rsd_model_info_sized. The library then writes no
 * further than that; a member that one side does not know is 0 for the other. A program that is not compiled from these
 * headers calls the functions in _sized itself. A struct that is given back to the library, as rsd_token_set is, notes
 * its size in size_bytes. What ends in a struct that may grow, as rsd_token_stream_info does in rsd_codec_info, grows with
 * that alone.
 *
 * The other structs are what they are for good, and stay while the library has the same soname:
 *   rsd_error         a status and a text
 *   rsd_token_frame   the tokens of one frame. Programs keep arrays of them, and token files hold no more of a frame
 *   rsd_level_meter   energies by level; another figure of a frame would have a call of its own
 *   rsd_ramp          three numbers and two counts of samples, in memory of the caller's
 *   rsd_ring_region   two runs of items
 *   rsd_rvq_codebook, rsd_rvq_shape  what the quantiser's vectors and codewords are. Programs keep arrays of the first
 *   rsd_pattern, rsd_pattern_sequence  a pattern's kind and lists, and rows of steps, in memory of the caller's
 * rsd_param_info lies inside the library, where it may grow.
 */
#define RSD_VERSION_MAJOR 0
#define RSD_VERSION_MINOR 1
#define RSD_VERSION_PATCH 0
#define RSD_VERSION_STRING "0.1.0"

/*
 * The version of the library that the program runs with.
 *
 * Returns  RSD_VERSION_STRING as the library was built; static storage
 * Thread   [any]
 */
RSD_API const char *rsd_version(void);

#ifdef __cplusplus
}
#endif

#endif
