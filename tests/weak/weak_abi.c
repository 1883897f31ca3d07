// SPDX-License-Identifier: MIT
// What compilers call for -fsanitize=thread, led to the explorer.
#include "weak/weak_internal.h"

#include <string.h>

void __tsan_init(void);
void __tsan_func_entry(void *caller);
void __tsan_func_exit(void);
void __tsan_init(void) {}
void __tsan_func_entry(void *caller) { (void)caller; }
void __tsan_func_exit(void) {}

#define PLAIN(SIZE)                                                                                                    \
    void __tsan_read##SIZE(void *a);                                                                                   \
    void __tsan_write##SIZE(void *a);                                                                                  \
    void __tsan_unaligned_read##SIZE(void *a);                                                                         \
    void __tsan_unaligned_write##SIZE(void *a);                                                                        \
    void __tsan_read##SIZE(void *a) { weak_plain((uintptr_t)a, SIZE, false); }                                         \
    void __tsan_write##SIZE(void *a) { weak_plain((uintptr_t)a, SIZE, true); }                                         \
    void __tsan_unaligned_read##SIZE(void *a) { weak_plain((uintptr_t)a, SIZE, false); }                               \
    void __tsan_unaligned_write##SIZE(void *a) { weak_plain((uintptr_t)a, SIZE, true); }
PLAIN(1)
PLAIN(2)
PLAIN(4)
PLAIN(8)
PLAIN(16)

void __tsan_read_range(void *a, size_t size);
void __tsan_write_range(void *a, size_t size);
void __tsan_read_range(void *a, size_t size) { weak_plain((uintptr_t)a, size, false); }
void __tsan_write_range(void *a, size_t size) { weak_plain((uintptr_t)a, size, true); }

/* What the code under test calls memcpy and memset (CMakeLists.txt renames them there). */
void *weak_memcpy(void *to, const void *from, size_t size);
void *weak_memset(void *to, int byte, size_t size);
void *weak_memcpy(void *to, const void *from, size_t size)
{
    weak_plain((uintptr_t)from, size, false);
    weak_plain((uintptr_t)to, size, true);
    return memcpy(to, from, size);
}
void *weak_memset(void *to, int byte, size_t size)
{
    weak_plain((uintptr_t)to, size, true);
    return memset(to, byte, size);
}

static uint64_t put(uint64_t before, uint64_t operand) { return before = operand; }
static uint64_t add(uint64_t before, uint64_t operand) { return before + operand; }
static uint64_t sub(uint64_t before, uint64_t operand) { return before - operand; }
static uint64_t and_bits(uint64_t before, uint64_t operand) { return before & operand; }
static uint64_t or_bits(uint64_t before, uint64_t operand) { return before | operand; }

#define ACCESS(KIND, TYPE, ORDER)                                                                                      \
    const weak_access access = {KIND, (uintptr_t)a, sizeof(TYPE), ORDER, __builtin_return_address(0)}

/* Where no thread is watched (before and behind them), memory is what it is. */
#define UPDATE(TYPE, BITS, NAME, CHANGE)                                                                               \
    TYPE __tsan_atomic##BITS##_##NAME(volatile TYPE *a, TYPE v, int order);                                            \
    TYPE __tsan_atomic##BITS##_##NAME(volatile TYPE *a, TYPE v, int order)                                             \
    {                                                                                                                  \
        ACCESS(WEAK_UPDATE, TYPE, order);                                                                              \
        if (weak_thread >= 0) return (TYPE)weak_update(&access, CHANGE, v);                                            \
        const TYPE before = *a;                                                                                        \
        *a = (TYPE)CHANGE(before, v);                                                                                  \
        return before;                                                                                                 \
    }
#define ATOMIC(TYPE, BITS)                                                                                             \
    TYPE __tsan_atomic##BITS##_load(const volatile TYPE *a, int order);                                                \
    void __tsan_atomic##BITS##_store(volatile TYPE *a, TYPE v, int order);                                             \
    int __tsan_atomic##BITS##_compare_exchange_strong(volatile TYPE *a, TYPE *e, TYPE v, int order, int failing);      \
    int __tsan_atomic##BITS##_compare_exchange_weak(volatile TYPE *a, TYPE *e, TYPE v, int order, int failing);        \
    TYPE __tsan_atomic##BITS##_load(const volatile TYPE *a, int order)                                                 \
    {                                                                                                                  \
        ACCESS(WEAK_LOAD, TYPE, order);                                                                                \
        return weak_thread >= 0 ? (TYPE)weak_load(&access) : *a;                                                       \
    }                                                                                                                  \
    void __tsan_atomic##BITS##_store(volatile TYPE *a, TYPE v, int order)                                              \
    {                                                                                                                  \
        ACCESS(WEAK_STORE, TYPE, order);                                                                               \
        if (weak_thread >= 0)                                                                                          \
            weak_store(&access, v);                                                                                    \
        else                                                                                                           \
            *a = v;                                                                                                    \
    }                                                                                                                  \
    int __tsan_atomic##BITS##_compare_exchange_strong(volatile TYPE *a, TYPE *e, TYPE v, int order, int failing)       \
    {                                                                                                                  \
        ACCESS(WEAK_UPDATE, TYPE, order);                                                                              \
        uint64_t expected = *e;                                                                                        \
        (void)failing;                                                                                                 \
        if (weak_thread < 0) weak_fail("a comparison outside of the threads");                                         \
        const int is_equal = weak_compare(&access, &expected, v);                                                      \
        *e = (TYPE)expected;                                                                                           \
        return is_equal;                                                                                               \
    }                                                                                                                  \
    int __tsan_atomic##BITS##_compare_exchange_weak(volatile TYPE *a, TYPE *e, TYPE v, int order, int failing)         \
    {                                                                                                                  \
        return __tsan_atomic##BITS##_compare_exchange_strong(a, e, v, order, failing);                                 \
    }                                                                                                                  \
    UPDATE(TYPE, BITS, exchange, put)                                                                                  \
    UPDATE(TYPE, BITS, fetch_add, add)                                                                                 \
    UPDATE(TYPE, BITS, fetch_sub, sub)                                                                                 \
    UPDATE(TYPE, BITS, fetch_and, and_bits)                                                                            \
    UPDATE(TYPE, BITS, fetch_or, or_bits)
ATOMIC(uint8_t, 8)
ATOMIC(uint16_t, 16)
ATOMIC(uint32_t, 32)
ATOMIC(uint64_t, 64)
