// SPDX-License-Identifier: MIT
#ifndef RSD_STATUS_H
#define RSD_STATUS_H

/*
 * Status codes of every call that can fail, and the detail that file readers add for people.
 */

#if defined(__cplusplus)
#define RSD_EXTERN extern "C"
#else
#define RSD_EXTERN extern
#endif
#if defined(__GNUC__)
#define RSD_API RSD_EXTERN __attribute__((visibility("default")))
#define RSD_NODISCARD __attribute__((warn_unused_result))
#else
#define RSD_API RSD_EXTERN
#define RSD_NODISCARD
#endif

/*
 * Declares what the audio thread may call: it never allocates, frees, locks, logs or makes a system call. Compilers
 * that know such functions (clang 20 and later, -Wfunction-effects) then hold every call that it makes to the same
 * promise.
 */
#if defined(__clang__) && __clang_major__ >= 20
#if __has_attribute(nonblocking)
#define RSD_REALTIME __attribute__((nonblocking))
#endif
#endif
#if !defined(RSD_REALTIME)
#define RSD_REALTIME
#endif

typedef enum {
    RSD_OK = 0,
    RSD_ERR_ARG,         /* an argument is out of its documented range */
    RSD_ERR_SIZE,        /* the caller's block is too small */
    RSD_ERR_MEMORY,      /* the system gave no memory */
    RSD_ERR_IO,          /* a file could not be opened, read or written */
    RSD_ERR_FORMAT,      /* a file was read but its content is not valid */
    RSD_ERR_UNSUPPORTED, /* valid, but not something that this build or this object can do */
    RSD_ERR_NOT_FOUND,   /* no codec, preset or parameter of that name */
    RSD_ERR_FULL,        /* a queue has no room; try again */
    RSD_ERR_THREAD,      /* a thread could not be started */
    RSD_ERR_CANCELLED    /* the caller asked to stop */
} rsd_status;

/*
 * What went wrong, for a person: what, where (file, line, key, tensor), what to do. Filled only by calls that take one.
 * `text` is one line without a newline, always terminated; empty on RSD_OK.
 */
#define RSD_ERROR_TEXT_BYTES 512u
typedef struct {
    rsd_status status;
    char text[RSD_ERROR_TEXT_BYTES];
} rsd_error;

/* One English phrase for `status` ("out of memory"); never NULL, static storage. Thread: [any] */
RSD_API const char *rsd_status_text(rsd_status status);

/*
 * Writes status and a printf-formatted line into `error` (NULL: nothing is written) and returns `status`, so that a
 * failing call can `return rsd_error_set(error, RSD_ERR_FORMAT, "...")`. Longer text is cut.
 * Thread: [setup]
 */
RSD_API rsd_status rsd_error_set(rsd_error *error, rsd_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#if defined(__clang_analyzer__)
/* The analyser does not look into other files: this tells it that what comes back is the status that went in. */
#define rsd_error_set(error, status, ...) ((void)rsd_error_set(error, status, __VA_ARGS__), (status))
#endif

#endif
