# SPDX-License-Identifier: MIT
"""The rows of docs/effects.md: each effect, a line for whoever plays, and what its picture is set to."""

STREAM, TIME, TOKENS, DECODER, CROSS, ENVELOPE, REPEAT = TITLES = [
    "Lost frames", "Frames in another order", "Wrong tokens", "The wrong decoder", "Cross-synthesis", "Envelope and band",
    "Generations and feedback"]


def row(section, names, line, *settings, picture=None, **more):
    names = names.split()
    return {"section": section, "names": names, "line": line, "set": list(settings),
            "picture": picture or (names[0] if settings or more else None), **more}


EFFECTS = [
    row(STREAM, "loss conceal", "Gaps: the stream is gone and nothing hides it.", "loss=0.5", "loss_burst_ms=150",
        "conceal=silence", picture="loss-silence"),
    row(STREAM, "loss conceal", "The last sound hangs until the stream is back.", "loss=0.5", "loss_burst_ms=150",
        "conceal=repeat", picture="loss-repeat"),
    row(STREAM, "loss conceal", "The last sound hangs and dies away.", "loss=0.5", "loss_burst_ms=150", "conceal=fade",
        picture="loss-fade"),
    row(STREAM, "loss conceal", "Gusts of noise with the colour of what was there.", "loss=0.5", "loss_burst_ms=150",
        "conceal=noise", picture="loss-noise"),
    row(STREAM, "loss conceal", "What was before the gap, backwards.", "loss=0.5", "loss_burst_ms=150", "conceal=reverse",
        picture="loss-reverse"),
    row(STREAM, "loss_burst_ms", "Short losses make the sound rough, long ones tear holes.", "loss=0.5", "loss_burst_ms=10",
        "conceal=silence"),
    row(TIME, "stutter_frames", "The last moment goes round until you let it go.", automation=["2 stutter_frames 200"]),
    row(TIME, "stutter_sync", "The same in note values: it stays in time with the others.", "tempo_bpm=100",
        automation=["2 stutter_sync 6"]),
    row(TIME, "stutter_repeats", "Each slice is heard so often, then the next one comes.", "stutter_frames=90",
        "stutter_repeats=4"),
    row(TIME, "stutter_from", "The details stutter while the body of the sound goes on.", "stutter_from=2",
        automation=["2 stutter_frames 200"]),
    row(TIME, "freeze", "The sound stands still.", automation=["1.5 freeze 1", "4 freeze 0", "5 freeze 1"]),
    row(TIME, "freeze_grain_frames", "A longer moment stands still: it hums at the rate at which it goes round.",
        "freeze_grain_frames=64", automation=["1.5 freeze 1", "4 freeze 0", "5 freeze 1"]),
    row(TIME, "freeze_drift", "The frozen sound thaws, and slowly becomes what is played.", "freeze_grain_frames=48",
        "freeze_drift=0.03", automation=["1.5 freeze 1"]),
    row(TIME, "freeze_from", "Frozen details under a loudness that goes on.", "freeze_from=2", automation=["1.5 freeze 1"]),
    row(TIME, "hold_frames", "Time moves in steps, as a slide show does.", "hold_frames=64"),
    row(TIME, "reverse_frames", "Chunks are played backwards, one after the other.", "reverse_frames=256"),
    row(TIME, "level_skew", "The details fall behind the body of the sound.", "level_skew=32"),
    row(TOKENS, "token_error", "Some of the words are wrong: a language that nobody speaks.", "token_error=0.4"),
    row(TOKENS, "error_from", "Only fine details are wrong: dust on the sound.", "token_error=0.4", "error_from=4"),
    row(TOKENS, "error_to", "Only the coarse shape is wrong, and the details correct what is not there.", "token_error=0.4",
        "error_to=1"),
    row(TOKENS, "bit_flip", "One bit of a word is wrong: crackling notes beside the right ones.", "bit_flip=0.3"),
    row(TOKENS, "scramble", "All words have changed places: a machine with a vocabulary of its own.", "scramble=1"),
    row(TOKENS, "token_shift", "Each word is another one from further on in the book.", "token_shift=100"),
    row(TOKENS, "starve", "Loud passages turn pale, and get their details back slowly.", "levels=8", "starve=1"),
    row(TOKENS, "seed", "Another seed, another draw of all that is chance here.", "token_error=0.4", "seed=2"),
    row(TOKENS, "link", "On, both channels have the same accidents; off, each its own, and a wide sound falls apart."),
    row(DECODER, "decode_codec", "Your own sounds' codebooks speak what is played.", picture="decode_codec", foreign=True),
    row(DECODER, "morph", "Half way between the codec's own decoder and the other one.", "morph=0.5", foreign=True),
    row(CROSS, "cross", "The other sound speaks with this one's mouth.", "cross=1", sidechain=True),
    row(CROSS, "cross_from", "This sound's body with the other one's details.", "cross=1", "cross_from=3", sidechain=True),
    row(CROSS, "cross_to", "The other sound's body with this one's details.", "cross=1", "cross_to=2", sidechain=True),
    row(CROSS, "cross_lag_ms", "The other sound comes late.", "cross=1", "cross_lag_ms=500", sidechain=True),
    row(ENVELOPE, "formant", "A larger or smaller throat, at the same pitch.", "formant=-12"),
    row(ENVELOPE, "tilt", "Brighter or darker, as by a tone control.", "tilt=-6"),
    row(ENVELOPE, "smear_ms", "What is loud fades in and lingers: a cloud.", "smear_ms=500"),
    row(ENVELOPE, "smear_bands", "Vowels and resonances wash out.", "smear_bands=8"),
    row(ENVELOPE, "birdies", "High bands chirp in and out, as in early music files.", "birdies=1"),
    row(ENVELOPE, "band_low_hz", "No bottom.", "band_low_hz=1000"),
    row(ENVELOPE, "band_high_hz", "No top.", "band_high_hz=2000"),
    row(REPEAT, "generations", "A copy of a copy of a copy.", "levels=2", "generations=8"),
    row(REPEAT, "feedback", "An echo that is coded anew with each repeat, and crumbles.", "levels=3", "feedback=0.8"),
    row(REPEAT, "feedback_ms", "Short: a ringing tube. Long: an echo.", "levels=3", "feedback=0.9", "feedback_ms=20"),
]
