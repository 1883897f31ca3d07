// SPDX-License-Identifier: MIT
// lv2_page_host PORT: the LV2 plugin with its page at PORT. Lines of standard input set control ports, by their symbols;
// lines of standard output say how loud it is.
#include "lv2_host.h"
#include "page_host_support.h"

int main(int argc, char **argv)
{
    static float in[PAGE_HOST_BLOCK], out[PAGE_HOST_BLOCK];
    float *ins[] = {in}, *outs[] = {out};
    char name[200];
    double value = 0.0;
    need(argc == 2, "PORT");
    test_lv2 *h = open_lv2(1, PAGE_HOST_RATE);
    h->descriptor->activate(h->handle);
    *control_of(h, "http_port") = strtof(argv[1], NULL);
    for (uint64_t block = 0; page_host_line(name, sizeof name, &value); block++) {
        if (name[0] != '\0') *control_of(h, name) = (float)value;
        page_host_tone(in, block);
        begin_events(h);
        run_lv2(h, ins, outs, PAGE_HOST_BLOCK);
        work_lv2(h);
        page_host_end_block(out, block);
    }
    h->descriptor->deactivate(h->handle);
    close_lv2(h);
    return 0;
}
