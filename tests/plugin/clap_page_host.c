// SPDX-License-Identifier: MIT
// clap_page_host PORT: the CLAP plugin with its page at PORT. Lines of standard input are automation, by a parameter's name;
// lines of standard output are what the plugin tells of its parameters, and how loud it is.
#include "clap_host.h"
#include "page_host_support.h"

static void tell(test_host *h)
{
    clap_param_info_t info;
    for (uint32_t t = 0; t < h->told_count; t++)
        for (uint32_t i = 0; i < h->params->count(h->plugin); i++)
            if (h->params->get_info(h->plugin, i, &info) && info.id == h->told[t].param_id)
                printf("%s=%g\n", info.name, h->told[t].value);
    h->told_count = 0;
}

int main(int argc, char **argv)
{
    static float in[PAGE_HOST_BLOCK], out[PAGE_HOST_BLOCK];
    float *ins[] = {in, in}, *outs[] = {out, out};
    char name[200];
    double value = 0.0;
    need(argc == 2, "PORT");
    test_host *h = open_host();
    start(h, PAGE_HOST_RATE);
    add_event(h, id_of(h, "Page port"), 0, strtod(argv[1], NULL));
    for (uint64_t block = 0; page_host_line(name, sizeof name, &value); block++) {
        if (name[0] != '\0') add_event(h, id_of(h, name), 0, value);
        page_host_tone(in, block);
        process(h, ins, outs, 2, PAGE_HOST_BLOCK);
        main_loop(h);
        tell(h);
        page_host_end_block(out, block);
    }
    stop(h);
    close_host(h);
    return 0;
}
