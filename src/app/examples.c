// SPDX-License-Identifier: MIT
// Commands that a person may copy, for --help and the man page. A test runs each of them.
#include "app.h"

#include <stddef.h>

static const app_example examples[] = {
    {"live", "residuum live --levels 3 --record three-levels.wav", "play three levels and record what is heard"},
    {"live", "residuum live --input-file in.wav --codec live-256 --preset telephone",
     "a looped sound file, another codec and a preset"},
    {"live", "residuum live --input-device usb --output-device usb --channels 2",
     "the first devices with 'usb' in their names, in stereo"},
    {"live", "oscsend localhost 9000 /residuum/levels f 2.5",
     "from another terminal: two levels and half of the third"},
    {"latency", "residuum latency --insert 123.25 --through", "a loop in software, and through the codec in it"},
    {"latency",
     "residuum latency --insert 64 --sweep blocks=64,256,codecs=live-64,live-128 --repeat 2 --json sweep.json",
     "a table of block sizes and codecs"},
    {"latency", "residuum latency --self-test", "can the tester be trusted?"},
    {"live", "residuum live --midi-input nanokontrol", "faders of a MIDI controller are the levels' gains"},
    {"midi", "residuum midi --json > my-map.json", "the map as a file, to be changed and given to --midi-map"},
    {"profile", "residuum live --backend null --duration 2 --profile run.prof --profile-stages -q",
     "two seconds of live, every callback"},
    {"profile", "residuum profile run.prof --plot run.svg", "its percentiles, its worst callbacks and a picture"},
    {"stress", "residuum stress live-64 --duration 0.2 || true", "a first impression; an hour says more"},
    {"process", "residuum process in.wav out.wav --levels 4", "what four levels sound like"},
    {"process", "residuum process in.wav lost.flac --set monitor=residual", "what the codec takes away"},
    {"process", "residuum process in.wav out.wav --automation sweep.txt", "with changes on the way"},
    {"encode", "residuum encode in.wav tokens.npy", "also writes tokens.side.npy and tokens.json"},
    {"decode", "residuum decode tokens.npy out.wav --levels 2", "the samples of process with --levels 2"},
    {"encode", "residuum encode in.wav rows.npy --pattern delay",
     "rows for a token model, each a frame later than the one before"},
    {"decode", "residuum decode tokens.npy late.wav --pattern delay --misaligned",
     "each row sounds a frame late, as an effect"},
    {"analyze", "residuum analyze in.wav --levels 1,2,4-8 --plot levels.svg --json levels.json",
     "some level counts, as a table, a picture and JSON"},
    {"compare", "residuum compare in.wav --against opus --rates 64,96 --levels 4-6 --write sounds",
     "beside Opus at two bitrates; the sounds are kept in a folder"},
    {"abx", "residuum abx in.wav --a levels=4 --b levels=6", "can you tell four levels from six?"},
    {"abx", "residuum abx in.wav --a dry --b levels=8,codec=live-64 --trials sequential --http 8080",
     "the same on a page, until it is clear"},
    {"rate", "residuum rate in.wav other.wav --levels 2,4,8 --http 8080", "two sounds, five conditions each"},
    {"models", "residuum models get lyra-v2", "fetch Lyra V2, which --codec lyra-v2 then finds"},
    {"models", "residuum models get lyra-v2 --from path/to/lyra/model_coeffs", "from a folder that has its files"},
    {"train", "residuum train my-sounds/ -o mine.safetensors --hop 64", "a codec of 64 samples a frame"},
    {"train", "residuum process in.wav out.wav --codec mine.safetensors", "then use it like any other codec"},
    {"devices", "residuum devices", NULL},
    {"codecs", "residuum codecs --rate 44100", "latencies and bitrates at another sample rate"},
    {"codecs", "residuum codecs mine.safetensors", "a codec file beside the built-in ones"},
    {"tokens", "residuum encode in.wav tokens.rsdt", "a compact stream, at the bitrate of the codec"},
    {"tokens", "residuum tokens tokens.rsdt", "what it holds, level by level"},
    {"tokens", "residuum tokens tokens.rsdt small.rsdt --entropy", "the same tokens in fewer bytes"},
    {"tokens", "residuum tokens tokens.rsdt few.npy --truncate 3", "three levels of it, as an array"},
    {"patterns", "residuum patterns --codec live-128 --levels 4", "every pattern for the rows of four levels"},
    {"patterns", "residuum patterns --measure in.wav --levels 4 --json measured.json",
     "what a token costs in each order"},
    {"patterns", "residuum patterns delay flatten unroll=0,1,1,1/0,2,2,2 --levels 4 --plot patterns.svg",
     "some, as a picture too"},
    {"presets", "residuum process in.wav out.wav --preset telephone", "use a preset of the list"},
    {"presets", "residuum presets export telephone my-telephone.json", "to be changed by hand, or given away"},
    {"params", "residuum params --layout touchosc > residuum.tosc", "faders and buttons for a phone"},
    {"params", "residuum process in.wav out.wav --set level_gain[2]=0.5", "use a symbol of the list"},
    {"man", "residuum man | man -l -", "read the page without installing it"},
};

const app_example *app_example_at(uint32_t index)
{
    return index < sizeof examples / sizeof *examples ? &examples[index] : NULL;
}
