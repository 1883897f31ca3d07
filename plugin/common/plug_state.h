// SPDX-License-Identifier: MIT
#ifndef PLUG_STATE_H
#define PLUG_STATE_H

#define PLUG_STATE_FORMAT "residuum-plugin-state"
#define PLUG_STATE_VERSION 4
#define PLUG_STATE_CEILING_VERSION 2 /* the first in which the bitrate is a ceiling; before, the levels alone held */
#define PLUG_STATE_SHARE_VERSION 3 /* the first in which the levels of hosts are a share; before, a number of levels */
#define PLUG_STATE_PICK_VERSION 4  /* the first in which controls that name a level are a share, too */
#define PLUG_STATE_LEVELS_SHARE "levels_share" /* beside the levels that it is, where the host turned them */
#define PLUG_STATE_PICKS "level_shares"        /* the same of controls that name a level, by symbol */
#define PLUG_STATE_CODEC_BYTES "codec_bytes"   /* in hex, where the codec's name is not UTF-8 */

#endif
