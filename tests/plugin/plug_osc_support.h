// SPDX-License-Identifier: MIT
#ifndef PLUG_OSC_SUPPORT_H
#define PLUG_OSC_SUPPORT_H

#include "plug.h"

#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A UDP port of loopback that nobody has at the moment. */
static inline uint32_t free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    cr_assert(fd >= 0 && bind(fd, (struct sockaddr *)&address, length) == 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    close(fd);
    return ntohs(address.sin_port);
}

/* Codecs that come over OSC are opened beside: for up to ten seconds. */
static inline void wait_for_codec(plug *p, const char *wanted)
{
    char name[PLUG_PATH_BYTES] = "";
    for (int i = 0; i < 1000 && strcmp(name, wanted) != 0; i++) {
        usleep(10000);
        plug_codec(p, name, sizeof name);
    }
    cr_assert_str_eq(name, wanted);
}

#endif
