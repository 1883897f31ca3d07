// SPDX-License-Identifier: MIT
// Converts a mono sound file to another rate, block by block: resample IN.wav OUT.wav RATE
#include <residuum/rsd_dsp.h>

#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 1024u

static int convert(SNDFILE *from, SNDFILE *to, uint32_t in_rate_hz, uint32_t out_rate_hz, sf_count_t wanted)
{
    rsd_resampler *resampler;
    float in[BLOCK];
    if (rsd_resampler_create(in_rate_hz, out_rate_hz, RSD_RESAMPLER_BEST, &resampler) != RSD_OK) return 1;
    float *out = (float *)calloc(rsd_resampler_max_out(resampler, BLOCK), sizeof(float));
    const uint32_t latency = rsd_resampler_latency_out_samples(resampler);
    sf_count_t late = latency, written = 0;
    while (out && written < wanted) {
        memset(in, 0, sizeof in); /* after the sound's end: silence, for what the filter holds back */
        if (sf_readf_float(from, in, BLOCK) < 0) break;
        const uint32_t made = rsd_resampler_process(resampler, in, BLOCK, out);
        const sf_count_t early = late < made ? late : made; /* before the sound: the filter's delay */
        sf_count_t count = made - early;
        if (count > wanted - written) count = wanted - written;
        if (sf_writef_float(to, out + early, count) != count) break;
        late -= early;
        written += count;
    }
    free(out);
    rsd_resampler_destroy(resampler);
    return written == wanted ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc != 4) return fprintf(stderr, "usage: resample IN.wav OUT.wav RATE\n"), 2;
    SF_INFO info = {0};
    SNDFILE *from = sf_open(argv[1], SFM_READ, &info);
    if (!from || info.channels != 1) return fprintf(stderr, "'%s' is not a mono sound\n", argv[1]), 1;
    const int in_rate_hz = info.samplerate, out_rate_hz = atoi(argv[3]);
    const sf_count_t wanted = info.frames * out_rate_hz / in_rate_hz;
    info.samplerate = out_rate_hz;
    info.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
    SNDFILE *to = sf_open(argv[2], SFM_WRITE, &info);
    if (!to) return fprintf(stderr, "cannot write '%s'\n", argv[2]), 1;
    const int result = convert(from, to, (uint32_t)in_rate_hz, (uint32_t)out_rate_hz, wanted);
    sf_close(from);
    return sf_close(to) == 0 ? result : 1;
}
