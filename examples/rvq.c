// SPDX-License-Identifier: MIT
// Codes a point of the plane with three levels of four codewords each: rvq X Y
#include <residuum/rsd_rvq.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define LEVELS 3u

/* The corners of a square; each level's is half as large as the one before. */
static const int8_t CORNERS[4][2] = {{-64, -64}, {-64, 64}, {64, -64}, {64, 64}};

int main(int argc, char **argv)
{
    if (argc != 3) return fprintf(stderr, "usage: rvq X Y\n"), 2;
    rsd_rvq_codebook codebooks[LEVELS];
    for (uint32_t level = 0; level < LEVELS; level++) {
        codebooks[level].level = level;
        codebooks[level].begin = 0;
        codebooks[level].dim = 2;
        codebooks[level].codeword_count = 4;
        codebooks[level].scale = ldexpf(1.0f, -7 - (int)level);
        codebooks[level].codewords = CORNERS[0];
    }
    rsd_rvq *rvq;
    const rsd_rvq_shape shape = {2, LEVELS, LEVELS, codebooks};
    const size_t size_bytes = rsd_rvq_size_bytes(&shape);
    void *block = aligned_alloc(64, size_bytes);
    if (!block || rsd_rvq_init(block, size_bytes, &shape, &rvq) != RSD_OK) return 1;

    float residual[2] = {(float)atof(argv[1]), (float)atof(argv[2])}, sum[2] = {0.0f, 0.0f};
    for (uint32_t level = 0; level < LEVELS; level++) {
        int32_t token;
        rsd_rvq_encode_level(rvq, level, 16, residual, &token);
        rsd_rvq_decode_level(rvq, level, &token, 1.0f, sum);
        printf("level %u: token %d, sum %g %g, left %g %g\n", level + 1, (int)token, sum[0], sum[1], residual[0],
               residual[1]);
    }
    free(block);
    return 0;
}
