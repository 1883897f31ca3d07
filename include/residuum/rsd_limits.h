// SPDX-License-Identifier: MIT
#ifndef RSD_LIMITS_H
#define RSD_LIMITS_H

/* Sizes that all modules agree on, so that the quantiser need not know the codec. They size arrays of the interface. */
#define RSD_MAX_LEVELS 64u     /* levels of a codec */
#define RSD_MAX_SEQUENCES 256u /* rows of tokens of a codec, all levels */
#define RSD_MAX_SIDE 8u        /* rows of side tokens of a codec */
#define RSD_TOKEN_NONE (-1)    /* in place of a token: this sequence was not coded in this frame */

#endif
