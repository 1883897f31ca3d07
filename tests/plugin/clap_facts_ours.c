// SPDX-License-Identifier: MIT
// The facts of our CLAP headers.
#include "clap_abi_ports.h"
#include "clap_abi_presets.h"

#include "clap_facts.h"

const clap_fact *clap_facts_ours(size_t *count)
{
    static const clap_fact facts[] = {
#include "clap_facts.def"
    };
    *count = sizeof facts / sizeof facts[0];
    return facts;
}
