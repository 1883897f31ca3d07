// SPDX-License-Identifier: MIT
// Values of RSD_UNIT_TARGET: which parameter each stands for, and its name. Nothing in this file allocates, locks, logs
// or makes a system call.
#include "engine/param_targets.h"

#include <residuum/rsd_codec.h>

#include <stddef.h>

/* `text` for a row with a value a level, nothing for any other. */
#define ROW_PER_LEVEL(scale, ...) PER_LEVEL_##scale(__VA_ARGS__)
#define PER_LEVEL_LINEAR(...)
#define PER_LEVEL_STEPPED(...)
#define PER_LEVEL_PER_LEVEL_LINEAR(...) __VA_ARGS__
#define PER_LEVEL_PER_LEVEL_SWITCH(...) __VA_ARGS__

/* "level_gain[1]" to "level_gain[64]". */
#define EVERY_LEVEL(s)                                                                                                 \
    {                                                                                                                  \
        s "[1]", s "[2]", s "[3]", s "[4]", s "[5]", s "[6]", s "[7]", s "[8]", s "[9]", s "[10]", s "[11]", s "[12]", \
            s "[13]", s "[14]", s "[15]", s "[16]", s "[17]", s "[18]", s "[19]", s "[20]", s "[21]", s "[22]",        \
            s "[23]", s "[24]", s "[25]", s "[26]", s "[27]", s "[28]", s "[29]", s "[30]", s "[31]", s "[32]",        \
            s "[33]", s "[34]", s "[35]", s "[36]", s "[37]", s "[38]", s "[39]", s "[40]", s "[41]", s "[42]",        \
            s "[43]", s "[44]", s "[45]", s "[46]", s "[47]", s "[48]", s "[49]", s "[50]", s "[51]", s "[52]",        \
            s "[53]", s "[54]", s "[55]", s "[56]", s "[57]", s "[58]", s "[59]", s "[60]", s "[61]", s "[62]",        \
            s "[63]", s "[64]"                                                                                         \
    }

static const struct {
    rsd_param_id id;
    const char *names[RSD_MAX_LEVELS];
} runs[] = {
#define RSD_PARAM(id, SYMBOL, symbol, osc, name, unit, min, max, standard, scale, ...)                                 \
    ROW_PER_LEVEL(scale, {RSD_PARAM_##SYMBOL, EVERY_LEVEL(#symbol)}, )
#include <residuum/rsd_params.def>
};
#define RUN_COUNT (sizeof runs / sizeof *runs)
_Static_assert(RSD_MAX_LEVELS == 64u, "a name for each level");

const rsd_param_info *rsd_param_of_target(uint32_t target, uint32_t *level)
{
    const uint32_t place = target < (uint32_t)RSD_PARAM_ID_END ? 0u : target - (uint32_t)RSD_PARAM_ID_END;
    if (level) *level = place % RSD_MAX_LEVELS;
    if (target >= (uint32_t)RSD_PARAM_ID_END)
        return place / RSD_MAX_LEVELS < RUN_COUNT ? rsd_param_by_id((uint32_t)runs[place / RSD_MAX_LEVELS].id) : NULL;
    const rsd_param_info *info = rsd_param_by_id(target);
    const bool can_be = info && info->unit != RSD_UNIT_TEXT && info->unit != RSD_UNIT_TARGET;
    return can_be && !rsd_param_is_per_level(info) ? info : NULL;
}

uint32_t rsd_param_target(const rsd_param_info *info, uint32_t level)
{
    if (info->unit == RSD_UNIT_TEXT || info->unit == RSD_UNIT_TARGET) return 0u;
    if (!rsd_param_is_per_level(info)) return (uint32_t)info->id;
    uint32_t run = 0;
    while (runs[run].id != info->id) run++;
    return (uint32_t)RSD_PARAM_ID_END + run * RSD_MAX_LEVELS + level;
}

const char *param_target_name(uint32_t target)
{
    uint32_t level;
    const rsd_param_info *info = rsd_param_of_target(target, &level);
    if (target == 0u) return "none";
    if (!info) return NULL;
    if (!rsd_param_is_per_level(info)) return info->symbol;
    return runs[(target - (uint32_t)RSD_PARAM_ID_END) / RSD_MAX_LEVELS].names[level];
}
