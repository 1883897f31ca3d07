// SPDX-License-Identifier: MIT
#ifndef BASE_REALTIME_H
#define BASE_REALTIME_H

#include <residuum/rsd_status.h>

/*
 * Around a call, in a real-time function, that only another thread comes to, or the audio thread where it may wait: the
 * compiler cannot see that and takes it on trust. Each use says why it holds.
 */
#if defined(__clang__) && __clang_major__ >= 20
#if __has_attribute(nonblocking)
#define REALTIME_TRUST_BEGIN _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wfunction-effects\"")
#define REALTIME_TRUST_END _Pragma("clang diagnostic pop")
#endif
#endif
#if !defined(REALTIME_TRUST_BEGIN)
#define REALTIME_TRUST_BEGIN
#define REALTIME_TRUST_END
#endif

#endif
