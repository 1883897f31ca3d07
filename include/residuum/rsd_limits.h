// SPDX-License-Identifier: MIT
#ifndef RSD_LIMITS_H
#define RSD_LIMITS_H

/* Sizes that every room agrees on, so that the quantiser need not know the codec. */
#define RSD_MAX_LEVELS 64u
#define RSD_MAX_SEQUENCES 256u
#define RSD_MAX_SIDE 8u
#define RSD_TOKEN_NONE (-1) /* this sequence was not coded in this frame */

#endif
