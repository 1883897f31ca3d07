// SPDX-License-Identifier: MIT
#ifndef RSD_STATUS_H
#define RSD_STATUS_H

/*
 * Status codes of every call that can fail, and the text that some of them add for people. From examples/encode.c and
 * examples/process.c:
 *
 *   if (rsd_model_open("live-128", &model, &error) != RSD_OK) return fprintf(stderr, "%s\n", error.text), 1;
 *   if (status != RSD_OK) return fprintf(stderr, "%s\n", rsd_status_text(status)), 1;
 *
 * Contracts name the thread that may make a call:
 *   [setup]    no other thread uses the object: it may allocate, read files and take long
 *   [control]  one thread beside the audio thread: it may allocate
 *   [audio]    the audio thread: the call never allocates, frees, locks, logs or makes a system call
 *   [any]      every thread, at any time
 * Outputs are written on RSD_OK alone, unless a contract says otherwise.
 */

#if defined(__GNUC__)
#define RSD_API __attribute__((visibility("default")))
#define RSD_NODISCARD __attribute__((warn_unused_result))
#else
#define RSD_API
#define RSD_NODISCARD
#endif

/*
 * Declares what the audio thread may call. Compilers that know such functions (clang 20 and later, -Wfunction-effects)
 * then hold every call that it makes to the same promise.
 */
#if defined(__clang__) && __clang_major__ >= 20
#if __has_attribute(nonblocking)
#define RSD_REALTIME __attribute__((nonblocking))
#endif
#endif
#if !defined(RSD_REALTIME)
#define RSD_REALTIME
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    RSD_OK = 0,
    RSD_ERR_ARG,         /* an argument is out of its documented range */
    RSD_ERR_SIZE,        /* the caller's block is too small, or a set would grow over its limit */
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
 * What went wrong, for a person: what it was, where (file, line, key, tensor) and what to do. A call that takes one
 * fills it where it fails; on RSD_OK its text is empty or as it was.
 */
#define RSD_ERROR_TEXT_BYTES 512u
typedef struct {
    rsd_status status;
    char text[RSD_ERROR_TEXT_BYTES]; /* one line without a newline, always terminated */
} rsd_error;

/*
 * One English phrase for a status, such as "out of memory".
 *
 * Returns  never NULL; static storage
 * Thread   [any]
 */
RSD_API const char *rsd_status_text(rsd_status status);

#ifdef __cplusplus
}
#endif

#endif
