// SPDX-License-Identifier: MIT
// The table of commands: with that of the options, parsing, --help and the man page are made from it.
#include "app.h"

#include <string.h>

#define END APP_OPT_HELP, APP_OPT_VERSION, APP_OPT_COUNT
static const app_option_id live_options[] = {APP_OPT_INPUT_DEVICE,
                                             APP_OPT_OUTPUT_DEVICE,
                                             APP_OPT_HOST_API,
                                             APP_OPT_BACKEND,
                                             APP_OPT_JACK_NO_CONNECT,
                                             APP_OPT_RATE,
                                             APP_OPT_BLOCK,
                                             APP_OPT_CHANNELS,
                                             APP_OPT_INPUT_FILE,
                                             APP_OPT_SIDECHAIN_FILE,
                                             APP_OPT_SIDECHAIN_DEVICE,
                                             APP_OPT_CV,
                                             APP_OPT_CV_DEVICE,
                                             APP_OPT_RECORD,
                                             APP_OPT_RECORD_AUTOMATION,
                                             APP_OPT_TAP,
                                             APP_OPT_PROFILE,
                                             APP_OPT_PROFILE_STAGES,
                                             APP_OPT_ENTROPY,
                                             APP_OPT_DURATION,
                                             APP_OPT_WAIT_DEVICE,
                                             APP_OPT_CODEC,
                                             APP_OPT_LEVELS,
                                             APP_OPT_PRESET,
                                             APP_OPT_SET,
                                             APP_OPT_SCHEDULE,
                                             APP_OPT_OSC_PORT,
                                             APP_OPT_OSC_BIND,
                                             APP_OPT_OSC_FILES,
                                             APP_OPT_NO_OSC,
                                             APP_OPT_MIDI_INPUT,
                                             APP_OPT_MIDI_MAP,
                                             APP_OPT_HTTP,
                                             APP_OPT_HTTP_BIND,
                                             APP_OPT_VERBOSE,
                                             APP_OPT_QUIET,
                                             END};
static const app_option_id latency_options[] = {APP_OPT_INPUT_DEVICE,
                                                APP_OPT_OUTPUT_DEVICE,
                                                APP_OPT_HOST_API,
                                                APP_OPT_BACKEND,
                                                APP_OPT_JACK_NO_CONNECT,
                                                APP_OPT_JACK_LOOPBACK,
                                                APP_OPT_RATE,
                                                APP_OPT_BLOCK,
                                                APP_OPT_PROBE,
                                                APP_OPT_REPEAT,
                                                APP_OPT_RUN_DURATION,
                                                APP_OPT_THROUGH,
                                                APP_OPT_CODEC,
                                                APP_OPT_LEVELS,
                                                APP_OPT_PRESET,
                                                APP_OPT_SET,
                                                APP_OPT_SCHEDULE,
                                                APP_OPT_SWEEP,
                                                APP_OPT_INSERT,
                                                APP_OPT_SELF_TEST,
                                                APP_OPT_JSON,
                                                APP_OPT_CSV,
                                                APP_OPT_PLOT,
                                                APP_OPT_VERBOSE,
                                                APP_OPT_QUIET,
                                                END};
static const app_option_id stress_options[] = {APP_OPT_TRIAL_DURATION, APP_OPT_LOAD,  APP_OPT_RATE,
                                               APP_OPT_JSON,           APP_OPT_QUIET, END};
static const app_option_id profile_options[] = {APP_OPT_JSON, APP_OPT_PLOT, APP_OPT_QUIET, END};
static const app_option_id process_options[] = {
    APP_OPT_CODEC,     APP_OPT_LEVELS, APP_OPT_PRESET, APP_OPT_SET,   APP_OPT_AUTOMATION,
    APP_OPT_SIDECHAIN, APP_OPT_RAW,    APP_OPT_FORMAT, APP_OPT_QUIET, END};
static const app_option_id encode_options[] = {APP_OPT_CODEC,   APP_OPT_LEVELS,  APP_OPT_PRESET, APP_OPT_SET,
                                               APP_OPT_PATTERN, APP_OPT_ENTROPY, APP_OPT_QUIET,  END};
static const app_option_id decode_options[] = {
    APP_OPT_CODEC,      APP_OPT_FORCE_CODEC, APP_OPT_LEVELS, APP_OPT_PRESET, APP_OPT_SET, APP_OPT_PATTERN,
    APP_OPT_MISALIGNED, APP_OPT_RAW,         APP_OPT_FORMAT, APP_OPT_QUIET,  END};
static const app_option_id analyze_options[] = {APP_OPT_CODEC, APP_OPT_LEVEL_LIST, APP_OPT_SET, APP_OPT_JSON,
                                                APP_OPT_PLOT,  APP_OPT_QUIET,      END};
static const app_option_id compare_options[] = {APP_OPT_AGAINST,    APP_OPT_RATE_LIST, APP_OPT_CODEC,
                                                APP_OPT_LEVEL_LIST, APP_OPT_SET,       APP_OPT_JSON,
                                                APP_OPT_WRITE,      APP_OPT_QUIET,     END};
/* Of both listening tests. */
#define LISTENING_OPTIONS                                                                                              \
    APP_OPT_LOOP, APP_OPT_RESULTS, APP_OPT_CODEC, APP_OPT_PRESET, APP_OPT_SET, APP_OPT_OUTPUT_DEVICE,                  \
        APP_OPT_HOST_API, APP_OPT_BACKEND, APP_OPT_JACK_NO_CONNECT, APP_OPT_RATE, APP_OPT_BLOCK, APP_OPT_HTTP,         \
        APP_OPT_HTTP_BIND, APP_OPT_DRAW_SEED, APP_OPT_QUIET, END
static const app_option_id abx_options[] = {APP_OPT_SOUND_A, APP_OPT_SOUND_B, APP_OPT_TRIALS, LISTENING_OPTIONS};
static const app_option_id rate_options[] = {APP_OPT_LEVEL_LIST, APP_OPT_MID_ANCHOR, LISTENING_OPTIONS};
static const app_option_id train_options[] = {APP_OPT_OUTPUT, APP_OPT_HOP,   APP_OPT_SEED, APP_OPT_THREADS,
                                              APP_OPT_NAME,   APP_OPT_QUIET, END};
static const app_option_id devices_options[] = {APP_OPT_VERBOSE, END};
static const app_option_id codecs_options[] = {APP_OPT_RATE, END};
static const app_option_id models_options[] = {APP_OPT_FROM, APP_OPT_QUIET, END};
static const app_option_id tokens_options[] = {APP_OPT_TRUNCATE, APP_OPT_ENTROPY, APP_OPT_QUIET, END};
static const app_option_id patterns_options[] = {APP_OPT_CODEC, APP_OPT_ROW_LEVELS, APP_OPT_MEASURE, APP_OPT_HELD_OUT,
                                                 APP_OPT_JSON,  APP_OPT_PLOT,       APP_OPT_QUIET,   END};
static const app_option_id midi_options[] = {APP_OPT_MIDI_MAP, APP_OPT_MAP_JSON, END};
static const app_option_id params_options[] = {APP_OPT_LAYOUT, APP_OPT_CODEC, APP_OPT_MARKDOWN_TABLE, APP_OPT_SCHEMA,
                                               END};
static const app_option_id man_options[] = {APP_OPT_MARKDOWN, END};
static const app_option_id no_options[] = {END};

static const app_command commands[] = {
    {"live", "", "hear each level of the codec, live",
     "Sound goes in, is coded level by level, and the levels that are switched on are played at once. A terminal "
     "screen "
     "shows every level; without a terminal, or built without ncurses, one line a second. Every parameter can be "
     "turned over Open Sound Control "
     "at /residuum (see residuum params).\n"
     "Under JACK (--backend jack, or where a server runs) it has the ports in_1, in_2... and out_1, out_2..., tells "
     "the "
     "server its exact latency in both directions, waits for late frames in freewheel so that renders are exact, and "
     "shows the transport.\n"
     "Where there is no sound device, a built-in demo is played through a null device, so that meters move and a "
     "recording can be kept.\n"
     "Keys: left and right, - and + change the levels by 0.1 and by 1; up, down and digits pick a level; s solos and m "
     "mutes it; w, d, r, t hear wet, dry, residual and the delta of the top level; p and P walk through the presets; R "
     "starts and stops a recording; b bypasses; h shows how long callbacks take; ? shows the keys; q quits. Ctrl-C and "
     "SIGTERM stop cleanly: the "
     "recording is whole.",
     0, 0, live_options, app_live},
    {"latency", "", "measure the round trip of a device, and of the codec",
     "Plays a probe round after round, finds it in what comes back by cross-correlation, between samples, and prints "
     "the "
     "figures below. Connect the output to the input first: by a cable, by the room, or under JACK through any graph. "
     "Rounds count from the first that is heard, which is waited for up to 10 s, and a round trip of up to half a "
     "second "
     "is found.\n"
     "round trip: samples from play to capture, as the median of the rounds; min and max are the shortest and the "
     "longest. "
     "mean absolute deviation: the mean distance of a round from the median. "
     "jitter: the standard deviation of the rounds. "
     "device: what of the round trip is not ours, as measured straight, beside what the device says itself. "
     "codec, resampler, threaded hop: what each of our parts states to add; engine: what it adds to make the sum whole "
     "samples. "
     "adds: the median through the codec less the median straight.\n"
     "polarity: whether a positive sample comes back as a positive one. "
     "gain: the level of the arrival against what was played. "
     "signal: rms level of what comes back while the probe sounds in it. "
     "noise: rms level of the end of a round, when the probe is over. "
     "correlation: how alike what comes back is to the probe, from 0 to 1 for the same. "
     "confidence: 1 less the second highest peak of the correlation over the highest, near 1 where there is no "
     "other arrival. "
     "xruns and late frames: gaps that the device reported and frames that a threaded codec did not have in time; "
     "their "
     "rounds do not count. "
     "The last five of these and the gain are those of the round nearest the median.\n"
     "Lines with ! say what is wrong: nothing heard, too soft (under -60 dBFS), clipped, noisy (less than 20 dB over "
     "the "
     "noise), an echo (a second arrival within 20 dB), feedback (arrivals at even distances, each softer), jumps "
     "(rounds "
     "that differ by more than a sample). The exit code is 1 where nothing is heard, or the codec adds other than "
     "it states or too unsteadily to tell; of a sweep where that is so in a row, or all rows are refused. Ctrl-C and "
     "SIGTERM end the measurement with the rounds that there are; its reports are written.",
     0, 0, latency_options, app_latency},
    {"profile", "FILE", "read a profile of live",
     "Reads what residuum live --profile FILE has written, also while it is written, or after a crash, up to where it "
     "was cut off or is damaged.\n"
     "duration: time from when the audio thread was called until it returned. "
     "load: the duration as a share of the deadline, which is how long the block of the callback lasts. "
     "entry: how much later the callback began than an even pace from the earliest of it and the 32 to 64 before it. "
     "median, 90 %, ..., 99.99 %, max: so many of the callbacks had this figure or a smaller one. "
     "past their deadline: callbacks that ended later than an even pace and their deadline let them. "
     "xruns: gaps that the device reported. "
     "late frames: frames that a threaded codec did not have in time. "
     "records lost: callbacks that no record is left of, as the file was not written in time. "
     "longest queues: the most samples that waited for the disk, frames of tokens for the control thread, and frames "
     "for "
     "the worker of a threaded codec. "
     "page faults, preempted, slept: what the system counts of the audio thread, read ten times a second or more: "
     "memory "
     "that was not there yet (major: on the disk), how often it was taken off its processor, how often it waited. "
     "within callbacks: the same within the callbacks alone, as the kernel wrote it down at its time (Linux, where "
     "kernel.perf_event_paranoid is 2 or less). "
     "worst callbacks: those that reached furthest into their deadline, lateness and duration together, with what "
     "happened around them.\n"
     "With --profile-stages in live: analysis: of the encoder, all but the search. "
     "search: finding the codewords, level by level. "
     "effects: those on tokens. "
     "synthesis: the decoder. "
     "resampler: both ways, where the codec has another rate. "
     "mixer: monitor, mix, fades and output gain. "
     "Each is the time that a second of sound took, of all channels, on whichever thread, as one callback in 32, drawn "
     "by "
     "chance, says.",
     1, 1, profile_options, app_profile},
    {"stress", "[CODEC...]", "find what this machine holds",
     "Plays the demo sound through each codec (default: all that are here) and the null device, whose thread a timer "
     "wakes "
     "as a sound card's interrupt does, and looks for what is held without a late callback. A sound card may need "
     "longer "
     "blocks. A callback is late where lateness and duration together go past its deadline, where the device reports a "
     "gap, or where a frame of a threaded codec is not ready; a trial ends with the first, and its first quarter of a "
     "second does not count.\n"
     "block: the smallest block of 16, 32, ... 2048 samples that held with all levels, mono. "
     "ms: the latency with it, of the codec and of a block in and a block out. "
     "channels: the most, up to 8, that held in that block with all levels. "
     "levels at half: the most levels that held in blocks of half that size, mono. "
     "The last word says whether the codec ran in the callback (inline) or on a worker (threaded).\n"
     "Before that it says what the system grants, found by trying, and how to grant the rest: "
     "real-time priority: whether a thread may have one. "
     "memory lock: whether 64 MB may be locked. "
     "frequency governor: whether all processors run at full speed. "
     "timer slack: how late the system may wake a thread to save power. "
     "The exit code is 1 where no codec held. Ctrl-C and SIGTERM end it with the codecs that were tried.",
     0, UINT32_MAX, stress_options, app_stress},
    {"process", "IN OUT", "run a sound file through the codec",
     "The same engine as live, faster than real time. IN is any file that libsndfile reads, with 1 to 8 channels at "
     "any "
     "rate; OUT is of the kind that its extension names. OUT is as long as IN and aligned with it to the sample, "
     "unless "
     "--raw keeps the latency. IN may be - or a pipe, which is read to its end first (into $TMPDIR or /var/tmp); a "
     "file "
     "that was cut off is taken as far as it goes. Tags, cue and loop points, speaker positions and the time stamp of "
     "broadcast WAV are kept where OUT's kind can, and named where not. Clipped samples are counted and said.\n"
     "OUT appears when it is whole, over what had its name; after an error or a signal the old file is still there. A "
     "WAV of over 4 GiB is an RF64 file.\n"
     "Lines of an automation file are 'seconds symbol value', for example '2.5 levels 1' or '3 monitor residual' or '4 "
     "level_mute[2] 1' or '5 preset telephone', in order of time. Times count on the input.",
     2, 2, process_options, app_process},
    {"encode", "IN TOKENS.npy|TOKENS.rsdt", "turn a sound file into tokens",
     "Writes the tokens as int32 NPY of shape (K, T), K sequences by T frames, or (channels, K, T) for more than one "
     "channel; -1 is a sequence that was not coded. TOKENS.side.npy holds the side tokens that every level count "
     "needs, "
     "TOKENS.json what they belong to.\n"
     "TOKENS.rsdt is one file with all of that, bit by bit, at the bitrate that residuum codecs states; with --entropy "
     "an "
     "adaptive model foretells every token, and only what it did not know is written.\n"
     "Of files that are there, only tokens are written over. Decoding with the same settings gives the samples of "
     "residuum process.\n"
     "--pattern interleaves the rows of the levels that are coded for a token model: the array then has a column a "
     "step, and where a row has no token its special token, which is one past its last.",
     2, 2, encode_options, app_encode},
    {"decode", "TOKENS.npy|TOKENS.rsdt OUT", "turn tokens back into sound",
     "Reads TOKENS.npy, TOKENS.side.npy and TOKENS.json, or TOKENS.rsdt, as residuum encode writes them. Of a stream "
     "that "
     "is damaged, cut off or still being written, what is there is played, and the rest is silence. --levels plays "
     "fewer levels "
     "than "
     "were coded; the default is all that were. OUT has the rate, the length and the samples' format of the sound that "
     "was encoded. Rows that a pattern interleaved are lined up again, whatever the JSON file or --pattern says it is; "
     "--misaligned plays them as they stand. Tokens that the codec does not have are played as some that it has; their "
     "number and the place of "
     "the first are said.",
     2, 2, decode_options, app_decode},
    {"analyze", "IN", "measure what each level does to a sound file",
     "A row per level count: bitrate of all channels, fixed and entropy coded, signal-to-noise ratio over the whole "
     "file and over 20 ms "
     "segments, "
     "log-spectral distance, noise-to-mask ratio, how many codewords the level really uses, and CPU time as a share of "
     "real time.\n"
     "Codewords used are one over the chance that two tokens of a sequence, 0.1 s apart or more, are the same: so many "
     "codewords, used equally often, have that chance. The figure does not depend on the length of the file and is at "
     "most the size of the codebook. A dash means that no two tokens were the same.\n"
     "The noise-to-mask ratio is that of psychoacoustic model 1 of ISO/IEC 11172-3, with full scale at 96 dB SPL: "
     "frames "
     "of 1024 samples, the mean as powers. Under 0 dB the error is masked on the whole.",
     1, 1, analyze_options, app_analyze},
    {"compare", "IN", "measure a sound file against codecs of other makers",
     "One table in order of bitrate: a row per level count of the codec and one per bitrate of each other codec, with "
     "signal-to-noise ratio over the whole file and over 20 ms segments, log-spectral distance, noise-to-mask ratio "
     "(as in analyze), latency, and CPU time "
     "of encoding and decoding. Bitrates are of all channels, a packet's every byte counted; level bits are what the "
     "topmost level adds to a frame of one channel. Where another codec was asked for a bitrate within 10 % of a "
     "level's, the row says how much better or worse the level is (more SNR, less LSD and less NMR are better).\n"
     "opus runs as live sound would have it: restricted low delay (CELT), constant bitrate, complexity 10, frames of "
     "2.5 ms, each channel by itself; its output is moved back by the encoder's lookahead, to the sample. opus-stereo "
     "is the same with both channels of a stereo file in one joint stereo stream at the sum of the rates; opus names "
     "it too, and a level is set against the better of both by signal-to-noise ratio. opus-5ms and opus-10ms have "
     "longer frames and more delay than live-128, and are compared with where they are named. A file of another rate "
     "is brought to "
     "48 kHz and back for them; their latency is without that. The libraries' versions stand over the table.\n"
     "--write keeps all the sounds for the ear and for other measures.",
     1, 1, compare_options, app_compare},
    {"abx", "IN", "a blind test of whether two settings can be told apart",
     "Codes IN twice, makes both as loud as each other (integrated loudness by ITU-R BS.1770), and plays them in step, "
     "around a loop. For each trial X is drawn: it is A or B. Listen to a, b and x as often as you like, then answer. "
     "Nothing is told before the end. Every change of sound fades out and in over 10 ms, one to the same sound, too.\n"
     "Keys: a, b, x play; space plays the next of them, so that one key is enough with eyes closed; 1 says that X is "
     "A, "
     "2 that X is B; q ends. Where standard input is no terminal these come as lines, and `loop 1.5 4` sets the loop. "
     "With --http a page in the browser does the same.\n"
     "After a fixed number of trials: the chance that guessing has so many right answers or more (p), and the exact "
     "95 % interval of the share (Clopper and Pearson). A sequential test is Wald's: it ends when it is clear that X "
     "is "
     "told apart in 80 % of trials, or that it is guessed, each wrong in at most 5 % of tests; after 100 trials it "
     "is undecided. A test that is stopped before has no p.",
     1, 1, abx_options, app_abx},
    {"rate", "IN...", "ratings of several level counts, blind, as in MUSHRA",
     "For each sound, as ITU-R BS.1534 has it: a reference, and in an order drawn anew the same reference, hidden, an "
     "anchor (low-passed at 3.5 kHz), and the sound at each level count of --levels. All are made as loud as the "
     "reference and play in step. Each gets a rating from 0 to 100. Of BS.1534 the screening of listeners is left to "
     "you; its second anchor (7 kHz) comes with --mid-anchor.\n"
     "Lines of standard input: r plays the reference, 1, 2 and on a condition; `rate 2 80` rates one; `next COMMENT` "
     "goes to the next sound; `loop 1.5 4` sets the loop; q ends. --http serves a page with faders, which is easier.\n"
     "NAME.csv has the columns that webMUSHRA writes without a questionnaire, so that its evaluation scripts read it.",
     1, APP_MAX_SETS, rate_options, app_rate},
    {"train", "DIR|FILE...", "train a codec on one's own sounds",
     "Reads sound files, or all sound files below a folder, mixes them to mono at 48 kHz and trains the codebooks of "
     "the "
     "live codec in minutes. The result is used by --codec FILE.safetensors. A file "
     "that cannot be used is skipped and told with its reason; folders that several links lead to are read once.\n"
     "Training needs at least 3 s of sound (1.5 s with --hop 64, 6 s with --hop 256). From less than 10 s the codec "
     "learns these sounds, but codes hardly any others well; ten minutes of varied sound are a good start.",
     1, UINT32_MAX, train_options, app_train},
    {"devices", "", "list sound devices",
     "Number, name, sound system, channels, rate and latency of every JACK client, where a JACK server runs, and of "
     "every "
     "device that PortAudio sees; * marks the defaults. JACK clients have no number: --input-device and "
     "--output-device "
     "take their names.",
     0, 0, devices_options, app_devices},
    {"codecs", "[DIR|FILE...]", "list codecs",
     "Lists the built-in codecs, models known by name (see residuum models), codecs in the given files or below the "
     "given folders, and folders that are a codec (EnCodec, Lyra V2). Rate and hop are the codec's own. Latency is "
     "from "
     "input to output at --rate, resampler and schedule included. The second line of a codec says how much processor "
     "time a frame of all levels takes on this machine, and whether that is real time, inline or threaded.",
     0, UINT32_MAX, codecs_options, app_codecs},
    {"models", "[get NAME]", "list and fetch models of others",
     "Lists models that are no part of Residuum, but that it knows by name: what each is, its licence, its files with "
     "size and SHA-256, where it is published, and where it is installed. --codec NAME finds it there.\n"
     "get fetches one into $XDG_DATA_HOME/residuum/models (or ~/.local/share/residuum/models): all its files or none. "
     "Their SHA-256 sums are compared with those that are known; a file with another sum is refused and removed. A "
     "download that was cut off is resumed. A proxy is used where the environment names one (https_proxy, no_proxy).\n"
     "Where the variable RESIDUUM_MODELS names a folder, models are looked for there first, each in a folder of its "
     "name.",
     0, 2, models_options, app_models},
    {"presets", "[import FILE|export NAME FILE|lv2 [FOLDER]]", "list presets, and take them in and out",
     "Name and description of every built-in preset and of those in "
     "$XDG_CONFIG_HOME/residuum/presets (or ~/.config/residuum/presets), where residuum live saves them (key S).\n"
     "import checks a preset file and puts it into that folder under its name; export writes a preset, built in or "
     "your own, as a file; lv2 writes your own as a bundle for LV2 hosts, ~/.lv2/residuum-presets.lv2 where no other "
     "folder is named, and from then on what is saved or imported goes there, too.",
     0, 3, no_options, app_presets},
    {"patterns", "[PATTERN...|FILE...]", "show interleaving patterns",
     "The order in which a token model reads the rows of tokens: steps and special tokens of 30 s, steps until the "
     "first "
     "frame is whole, frames and milliseconds that a decoder waits, for the rows of a codec; and the layout of the "
     "first "
     "rows, as letters and by --plot as a picture. A pattern is NAME, NAME=LIST for those that take lists (a number a "
     "row), unroll=INNER,.../DELAY,... or musiclm=ROWS; +first=N behind delay patterns flattens the first N frames, "
     "+start=N sets the steps before the first token. Without operands: all, with lists that fit the rows.\n"
     "--measure FILE... codes the tokens of sound files by an adaptive context-mixing model, which may look only at "
     "what "
     "the pattern has sent before a step, and prints what a token costs, its share of what flatten gains over "
     "parallel, "
     "the bitrate with side tokens, the steps (evaluations of a model) a second of sound, the time of coding as a "
     "share of the sound, "
     "and "
     "the delay; then the bits of every level. The model learns as it goes, from file to file; "
     "--held-out: from pieces of 10 s of each in turn.\n"
     "encode --pattern writes rows in that order, decode lines them up again; docs/patterns.md says which to choose.",
     0, UINT32_MAX, patterns_options, app_patterns},
    {"tokens", "IN [OUT]", "show what a file of tokens holds, or turn it into another kind",
     "Codec, length, levels and bitrates of a compact stream (.rsdt) or of an array (.npy), and whether a stream is "
     "whole. With OUT it is written as what that name says, .rsdt or .npy: back and forth nothing changes but "
     "sequences "
     "that were not coded for a whole level, which a stream leaves out. --truncate keeps the first levels; rows that a "
     "pattern interleaves become those of fewer rows. Of files that are there, only tokens are written over.",
     1, 2, tokens_options, app_tokens},
    {"params", "", "list parameters",
     "Symbol, OSC address, unit, range, default and meaning of every parameter. The symbols are those of --set, of "
     "presets "
     "and of automation files; N in an address and [N] in a symbol stand for a level, from 1.",
     0, 0, params_options, app_params},
    {"midi", "", "show what MIDI steers",
     "Every controller and note of the MIDI map, and what it turns: the user's map, "
     "$XDG_CONFIG_HOME/residuum/midi.json "
     "(or ~/.config/residuum/midi.json), where there is one, else the one that is built in. residuum live and the "
     "plugins "
     "read the same file. Learning (key L of live, /residuum/midi/learn over OSC) writes it.\n"
     "Program changes load presets, in order of their names, from 0. A MIDI clock gives the tempo.",
     0, 0, midi_options, app_midi},
    {"man", "", "print the manual page",
     "The manual page in roff, made from the same text as --help: residuum man | man -l "
     "-",
     0, 0, man_options, app_man},
};

const app_command *app_command_at(uint32_t index)
{
    return index < sizeof commands / sizeof *commands ? &commands[index] : NULL;
}

const app_command *app_command_find(const char *name)
{
    for (uint32_t i = 0; app_command_at(i); i++)
        if (strcmp(app_command_at(i)->name, name) == 0) return app_command_at(i);
    return NULL;
}
