// SPDX-License-Identifier: MIT
#ifndef APP_LAYOUT_H
#define APP_LAYOUT_H

#include "host/osc/addresses.h"

#include <residuum/rsd_params.h>

/* Layouts for controllers, made from the parameter table: `residuum params --layout`. */

#define LAYOUT_MAX_WIDGETS 512u
#define LAYOUT_ONE_ROW 16u     /* widgets of a page that stand side by side; more of them take rows of: */
#define LAYOUT_MANY_COLUMNS 8u /* as many, so that their names have room */

/* One fader, button, choice or text. */
typedef struct {
    const rsd_param_info *info;
    uint32_t level; /* 0-based */
    bool is_norm;   /* 0 to 1, at that address: its range is another with each codec */
    float min, max, standard;
    char address[OSC_ADDRESS_BYTES];
    char label[48];
} layout_widget;

typedef struct {
    uint32_t level_count; /* of the codec that it is made for */
    uint32_t widget_count;
    layout_widget widgets[LAYOUT_MAX_WIDGETS]; /* in order of the table, levels of a row together */
} layout;

/* The first of a group's widgets at or behind `from`; widget_count: there is none. */
uint32_t layout_find_group(const layout *made, rsd_param_group group, uint32_t from);

/* To standard output. False: out of memory. */
bool layout_print_stage(const layout *made);
bool layout_print_touch(const layout *made);

#endif
