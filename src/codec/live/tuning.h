// SPDX-License-Identifier: MIT
// Every number of the `live` codec that a model file does not carry, with its reason. Measurements: docs/codec-live.md;
// the tests that fail where a number is off: docs/experiments/039-tuning-numbers.md.
#ifndef CODEC_LIVE_TUNING_H
#define CODEC_LIVE_TUNING_H

/* ---- frames and the envelope (docs/codec-live.md, "Envelope") ---- */

/* Mean square of a frame's coefficients under which it is silence: -100 dBFS. Coded as side token 0, decoded as
 * zeros. */
#define LIVE_SILENCE 1e-10f

/* Widths of the envelope's bands in coefficients, narrow where sound has most of its power. Few wide bands cost few
 * bits; a longer frame has the bits for more of them. */
#define LIVE_BAND_WIDTHS_64 2, 2, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9, 11
#define LIVE_BAND_WIDTHS_128 4, 4, 4, 4, 6, 6, 8, 10, 12, 14, 16, 18, 22
#define LIVE_BAND_WIDTHS_256 4, 4, 4, 4, 4, 4, 6, 6, 8, 8, 10, 10, 12, 14, 16, 18, 22, 26, 34, 42

/*
 * log2. A step between neighbouring bands is spread from centre to centre up to this much; the rest of it lies at their
 * edge. Where a sound ends (a low-pass, a steep filter) its last band is level up to the edge: interpolated over the
 * whole step, its upper coefficients would be many times their scale.
 */
#define LIVE_MAX_SLOPE_LOG2 3.0f

/* log2. The decoded envelope is clamped: under silence there is nothing, and damaged tokens cannot drive it away. */
#define LIVE_MIN_ENVELOPE_LOG2 (-20.0f)
/* log2. An envelope is kept as its difference to a mean: put together again it may be past a bound by its last bit. */
#define LIVE_ENVELOPE_SLACK_LOG2 0.01f
/* Bounds of what is decoded from any tokens: rms of a frame (+12 dBFS: 12 dB over a full-scale square wave), and its
 * samples, whatever an attack's gain makes of them (+18 dBFS). */
#define LIVE_MAX_RMS 4.0f
#define LIVE_MAX_PEAK 8.0f

/*
 * log2. Every envelope codebook has codewords that move one band alone, or all, by these steps, so that no envelope is
 * out of reach: two of them, one a codebook, move a band by 72 dB or two bands by 36 dB in one frame.
 */
#define LIVE_ESCAPE_STEPS 4u
#define LIVE_ESCAPE_STEPS_LOG2 3.0f, 6.0f, -3.0f, -6.0f

/* Codewords of the first envelope codebook that are tried with the second. */
#define LIVE_ENVELOPE_WIDTH 4u
/* Codewords of the second one that are tried with each of these. 8 instead of 2 change nothing that is measured. */
#define LIVE_ENVELOPE_NEAR 2u
/* A choice of codewords whose bands together are louder than the sound, or whose loudest band is softer than the sound's
 * loudest, by more than the margin (log2) costs so many times the square of the excess more: too loud is heard as a
 * burst, and from far too soft it takes many tokens to come back. */
#define LIVE_OVERSHOOT_MARGIN_LOG2 0.25f
#define LIVE_OVERSHOOT_WEIGHT 256.0f
#define LIVE_UNDERSHOOT_MARGIN_LOG2 1.0f
#define LIVE_UNDERSHOOT_WEIGHT 16.0f

/* Codewords of the last codebook whose index is this modulo RVQ_BLOCK begin the prediction anew, at the mean. Even: an odd
 * one tells an angle of a pair. A sixteenth of the codewords is not missed elsewhere. */
#define LIVE_RESTART_CLASS 14u
/* A choice that costs less (squared log2, of all bands) is good enough for the search to end there: 15 and 8 change
 * nothing that is measured. */
#define LIVE_RESTART_COST 30.0f

/* ---- perceptual weights (docs/codec-live.md, "Scale and perceptual weight"); frequencies of sounds at 48 kHz ---- */

/* low_scale_tilt_log2 ends here: most of the power of music lies below, in few coefficients. */
#define LIVE_LOW_HZ 375u
/* high_error_weight_log2: half of it from here, all of it LIVE_HIGH_RAMP_HZ further up, nothing where hearing ends. */
#define LIVE_HIGH_HZ 6000u
#define LIVE_HIGH_RAMP_HZ 1500u
#define LIVE_HIGH_END_HZ 21000u

/* ---- stereo pairs (docs/codec-live.md, "Stereo") ---- */

/* Sub-bands at which the units of the rotation end, of 8 and of 16: a power of two of them, so that a token's index
 * names one. */
#define LIVE_UNIT_ENDS_8 1, 2, 4, 8
#define LIVE_UNIT_ENDS_16 1, 2, 3, 5, 7, 9, 12, 16
/* Share of the earlier frames in the energies of a pair: about 20 ms. */
#define LIVE_ROTATION_KEEP(hop) ((hop) == 64u ? 0.935f : (hop) == 128u ? 0.875f : 0.765f)
/* Of the pair's energy: what lies under it costs the same. -50 dB. */
#define LIVE_ROTATION_FLOOR 1e-5f
/* log2 of energies: another angle than before has to be better by so much, and any than left and right by so much more. */
#define LIVE_ROTATION_HYSTERESIS_LOG2 0.5f
#define LIVE_ROTATION_MARGIN_LOG2 1.0f
/* Squared log2: what a choice of side tokens costs that leaves untold what has changed. */
#define LIVE_TELL_COST 2.0f
/* Where a unit was not told for so many frames, that costs something, too, as much after so many more, and more on. */
#define LIVE_TELL_FRAMES 192.0f
#define LIVE_TELL_RAMP_FRAMES 384.0f
/* The same of what is told of all units: 0.26 s, and as much again. */
#define LIVE_ALL_FRAMES(hop) (12288.0f / (float)(hop))
/* Squared log2: what it costs to leave it untold that this changes, a frame that it waits. */
#define LIVE_CHANGE_COST 8.0f
/* Units are told one by one where a quarter of them wants an angle, */
#define LIVE_OPEN_DIVISOR 4u
/* and no longer where none has or wants one for more frames than this. */
#define LIVE_SETTLE_FRAMES 16u
/* An attack in one channel is one in both where more than this share of their energy is coded together. */
#define LIVE_SHARED_ATTACK_SHARE 0.5f

/* ---- attacks (docs/codec-live.md, "Attacks") ---- */

/* Energy over the background that makes an attack: 23 dB. 13 dB fires on every pulse of a voice. */
#define LIVE_ATTACK_RATIO 200.0f
/* The background is the peak of the past, falling 60 dB in 100 ms: the pulses of a low voice are no attacks. */
#define LIVE_BACKGROUND_DECAY 0.99713f
/* -80 dBFS: what lies under it is no background to protect. */
#define LIVE_BACKGROUND_FLOOR 1e-8f
/* log2 of the gain that an attack is divided by: 27 dB. */
#define LIVE_ATTACK_GAIN_LOG2 4.5f
/* The gain falls to 0 dB in so many hops: error in a frame is multiplied by the gain, so that what falls fast overshoots. */
#define LIVE_ATTACK_DECAY_HOPS 6.0f
/* log2. Step and tilt of the whole envelope where no codebook tells an attack's. An attack is flattened to little over what
 * was before it, and is nearly white; after silence the prediction is the mean of all sounds, which is not: the first 13
 * are means (k-means) of what onsets out of silence lack, the others are for strokes over what is soft. */
#define LIVE_ATTACK_STEPS_LOG2                                                                                         \
    -6.5f, -5.5f, -5.0f, -4.0f, -4.0f, -3.5f, -2.5f, -2.5f, -1.5f, -1.0f, -0.5f, 0.5f, 1.0f, 2.5f, 4.5f, 6.5f
#define LIVE_ATTACK_TILTS_LOG2                                                                                         \
    4.0f, 2.5f, 5.0f, 4.5f, 2.5f, 0.5f, 2.5f, 5.0f, 1.5f, 4.0f, 2.0f, 4.5f, 2.0f, 1.0f, 1.0f, 1.0f

/* ---- peaks of all levels (peaks.h) ---- */

/* A frame that would peak by more than this over the sound is mended: 0.8 dB. */
#define LIVE_PEAK_OVER 1.1f
/* What is over this is taken from the target of the last level: 0.2 dB. */
#define LIVE_PEAK_AIM 1.02f
/* Of a squared peak, a sample: 60 dB a second. */
#define LIVE_PEAK_FALL 0.000288f
/* What a choice may cost: error energy beside that of the first one, 4.8 dB. */
#define LIVE_PEAK_COST 3.0f
/* An error has peaks of at most so many times its rms, nearly always. */
#define LIVE_PEAK_CREST 4.0f
/* How often the last level is chosen anew. */
#define LIVE_PEAK_ROUNDS 8u
/* Least share of a sample that a frame's own window has, as the target is moved by the excess over it. */
#define LIVE_PEAK_LEAST_SHARE 0.25f

/* ---- search (docs/codec-live.md, "Search") ---- */

/* Limits of the product of residual-energy ratios that scales a sub-band's next codeword (72 dB). Where the envelope is
 * wrong, codewords at a codebook's edge raise it from token to token until they reach the sound. */
#define LIVE_MAX_RATIO 4096.0f
/* A model file's residual-energy ratios: log2 in steps of one over this. */
#define LIVE_RATIO_STEPS_PER_OCTAVE 32.0f
/* Of the escape of every codebook: 24 dB, the most that a step can tell. */
#define LIVE_ESCAPE_RATIO_STEPS 127
/* The decoder's gain restores the energy of at most this share of lost power (7 dB). */
#define LIVE_MAX_RESTORED_SHARE 0.8f
/* In normalised coefficients: keeps the weight of an empty sub-band's energy error finite. */
#define LIVE_MIN_ENERGY 1e-9f
/* Looking ahead judges candidates that cost up to this times the cheapest. 1.1 and 1.15: see the page. */
#define LIVE_LOOKAHEAD_COST_RATIO 1.12f
/* Weight of a candidate's own cost beside the least cost after it. 0.1 and 1 were worse. */
#define LIVE_OWN_COST_WEIGHT 0.3f

/* ---- noise fill ---- */

/* For so many frames after silence or an attack, noise has this share of its amplitude. */
#define LIVE_ONSET_FRAMES 6u
#define LIVE_ONSET_NOISE_SHARE 0.5f

/* A sound is beginning for so long: 256 ms at 48 kHz (onset.h). */
#define LIVE_ONSET_SAMPLES 12288u
/* Its peak over the greatest rms so far, with two levels: 3.5 dB, where a tone has 3; less where one codebook tells the
 * envelope, which is coarse. */
#define LIVE_ONSET_CREST(hop) ((hop) == 64u ? 1.25f : 1.5f)
/* log2. With one level so much more, and with every level over two: 1.8 and 1.5 dB. */
#define LIVE_ONSET_FIRST_LOG2 0.3f
#define LIVE_ONSET_LEVEL_LOG2 0.25f
/* log2. With every level over two, codewords alone may peak higher by so much more: 3 dB. */
#define LIVE_ONSET_CODED_LOG2 0.5f
/* Whatever begins or goes on: few sounds peak over full scale, and what is filled must not make them. With two levels a
 * frame peaks at most 0.4 dB over full scale, and at so many times its rms (of two frames) where that is over so much: it
 * is then a sound of more than full scale. A square of full scale has its peak for its rms, and noise four times its own. */
#define LIVE_FULL_SCALE_PEAK 1.05f
#define LIVE_OVER_FULL_SCALE 1.6f
/* Least share of a window, as it is flattened, that a sound fills after its attack. */
#define LIVE_ONSET_LEAST_SHARE 0.001f

/* Any seed will do; each stream starts with the same one, so that runs repeat. */
#define LIVE_NOISE_SEED 0x9E3779B9u
/* The linear congruential generator of Numerical Recipes (Press et al.), chapter 7.1. */
#define LIVE_NOISE_MULTIPLIER 1664525u
#define LIVE_NOISE_INCREMENT 1013904223u

/* ---- training (docs/codec-live.md, "Training") ---- */

#define LIVE_TRAIN_RATE_HZ 48000u
/* Frames that are not silent: k-means wants a vector for each codeword, and every sub-band of a frame is one. A fiftieth
 * of the vectors at most is left out of a codebook's training as outliers. */
#define LIVE_TRAIN_MIN_FRAMES (LIVE_CODEWORDS + LIVE_CODEWORDS / 16u)
/* Codewords of each codebook of the levels. 256 give up 1.5 dB at the top, 4096 make a token too large a step. */
#define LIVE_CODEWORDS 1024u
/* Tokens of each level. Level 1 carries most of the sound; a level lies near each of the rates that codecs are compared
 * at. A short frame has the bits for one envelope codebook, a long one for two. */
#define LIVE_LEVEL_TOKENS_64 1, 1, 1, 1, 1, 1, 2, 2, 3, 4, 5, 9
#define LIVE_LEVEL_TOKENS_128 1, 1, 1, 1, 2, 2, 3, 4, 4, 5, 4, 4, 8, 10
#define LIVE_LEVEL_TOKENS_256 2, 2, 2, 3, 4, 5, 6, 7, 9, 10, 8, 8, 8, 10, 16
#define LIVE_ENVELOPE_CODEWORDS_64 1024, 0
#define LIVE_ENVELOPE_CODEWORDS_128 1024, 1024
#define LIVE_ENVELOPE_CODEWORDS_256 1024, 1024

/* Training draws so much of longer material, in segments that are long beside the memory of the prediction. */
#define LIVE_DRAW_TOTAL_S 1500u
#define LIVE_DRAW_SEGMENT_S 1u

#define LIVE_KMEANS_ITERATIONS 16u
#define LIVE_ENVELOPE_KMEANS_ITERATIONS 12u
/* The first pass predicts from true envelopes, the others from coded ones. */
#define LIVE_ENVELOPE_PASSES 3u
/* One frame in so many starts the prediction anew, so that the codebooks know how to begin. */
#define LIVE_RESTART_FRAMES 64u
#define LIVE_MAX_TRAIN_VECTORS 200000u
/* A codebook that fewer vectors reach than this many a codeword is trained on all vectors. */
#define LIVE_ENOUGH_VECTORS (8u * LIVE_CODEWORDS)
/* Fewer vectors than this give no mean. */
#define LIVE_RARE_VECTORS 64u
/* -80 dBFS: quieter frames are no example for the levels. */
#define LIVE_TRAIN_QUIET 1e-8f
/* The first stages have a codebook for every sub-band; what they leave looks alike everywhere, and one serves all. */
#define LIVE_OWN_STAGES 2u
/* Share of the rate-distortion bound of a Gaussian that a token reaches: for the choice of training vectors alone. */
#define LIVE_RATE_EFFICIENCY 0.85f
/* In means of the vectors that a stage sees: a larger one is left out of a codebook's training, and counts as this much
 * in mean errors. A few (where the envelope lags behind a sound) are thousands of times the mean: they took whole
 * codebooks, and made the int8 steps of all other codewords coarse. */
#define LIVE_OUTLIER 50.0f
/* What one vector's residual counts at most in its codeword's ratio: more, since a vector beyond the codebook's edge is
 * what a large ratio is for. */
#define LIVE_RATIO_OUTLIER 1e4f
/* Mean square of normalised coefficients under which a sub-band is silent: its band is under the envelope's floor. What
 * it gets of tokens that nothing else wants must not count as what a stage sees. */
#define LIVE_SILENT_SUBBAND 0.01f
/* This many vectors with the average ratio are counted with every codeword: what a few leave is chance. */
#define LIVE_PRIOR_VECTORS 8.0f
/* No mean error is less: sub-bands in which the sounds have nothing must not make a scale of 0. */
#define LIVE_MIN_ERROR 1e-12f
/* A stage leaves at least and at most these shares of the error. */
#define LIVE_MIN_STAGE_SHARE 0.01
#define LIVE_MAX_STAGE_SHARE 0.9

#endif
