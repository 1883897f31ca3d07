// SPDX-License-Identifier: MIT
#ifndef PAGE_SUPPORT_H
#define PAGE_SUPPORT_H

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* A browser's part in tests of the page: GET, and a WebSocket. Every wait ends after PAGE_WAIT_S. */

#define PAGE_WAIT_S 20
#define PAGE_BYTES 262144u

enum { PAGE_TEXT = 1, PAGE_BINARY = 2 };

static inline int page_bind(uint32_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 1) == 0) return fd;
    if (fd >= 0) close(fd);
    return -1;
}

/* The first of two TCP ports of loopback, one behind the other, that nobody has at the moment. */
static inline uint32_t page_free_port(void)
{
    for (uint32_t port = 20000u + (uint32_t)getpid() % 10000u; port < 60000u; port += 7u) {
        const int first = page_bind(port), second = page_bind(port + 1u);
        if (first >= 0) close(first);
        if (second >= 0) close(second);
        if (first >= 0 && second >= 0) return port;
    }
    return 0;
}

static inline int page_connect(uint32_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval wait = {.tv_sec = PAGE_WAIT_S};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
    close(fd);
    return -1;
}

static inline bool page_send_text(int fd, const char *text)
{
    return send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text);
}

/* The whole answer with its head, to be freed; NULL: nobody answers. headers: lines with their ends. */
static inline char *page_get(uint32_t port, const char *path, const char *headers)
{
    char request[512];
    const int fd = page_connect(port);
    if (fd < 0) return NULL;
    char *answer = calloc(1, PAGE_BYTES);
    size_t got = 0;
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n%s\r\n", path, port, headers);
    if (answer && page_send_text(fd, request))
        for (ssize_t part; got + 1u < PAGE_BYTES && (part = recv(fd, answer + got, PAGE_BYTES - 1u - got, 0)) > 0;)
            got += (size_t)part;
    close(fd);
    return answer;
}

static inline bool page_says(uint32_t port, const char *path, const char *headers, const char *wanted)
{
    char *answer = page_get(port, path, headers);
    const bool says = answer && strstr(answer, wanted);
    free(answer);
    return says;
}

/* ---- WebSocket ---- */

/* -1: refused. */
static inline int page_open(uint32_t port)
{
    char request[300], head[2048];
    size_t got = 0;
    const int fd = page_connect(port);
    snprintf(request, sizeof request,
             "GET / HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nOrigin: http://127.0.0.1:%u\r\nUpgrade: websocket\r\n"
             "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n",
             port, port);
    if (fd < 0 || !page_send_text(fd, request)) return -1;
    memset(head, 0, sizeof head);
    while (got + 1u < sizeof head && !strstr(head, "\r\n\r\n") && recv(fd, head + got, 1, 0) == 1) got++;
    if (strncmp(head, "HTTP/1.1 101", 12) == 0) return fd;
    close(fd);
    return -1;
}

static inline bool page_send(int fd, int opcode, const void *data, size_t bytes)
{
    unsigned char frame[8 + 256] = {(unsigned char)(0x80 | opcode), (unsigned char)(0x80u | bytes), 1, 2, 3, 4};
    if (bytes > 125u) return false;
    for (size_t i = 0; i < bytes; i++)
        frame[6 + i] = (unsigned char)(((const unsigned char *)data)[i] ^ frame[2 + i % 4u]);
    return send(fd, frame, 6u + bytes, MSG_NOSIGNAL) == (ssize_t)(6u + bytes);
}

/* A message of OSC with one float. */
static inline bool page_set(int fd, const char *address, float value)
{
    unsigned char message[120] = {0};
    uint32_t bits;
    const size_t length = strlen(address) / 4u * 4u + 4u;
    if (length > 100u) return false;
    memcpy(message, address, strlen(address));
    memcpy(message + length, ",f", 2);
    memcpy(&bits, &value, sizeof bits);
    bits = htonl(bits);
    memcpy(message + length + 4u, &bits, sizeof bits);
    return page_send(fd, PAGE_BINARY, message, length + 8u);
}

static inline bool page_receive(int fd, void *data, size_t bytes)
{
    for (size_t got = 0; got < bytes;) {
        const ssize_t part = recv(fd, (char *)data + got, bytes - got, 0);
        if (part <= 0) return false;
        got += (size_t)part;
    }
    return true;
}

/* Bytes of the next message, which gets a zero behind it; -1: none came. */
static inline long page_read(int fd, char *data, size_t room)
{
    unsigned char head[2], more[8];
    if (!page_receive(fd, head, 2)) return -1;
    size_t bytes = head[1] & 0x7fu;
    if (bytes == 126u) {
        if (!page_receive(fd, more, 2)) return -1;
        bytes = (size_t)more[0] << 8 | more[1];
    } else if (bytes == 127u) {
        if (!page_receive(fd, more, 8)) return -1;
        bytes = (size_t)more[4] << 24 | (size_t)more[5] << 16 | (size_t)more[6] << 8 | more[7];
    }
    if (bytes + 1u > room || !page_receive(fd, data, bytes)) return -1;
    data[bytes] = '\0';
    return (long)bytes;
}

/* Waits for a message that has `wanted` in it, also behind zeros. */
static inline bool page_waits_for(int fd, const char *wanted)
{
    static char data[PAGE_BYTES];
    for (long bytes; (bytes = page_read(fd, data, sizeof data)) >= 0;)
        if (memmem(data, (size_t)bytes, wanted, strlen(wanted))) return true;
    return false;
}

#endif
