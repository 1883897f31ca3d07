// SPDX-License-Identifier: MIT
// Sockets of civetweb's, of which it tells neither the number nor how much waits in them.
#include "host/http/internal.h"

#include <arpa/inet.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_FD 4096

static bool is_between(int fd, const struct in_addr *remote, uint16_t remote_port, uint16_t own_port)
{
    struct sockaddr_in own = {0}, other = {0};
    socklen_t own_bytes = sizeof own, other_bytes = sizeof other;
    if (getpeername(fd, (struct sockaddr *)&other, &other_bytes) != 0 || other.sin_family != AF_INET) return false;
    if (getsockname(fd, (struct sockaddr *)&own, &own_bytes) != 0) return false;
    return other.sin_addr.s_addr == remote->s_addr && ntohs(other.sin_port) == remote_port &&
           ntohs(own.sin_port) == own_port;
}

int host_http_find_fd(const struct mg_connection *connection, uint32_t own_port)
{
    const struct mg_request_info *info = mg_get_request_info(connection);
    struct in_addr remote;
    if (inet_pton(AF_INET, info->remote_addr, &remote) != 1) return -1;
    const long limit = sysconf(_SC_OPEN_MAX);
    const int end = limit > 0 && limit < MAX_FD ? (int)limit : MAX_FD;
    for (int fd = 3; fd < end; fd++) {
        if (!is_between(fd, &remote, (uint16_t)info->remote_port, (uint16_t)own_port)) continue;
        const int bytes = HTTP_SEND_BUFFER_BYTES;
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
        return fd;
    }
    return -1;
}

void host_http_knock(const char *address, uint32_t port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return;
    if (inet_pton(AF_INET, address, &to.sin_addr) == 1) (void)!connect(fd, (const struct sockaddr *)&to, sizeof to);
    close(fd);
}

uint32_t host_http_unsent_bytes(int fd)
{
    int bytes = 0;
    return fd >= 0 && ioctl(fd, SIOCOUTQ, &bytes) == 0 && bytes > 0 ? (uint32_t)bytes : 0u;
}

uint64_t host_http_received_bytes(int fd)
{
    struct tcp_info info;
    socklen_t bytes = sizeof info;
    memset(&info, 0, sizeof info);
    if (fd < 0 || getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &bytes) != 0) return 0;
    return info.tcpi_bytes_received;
}
