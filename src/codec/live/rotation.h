// SPDX-License-Identifier: MIT
// Rotation of a stereo pair: which two signals the two channels' tokens stand for, unit by unit of the spectrum.
#ifndef CODEC_LIVE_ROTATION_H
#define CODEC_LIVE_ROTATION_H

#include "codec/live/shape.h"

/*
 * Where the channels of a pair have something in common, their coefficients are rotated before they are coded
 * (Karhunen-Loeve transform of two channels, in steps of 22.5 degrees):
 *
 *   first = cos left + sin right,   second = cos right - sin left
 *
 * 0 is left and right, 45 degrees is sum and difference. A unit is a run of sub-bands with one angle.
 *
 * Angles take no token of their own. Where the last side token of a channel is odd (and not 15 modulo 16), its next bits
 * are the angle of the unit that the other bits of its side tokens name (live_rotation_told), from the next frame on; where
 * it is even, it tells nothing. The encoder chooses among near codewords such that what is told is true. Where the channels
 * have nothing in common no unit is told by itself, and codewords are free but for a few (live_rotation_told_all). All of it
 * is told anew all the time, so that a damaged token is forgotten where the sound is no series of attacks.
 */
#define LIVE_ANGLE_COUNT 4u
#define LIVE_ANGLE_APART 0u  /* the index of left and right */
#define LIVE_ANGLE_MIDDLE 1u /* of sum and difference */
#define LIVE_MAX_UNITS 8u

typedef struct {
    uint8_t angle[LIVE_MAX_UNITS]; /* index of each unit's angle */
    bool is_fresh;                 /* nothing has sounded yet */
    bool is_apart;                 /* no unit is told by itself: see live_rotation_told_all */
} live_rotation;

/* What a side token tells of all units. */
typedef enum {
    LIVE_TOLD_NOTHING,
    LIVE_TOLD_ALL, /* one angle of all; from now on no unit is told by itself */
    LIVE_TOLD_OPEN /* from now on units are told one by one */
} live_told_all;

/* What a channel's side tokens are to tell, if they tell anything. */
typedef struct {
    bool by_unit;             /* units are told one by one */
    const uint8_t *angle;     /* that is true of each unit */
    int32_t urgent;           /* the unit that had better be told, or -1 */
    float cost;               /* of a choice of tokens that does not: squared log2 */
    int32_t all_angle;        /* that is true of all units, or -1 */
    bool may_open;            /* LIVE_TOLD_OPEN is true */
    live_told_all urgent_all; /* what had better be told of all, */
    float all_cost;           /* and what it costs to leave it */
} live_telling;

/* How a stream begins: every unit as left and right. Thread: [any] */
RSD_REALTIME void live_rotation_reset(live_rotation *rotation);
/* Every unit as left and right. Thread: [any] */
RSD_REALTIME void live_rotation_set_apart(live_rotation *rotation);

/* Whether a unit has an angle other than left and right. Thread: [any] */
RSD_REALTIME bool live_rotation_is_shared(const live_shape *shape, const live_rotation *rotation);

/* Cosine and sine of an angle. Thread: [any] */
RSD_REALTIME void live_rotation_factors(uint32_t angle, float *cosine, float *sine);

/*
 * The unit and angle that a channel's side tokens tell. false: silence, an attack and an escape tell none.
 * Any integer is a token. Thread: [any]
 */
RSD_REALTIME bool live_rotation_told(const live_shape *shape, const int32_t *side, uint32_t *unit, uint32_t *angle);

/*
 * What the side tokens of a channel tell of all units: one codeword in 64 an angle, and another one in 64 that units are
 * told one by one. Where two channels have nothing in common, or one signal is silent, this is enough: codewords are as
 * free as without a pair. Thread: [any]
 */
#define LIVE_ALL_MODULO 64u
RSD_REALTIME live_told_all live_rotation_told_all(const live_shape *shape, const int32_t *side, uint32_t *angle);

/* The last side token that tells it, the nth of some (from 0). Thread: [any] */
RSD_REALTIME uint32_t live_rotation_all_token(live_told_all told, uint32_t angle, uint32_t n);

/* Takes over what the side tokens of one channel tell. Thread: [any] */
RSD_REALTIME void live_rotation_take(const live_shape *shape, const int32_t *side, live_rotation *rotation);

/*
 * Takes over what a frame of both channels tells. Where their side tokens are equal in the first frame that sounds, the
 * channels are: all units are sum and difference from the next frame on, and equal channels stay equal to the bit.
 * Thread: [any]
 */
RSD_REALTIME void live_rotation_take_pair(const live_shape *shape, const int32_t *const side[2],
                                          live_rotation *rotation);

/* Rotates the coefficients of a frame, forwards (left, right -> first, second) and back. Thread: [audio] */
RSD_REALTIME void live_rotation_forward(const live_shape *shape, const live_rotation *rotation, float *left,
                                        float *right);
RSD_REALTIME void live_rotation_back(const live_shape *shape, const live_rotation *rotation, float *first,
                                     float *second);

/* ---- the encoder's choice ---- */

/* Smoothed energies of a pair, and what follows from them. */
typedef struct {
    float left[LIVE_MAX_UNITS], right[LIVE_MAX_UNITS], cross[LIVE_MAX_UNITS];
    uint8_t wanted[LIVE_MAX_UNITS]; /* the angle that costs least */
    uint16_t age[LIVE_MAX_UNITS];   /* frames since the unit was told, */
    uint16_t all_age;               /* and since something was of all */
    uint16_t waits;                 /* frames for which it should be told that units are told one by one, or are not */
    float shared_share;             /* of the energy that lies in units with an angle */
    bool sounds;
} live_rotation_choice;
RSD_REALTIME void live_rotation_choice_reset(live_rotation_choice *choice);

/*
 * Takes in one frame of left and right, before it is rotated.
 * restart  a sound begins: what was before it does not count
 * Thread: [audio]
 */
RSD_REALTIME void live_rotation_choose(const live_shape *shape, const float *left, const float *right, bool restart,
                                       const live_rotation *now, live_rotation_choice *choice);

/* Both are silent: there is nothing to choose. Thread: [audio] */
RSD_REALTIME void live_rotation_rest(live_rotation_choice *choice);

/* What a signal has to tell whose pair is silent. Thread: [audio] */
RSD_REALTIME live_telling live_rotation_telling_alone(const live_shape *shape, const live_rotation *now,
                                                      const live_rotation_choice *choice);

/* What channel 0 or 1 has to tell of it. Thread: [audio] */
RSD_REALTIME live_telling live_rotation_telling(const live_shape *shape, const live_rotation *now,
                                                const live_rotation_choice *choice, uint32_t channel);

/* A channel's side tokens are chosen: counts what they have told, of units and of all. Thread: [audio] */
RSD_REALTIME void live_rotation_count(const live_shape *shape, const int32_t *side, live_rotation_choice *choice);
RSD_REALTIME void live_rotation_count_all(const live_shape *shape, const int32_t *side, live_rotation_choice *choice);

#endif
