// SPDX-License-Identifier: MIT
#ifndef HOST_CONTROL_WATCH_H
#define HOST_CONTROL_WATCH_H

#include "host/session/control.h"

/*
 * What has changed, for whoever shows it to others: OSC subscribers and pages. A watch holds a copy of every value,
 * compares it with the values in force, and numbers what differs. A listener keeps the number that it was told last and
 * is told whatever has a higher one: nothing queues up for a slow one, which gets the newest value alone. It does not
 * matter who made a change: keys, OSC, presets, timed changes of the engine, or a codec with another range.
 *
 * One control thread. Cost of a poll: one read of an atomic for each value.
 */

#define HOST_WATCH_TEXT_BYTES 128u /* of a codec's or preset's shown name; a longer one is cut */

enum {
    HOST_WATCH_TEXT_COUNT = 0
#define RSD_PARAM(id, SYMBOL, symbol, osc, name, unit, ...) +(RSD_UNIT_##unit == RSD_UNIT_TEXT)
#include <residuum/rsd_params.def>
};
#define HOST_WATCH_MAX_ENTRIES                                                                                         \
    ((uint32_t)RSD_PARAM_SCALAR_COUNT + (uint32_t)RSD_PARAM_PER_LEVEL_COUNT * (uint32_t)RSD_MAX_LEVELS)

typedef struct {
    const rsd_param_info *info;
    uint32_t level;        /* 0-based */
    bool is_there;         /* the codec in use has that level */
    float value, min, max; /* in force, and host_control_range */
    uint32_t text;         /* its place in `texts`, where the row is a text */
    uint64_t change;       /* the number of its latest change, of value or range; from 1 */
    uint64_t range_change; /* of the latest change of its range, or of whether it is there */
} host_watch_entry;

typedef struct {
    host_control *control;
    rsd_codec_info codec; /* that the ranges are of */
    uint64_t change;      /* the latest */
    uint32_t entry_count;
    host_watch_entry entries[HOST_WATCH_MAX_ENTRIES]; /* in order of the table, levels of a row together */
    char texts[HOST_WATCH_TEXT_COUNT][HOST_WATCH_TEXT_BYTES];
} host_watch;

/* Everything is numbered as changed at first. `control` is borrowed. Thread: [control] for all */
void host_watch_init(host_watch *watch, host_control *control);

/* Compares. Returns whether anything has changed since the poll before. */
bool host_watch_poll(host_watch *watch);

/*
 * A number from 0 to 1 over the range that is taken with the codec in use, and back. 1 means the end of the
 * parameter's own range where the codec has less: "all there is" outlasts a change of codec. Whole where the row is.
 */
float host_watch_normalise(const host_watch_entry *entry);
float host_control_denormalise(const host_control *control, const rsd_param_info *info, float normalised);

#endif
