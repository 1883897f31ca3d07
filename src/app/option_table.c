// SPDX-License-Identifier: MIT
// The table of options, which commands share: what each is called, takes and does.
#include "app.h"

const app_option app_options[APP_OPT_COUNT] = {
    [APP_OPT_CODEC] = {"codec", 'c', "NAME|FILE|DIR",
                       "Codec by name (see residuum codecs and residuum models), a file of residuum train, an EnCodec "
                       "folder (config.json, model.safetensors; :int16 behind it for weights of 16 bits) or one with "
                       "Lyra's three .tflite files; default: what the preset or the tokens name, else live"},
    [APP_OPT_LEVELS] = {"levels", 'l', "N",
                        "How many RVQ levels are active; 3.4 is three whole and the fourth at 0.4; "
                        "default: all"},
    [APP_OPT_PRESET] = {"preset", 'p', "NAME|FILE",
                        "Start from a preset (see residuum presets) or a preset file; "
                        "--levels and --set come on top"},
    [APP_OPT_SET] = {"set", 's', "SYMBOL=VALUE",
                     "Set a parameter (see residuum params), for example "
                     "level_gain[2]=0.5; may be given again"},
    [APP_OPT_AUTOMATION] = {"automation", 'a', "FILE",
                            "Change parameters, codec or preset on the way: lines of 'seconds symbol value', with "
                            "'ramp SECONDS' behind a number to move it there evenly; "
                            "# at the beginning of a word starts a comment"},
    [APP_OPT_RAW] = {"raw", 0, NULL, "Keep the latency: the output starts that much later and is that much longer"},
    [APP_OPT_FORMAT] =
        {"format", 'f', "SAMPLES",
         "Samples in the output file, for example pcm_16, pcm_24, pcm_32 or float; what the output's kind "
         "cannot hold is refused; default: as the input file, or the nearest that it can hold"},
    [APP_OPT_INPUT_DEVICE] = {"input-device", 'i', "NAME|N",
                              "Input device by part of its name or by its number (see "
                              "residuum devices); under JACK a client, or how the names of its ports begin"},
    [APP_OPT_OUTPUT_DEVICE] = {"output-device", 'o', "NAME|N", "Output device, likewise"},
    [APP_OPT_HOST_API] = {"host-api", 0, "NAME", "Only devices of this sound system, for example jack or alsa"},
    [APP_OPT_BACKEND] = {"backend", 0, "auto|jack|portaudio|null",
                         "auto takes JACK where a JACK server already runs and has the devices, rate and channels that "
                         "are asked for; it never starts a server. Otherwise it takes PortAudio, and where there is "
                         "no sound hardware the null device, which a timer paces"},
    [APP_OPT_JACK_NO_CONNECT] = {"jack-no-connect", 0, NULL,
                                 "Under JACK: do not connect to the physical ports, only to --input-device and "
                                 "--output-device where they are given"},
    [APP_OPT_JACK_LOOPBACK] = {"jack-loopback", 0, NULL,
                               "Under JACK: connect our own output to our own input, and to nothing else"},
    [APP_OPT_RATE] = {"rate", 'r', "HZ", "Sample rate; default: in live the device's, in codecs 48000"},
    [APP_OPT_BLOCK] = {"block", 'b', "SAMPLES",
                       "Block that the device is asked for; default: its own, which adds no "
                       "delay; a JACK server has its own for all"},
    [APP_OPT_CHANNELS] = {"channels", 0, "N",
                          "Channels: 1, 2 (a stereo pair), up to 8 under JACK and through the null device; default: 1"},
    [APP_OPT_INPUT_FILE] = {"input-file", 0, "FILE", "A sound file, looped, in place of the microphone; not a pipe"},
    [APP_OPT_SIDECHAIN] =
        {"sidechain", 0, "FILE",
         "A second sound file, for cross-synthesis: its codewords sound in the envelope of IN, as far "
         "as --set cross=0..1 says; silence behind its end"},
    [APP_OPT_SIDECHAIN_FILE] =
        {"sidechain-file", 0, "FILE",
         "A second sound file, looped, for cross-synthesis: its codewords sound in the envelope of "
         "the input, as far as the parameter cross says; not a pipe"},
    [APP_OPT_SIDECHAIN_DEVICE] = {"sidechain-device", 0, "NAME",
                                  "A second input for cross-synthesis. Under JACK a client, or how the names of its "
                                  "ports begin; they are connected to the ports sidechain_1 and on. Else a device, by "
                                  "number or part of its name; where that is the input's, its channels behind those of "
                                  "the input"},
    [APP_OPT_CV] = {"cv", 0, "SYMBOL=A..B,SYMBOL,...",
                    "Signals of a modular system that steer, under JACK alone: a port for each control, cv_levels for "
                    "levels. 0 to 1 of the signal is the range behind =, or all of the control's"},
    [APP_OPT_CV_DEVICE] = {"cv-device", 0, "NAME",
                           "With --cv: connect those ports, in order, to a client, or to ports whose names begin so"},
    [APP_OPT_RECORD] = {"record", 0, "FILE",
                        "Record what is heard, from the start. A file of that name is replaced when the "
                        "recording stops; a new one is there from the start, and whole to the last "
                        "second should the program be killed"},
    [APP_OPT_RECORD_AUTOMATION] = {"record-automation", 0, "FILE",
                                   "Record what is played, from the start: every change of a parameter, codec, preset "
                                   "or tempo, whoever made it, at its sample. residuum process --automation plays it "
                                   "again; of files that are there, only recorded automation is written over, at the "
                                   "end"},
    [APP_OPT_DURATION] = {"duration", 'd', "SECONDS", "Stop after this much sound; default: when told to"},
    [APP_OPT_WAIT_DEVICE] = {"wait-device", 0, "SECONDS",
                             "How long a sound device or a JACK server that went away is waited for; everything else "
                             "goes on meanwhile, and a recording lacks the gap; default: 30; 0: live ends at once"},
    [APP_OPT_RUN_DURATION] = {"duration", 'd', "SECONDS",
                              "Go on for so long, in place of --repeat, for 20000 rounds at most (some four hours)"},
    [APP_OPT_PROBE] = {"probe", 0, "mls|sweep|click",
                       "What is played: a maximum length sequence, which is heard through noise; an exponential sine "
                       "sweep, for loops that do not like noise; a click of one sample, for clean loops; default: mls"},
    [APP_OPT_REPEAT] = {"repeat", 'n', "N", "Rounds, with --through of each kind; default: 16, in a sweep 4"},
    [APP_OPT_THROUGH] =
        {"through", 't', NULL,
         "Put our codec into the loop, every second round, and check that it adds as many samples as it "
         "states, to 0.1 sample"},
    [APP_OPT_SWEEP] = {"sweep", 0, "blocks=16,32,rates=HZ,codecs=NAME,schedules=auto",
                       "Measure every combination of these lists (each may be left out) and print one table; what the "
                       "device refuses has its reason in the table"},
    [APP_OPT_INSERT] =
        {"insert", 0, "SAMPLES",
         "Close the loop in software, by a delay of so many samples (a fraction from 32 on), in place of "
         "the device's input: to test the tester"},
    [APP_OPT_SELF_TEST] =
        {"self-test", 0, NULL,
         "Put known delays, gains, noise, echoes, feedback and drops into a loop in software, without "
         "a device, and find them"},
    [APP_OPT_TRIAL_DURATION] = {"duration", 'd', "SECONDS",
                                "How long a block, a number of channels or of levels must hold; default: 3"},
    [APP_OPT_LOAD] = {"load", 0, "N",
                      "Beside N threads at normal priority that calculate and touch memory all the time; default: 0"},
    [APP_OPT_SCHEDULE] = {"schedule", 0, "auto|inline|threaded",
                          "Run the codec in the audio thread or one hop behind "
                          "it; auto measures and picks"},
    [APP_OPT_OSC_PORT] = {"osc-port", 0, "PORT",
                          "UDP port for Open Sound Control; 0 lets the system choose; default: "
                          "9000"},
    [APP_OPT_OSC_BIND] = {"osc-bind", 0, "ADDRESS",
                          "IPv4 address to listen on, 0.0.0.0 for all; default: 127.0.0.1, "
                          "this machine alone. Clients elsewhere confirm their address before they are answered"},
    [APP_OPT_OSC_FILES] = {"osc-files", 0, "DIR",
                           "Codecs and presets below this folder may be loaded over Open Sound Control, too, by their "
                           "path from it; without it only built-in codecs, and presets by name; may be given again"},
    [APP_OPT_NO_OSC] = {"no-osc", 0, NULL, "Do not listen for Open Sound Control"},
    [APP_OPT_HTTP] = {"http", 0, "PORT",
                      "Serve a page for a browser, and OSCQuery (a tree of all controls), on this TCP port; 0 lets "
                      "the system choose"},
    [APP_OPT_HTTP_BIND] =
        {"http-bind", 0, "ADDRESS",
         "Serve it on this IPv4 address; 0.0.0.0: on every one; by default this machine alone. Beyond "
         "this machine only who has the whole address that is printed may steer"},
    [APP_OPT_MIDI_INPUT] = {"midi-input", 0, "NAME",
                            "MIDI device by part of its name (see residuum devices); under JACK one of its MIDI ports, "
                            "else one of PortMidi's. Without it the JACK port midi_in is there for others to connect"},
    [APP_OPT_MIDI_MAP] = {"midi-map", 0, "FILE",
                          "What MIDI steers; what is learnt is kept there. Default: the user's midi.json, see residuum "
                          "midi"},
    [APP_OPT_MAP_JSON] = {"json", 'j', NULL, "Print the map as the JSON file that --midi-map takes"},
    [APP_OPT_JSON] = {"json", 'j', "FILE",
                      "Write the figures as JSON; - writes to standard output in place of the "
                      "table. Of files that are there, only earlier figures are written over"},
    [APP_OPT_CSV] =
        {"csv", 0, "FILE",
         "Write a line a round as CSV; - writes to standard output in place of the table. Of files that are "
         "there, only earlier ones are written over"},
    [APP_OPT_PLOT] =
        {"plot", 0, "FILE.svg|png",
         "Draw the figures as SVG or PNG, as the name ends; of files that are there, only pictures of that "
         "kind are written over"},
    [APP_OPT_LEVEL_LIST] = {"levels", 'l', "LIST", "Level counts to measure, for example 1,2,4-8; default: 1 to all"},
    [APP_OPT_AGAINST] =
        {"against", 0, "NAME,...",
         "Codecs to compare with, of those in this build: opus, opus-stereo, lyra, opus-5ms, opus-10ms; default: "
         "the first three"},
    [APP_OPT_RATE_LIST] = {"rates", 'r', "LIST",
                           "Bitrates of one channel, in kbps, at which Opus runs (Lyra has its own three); default: "
                           "24,32,48,64,96,128,192"},
    [APP_OPT_WRITE] = {"write", 'w', "FOLDER",
                       "Write every decoded sound there as float WAV, named by codec, level and bitrate; the folder is "
                       "made where it is not there"},
    [APP_OPT_SOUND_A] = {"a", 0, "SETTINGS",
                         "Sound A: dry, or settings divided by commas as --set takes them, for example levels=4; codec "
                         "and preset are settings, too; must be given"},
    [APP_OPT_SOUND_B] = {"b", 0, "SETTINGS", "Sound B, likewise; must be given"},
    [APP_OPT_TRIALS] = {"trials", 'n', "N|sequential",
                        "How many answers are wanted, 1 to 200; sequential: until it is clear, 100 at most; "
                        "default: 16"},
    [APP_OPT_MID_ANCHOR] = {"mid-anchor", 0, NULL, "A second anchor, low-passed at 7 kHz"},
    [APP_OPT_LOOP] = {"loop", 0, "FROM-TO", "Play from here to there, in seconds; default: all of it"},
    [APP_OPT_RESULTS] = {"results", 0, "NAME",
                         "Write NAME.csv and NAME.json at the end; nothing is written over; default: the command and "
                         "the time"},
    [APP_OPT_DRAW_SEED] = {"seed", 0, "N",
                           "Draw from this seed, so that it can be repeated: to try things out, as who knows the seed "
                           "is not blind"},
    [APP_OPT_OUTPUT] = {"output", 'o', "FILE.safetensors", "Where the trained codec goes; must be given"},
    [APP_OPT_HOP] = {"hop", 0, "64|128|256", "Samples a frame; default: 128"},
    [APP_OPT_THREADS] = {"threads", 0, "N",
                         "Threads to train on; the file is the same with any number; default: one a core, 8 at most"},
    [APP_OPT_SEED] = {"seed", 0, "N",
                      "Seed of the training; the same sounds, hop and seed give the same file; default: "
                      "1"},
    [APP_OPT_NAME] = {"name", 0, "TEXT", "Name for lists; default: the output file's"},
    [APP_OPT_FROM] =
        {"from", 0, "URL|DIR",
         "Where the files are, in place of where they are published: a folder, or what stands before their "
         "names in a URL of https, http or file"},
    [APP_OPT_PATTERN] = {"pattern", 0, "NAME[=LIST]",
                         "Interleave the rows for a token model (see residuum patterns), or line rows of that pattern "
                         "up again"},
    [APP_OPT_ROW_LEVELS] = {"levels", 'l', "N", "Rows of the first N levels; default: of all"},
    [APP_OPT_MISALIGNED] = {"misaligned", 0, NULL,
                            "Play every step of the pattern as a frame, as an effect: rows that the pattern delays "
                            "sound late"},
    [APP_OPT_FORCE_CODEC] = {"force-codec", 0, NULL,
                             "Decode by the codec of --codec though the tokens are another one's of the same shape: a "
                             "wrong decoder"},
    [APP_OPT_MEASURE] = {"measure", 0, NULL,
                         "Code the tokens of sound files by an adaptive model, in the order of each pattern"},
    [APP_OPT_HELD_OUT] =
        {"held-out", 0, NULL,
         "The last of several files counts alone; the model has learnt from the others, whatever their order"},
    [APP_OPT_ENTROPY] = {"entropy", 0, NULL,
                         "Write the stream entropy coded: lossless, smaller, and slower to write and read. live also "
                         "shows the bitrate that "
                         "its tokens take so, which costs some percent of a core"},
    [APP_OPT_TRUNCATE] = {"truncate", 0, "N", "Write the first N levels only"},
    [APP_OPT_TAP] =
        {"tap", 0, "FILE.rsdt",
         "Write every frame of tokens, from the start, as a compact stream that can be read while it grows; "
         "where another codec comes it goes on in FILE-2.rsdt, FILE-3.rsdt and so on; whole to the last second should "
         "the program be killed. Of files that are there, only streams are written over, at the end"},
    [APP_OPT_PROFILE] =
        {"profile", 0, "FILE",
         "Write a record of every callback of the audio thread, which residuum profile reads. Of files "
         "that are there, only earlier profiles are replaced, at the end; a new one grows under its name, "
         "and is readable up to the last tenth of a second should the program be killed"},
    [APP_OPT_PROFILE_STAGES] = {"profile-stages", 0, NULL,
                                "With --profile: also where the time goes, stage by stage and level by level, of one "
                                "callback in 32, drawn by chance"},
    [APP_OPT_LAYOUT] = {"layout", 0, "open-stage-control|touchosc",
                        "Print a layout for this controller instead, with a fader or button for every parameter"},
    [APP_OPT_MARKDOWN_TABLE] = {"markdown", 0, "parameters|osc|midi",
                                "Print a reference page instead: the parameters, the OSC addresses or the MIDI "
                                "controllers, in Markdown"},
    [APP_OPT_SCHEMA] = {"schema", 0, NULL, "Print the JSON schema of presets instead"},
    [APP_OPT_MARKDOWN] = {"markdown", 0, NULL, "Print the commands in Markdown instead"},
    [APP_OPT_VERBOSE] = {"verbose", 'v', NULL, "Show what the sound libraries say while they look for devices"},
    [APP_OPT_QUIET] = {"quiet", 'q', NULL, "No progress, no screen: only errors and warnings"},
    [APP_OPT_HELP] = {"help", 'h', NULL, "Show this help"},
    [APP_OPT_VERSION] = {"version", 'V', NULL, "Show the version"},
};
