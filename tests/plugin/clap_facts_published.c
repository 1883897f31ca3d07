// SPDX-License-Identifier: MIT
// The facts of the clap/clap.h that is installed.
#include <clap/clap.h>
#include <clap/factory/preset-discovery.h>

#include "clap_facts.h"

const clap_fact *clap_facts_published(size_t *count)
{
    static const clap_fact facts[] = {
#include "clap_facts.def"
    };
    *count = sizeof facts / sizeof facts[0];
    return facts;
}
