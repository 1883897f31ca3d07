// SPDX-License-Identifier: MIT
// Every size, offset and identifier of plugin/clap/clap_abi.h beside those of the published clap/clap.h.
#include "clap_facts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int is_same_text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

int main(void)
{
    size_t count, other_count, wrong = 0;
    const clap_fact *ours = clap_facts_ours(&count), *published = clap_facts_published(&other_count);
    for (size_t i = 0; i < count; i++) {
        const clap_fact *a = &ours[i], *b = &published[i];
        if (a->number == b->number && a->size == b->size && is_same_text(a->text, b->text)) continue;
        printf("%s: ours %" PRIu64 ", %" PRIu64 " bytes, \"%s\"; published %" PRIu64 ", %" PRIu64 " bytes, \"%s\"\n",
               a->name, a->number, a->size, a->text ? a->text : "", b->number, b->size, b->text ? b->text : "");
        wrong++;
    }
    printf("%zu facts compared, %zu differ\n", count, wrong);
    return count == other_count && count > 0u && wrong == 0u ? 0 : 1;
}
