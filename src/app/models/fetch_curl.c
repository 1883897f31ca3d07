// SPDX-License-Identifier: MIT
// Files by HTTP, through libcurl.
#include "app/models/fetch.h"

#include <curl/curl.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_REDIRECTS 5L
#define CONNECT_SECONDS 30L
#define STALLED_SECONDS 60L /* without a byte: the server is gone */
#define NO_RANGE 416L       /* the server has nothing from there on */

typedef struct {
    fetch_job *job;
    uint64_t begin, size_bytes; /* where this transfer begins in the file; what the file has now */
    int write_errno;
    bool is_too_large;
} transfer;

static size_t take(char *data, size_t one, size_t count, void *context)
{
    transfer *t = context;
    (void)one; /* 1, as libcurl promises */
    t->is_too_large = t->size_bytes + count > t->job->limit_bytes;
    if (t->is_too_large) return 0;
    if (!fetch_write(t->job, data, count)) {
        t->write_errno = errno;
        return 0;
    }
    t->size_bytes += count;
    return count;
}

static int tell_progress(void *context, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up_now)
{
    transfer *t = context;
    (void)up_total, (void)up_now;
    t->job->progress(t->job->context, t->begin + (uint64_t)now, total > 0 ? t->begin + (uint64_t)total : 0u);
    return 0;
}

/* A proxy of the environment is used as other programs use it, but never for this machine itself. */
static void set_no_proxy(CURL *curl)
{
    const char *own = getenv("no_proxy");
    char list[1024];
    if (!own) own = getenv("NO_PROXY");
    if ((size_t)snprintf(list, sizeof list, "localhost,127.0.0.1,::1,%s", own ? own : "") < sizeof list)
        curl_easy_setopt(curl, CURLOPT_NOPROXY, list);
}

/* What begins encrypted stays so. */
static void set_protocols(CURL *curl, const char *url)
{
    const bool is_https = strncmp(url, "https://", 8u) == 0;
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http,file");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, is_https ? "https" : "https,http");
#else
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTPS | CURLPROTO_HTTP | CURLPROTO_FILE));
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS, (long)(CURLPROTO_HTTPS | (is_https ? 0 : CURLPROTO_HTTP)));
#endif
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, MOST_REDIRECTS);
}

static void set_options(CURL *curl, transfer *t, char text[CURL_ERROR_SIZE])
{
    text[0] = '\0';
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, text);
    curl_easy_setopt(curl, CURLOPT_URL, t->job->source);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "residuum/" RSD_VERSION);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, STALLED_SECONDS);
    curl_easy_setopt(curl, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)t->begin);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, tell_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, t);
    set_protocols(curl, t->job->source);
    set_no_proxy(curl);
}

static rsd_status tell(const transfer *t, CURLcode code, long answer, const char *text, rsd_error *error)
{
    const char *source = t->job->source;
    if (t->is_too_large)
        return rsd_error_set(error, RSD_ERR_FORMAT, "%.300s: is larger than %llu bytes", source,
                             (unsigned long long)t->job->limit_bytes);
    if (t->write_errno) return rsd_error_set(error, RSD_ERR_IO, "cannot write: %s", strerror(t->write_errno));
    if (code == CURLE_HTTP_RETURNED_ERROR)
        return rsd_error_set(error, RSD_ERR_IO, "%.300s: the server answers %ld", source, answer);
    return rsd_error_set(error, RSD_ERR_IO, "%.250s: %.120s%s", source,
                         text[0] != '\0' ? text : curl_easy_strerror(code),
                         t->size_bytes > 0u ? "; the same command goes on from there" : "");
}

/* From job->fd's end on. *cannot_resume: it failed because the server does not begin there. */
static rsd_status run(CURL *curl, fetch_job *job, bool *cannot_resume, rsd_error *error)
{
    char text[CURL_ERROR_SIZE];
    const off_t end = lseek(job->fd, 0, SEEK_END);
    if (end < 0) return rsd_error_set(error, RSD_ERR_IO, "cannot write: %s", strerror(errno));
    transfer t = {.job = job, .begin = (uint64_t)end, .size_bytes = (uint64_t)end};
    set_options(curl, &t, text);
    const CURLcode code = curl_easy_perform(curl);
    long answer = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    job->is_missing = (code == CURLE_HTTP_RETURNED_ERROR && (answer == 404L || answer == 410L)) ||
                      code == CURLE_FILE_COULDNT_READ_FILE;
    *cannot_resume = t.begin > 0u && (code == CURLE_RANGE_ERROR || code == CURLE_BAD_DOWNLOAD_RESUME ||
                                      (code == CURLE_HTTP_RETURNED_ERROR && answer == NO_RANGE));
    return code == CURLE_OK ? RSD_OK : tell(&t, code, answer, text, error);
}

rsd_status fetch_url(fetch_job *job, rsd_error *error)
{
    bool cannot_resume = false;
    CURL *curl = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : NULL;
    if (!curl) return rsd_error_set(error, RSD_ERR_MEMORY, "libcurl does not start");
    rsd_status status = run(curl, job, &cannot_resume, error);
    if (status != RSD_OK && cannot_resume && ftruncate(job->fd, 0) == 0) status = run(curl, job, &cannot_resume, error);
    curl_easy_cleanup(curl);
    return status;
}
