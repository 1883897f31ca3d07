// SPDX-License-Identifier: MIT
// page_client PORT LEVELS: opens the page of a plugin as a browser does, sets levels, and waits for what it draws.
#include "page_support.h"

#include <time.h>

static int fails(const char *what)
{
    printf("no %s\n", what);
    return 1;
}

/* A host may still be starting. */
static bool has_page(uint32_t port)
{
    for (int i = 0; i < 10 * PAGE_WAIT_S; i++) {
        if (page_says(port, "/", "Accept: text/html\r\n", "<title>Residuum</title>")) return true;
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    }
    return false;
}

static bool has_levels(uint32_t port, const char *levels)
{
    char wanted[64];
    snprintf(wanted, sizeof wanted, "\"VALUE\":[%s]", levels);
    for (int i = 0; i < 10 * PAGE_WAIT_S; i++) {
        if (page_says(port, "/residuum/levels?VALUE", "", wanted)) return true;
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    }
    return false;
}

int main(int argc, char **argv)
{
    if (argc != 3) return fails("PORT and LEVELS");
    const uint32_t port = (uint32_t)atoi(argv[1]);
    if (!has_page(port)) return fails("page");
    if (!page_says(port, "/page/app.js", "", "Spectrograms")) return fails("script");
    const int fd = page_open(port);
    if (fd < 0) return fails("WebSocket");
    static const char wish[] = "{\"COMMAND\":\"SPECTRA\",\"DATA\":true}";
    if (!page_send(fd, PAGE_TEXT, wish, strlen(wish))) return fails("wish");
    if (!page_set(fd, "/residuum/subscribe/tokens", 20.0f)) return fails("subscription");
    if (!page_set(fd, "/residuum/levels", (float)atof(argv[2]))) return fails("levels");
    if (!page_waits_for(fd, "\"LISTS\"")) return fails("lists");
    if (!page_waits_for(fd, "/residuum/page/spectrum")) return fails("spectrum");
    if (!page_waits_for(fd, "/residuum/tokens")) return fails("tokens");
    if (!has_levels(port, argv[2])) return fails("such levels");
    puts("the page is there, steers and draws");
    close(fd);
    return 0;
}
