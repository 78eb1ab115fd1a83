/* SPDX-License-Identifier: MIT */
/*
 * What code compiled with -fsanitize=thread calls at each access to memory that another thread could see, in place of
 * ThreadSanitizer's own library: a point where an interrupt may strike, then the access.
 *
 * Reference: compiler-rt, include/sanitizer/tsan_interface_atomic.h and lib/tsan/rtl/tsan_interface.h (LLVM 14); gcc 12
 * calls the same functions.
 */
#include "injection.h"

/* The last moment before interrupts go off; the linker puts this in place of the double's function (--wrap). */
void __real_cpu_double_interrupts_go_off(void);
void __wrap_cpu_double_interrupts_go_off(void);

void __wrap_cpu_double_interrupts_go_off(void)
{
    static const char the_interrupt_flag;

    injection_point(&the_interrupt_flag);
    __real_cpu_double_interrupts_go_off();
}

/* Copies are calls that the compiler does not instrument; one half after the other. */
void *__real_memcpy(void *to, const void *from, size_t count);
void *__wrap_memcpy(void *to, const void *from, size_t count);

void *__wrap_memcpy(void *to, const void *from, size_t count)
{
    size_t half = count / 2;

    injection_point(from);
    injection_point(to);
    __real_memcpy(to, from, half);
    injection_point(from);
    injection_point(to);
    __real_memcpy((char *)to + half, (const char *)from + half, count - half);
    return to;
}

#define DEFINE(result, name, parameters, ...)                                                                        \
    result name parameters;                                                                                          \
    result name parameters                                                                                           \
    {                                                                                                                \
        __VA_ARGS__                                                                                                  \
    }

DEFINE(void, __tsan_init, (void), )
DEFINE(void, __tsan_func_entry, (void *caller), (void)caller;)
DEFINE(void, __tsan_func_exit, (void), )

#define DEFINE_PLAIN(size)                                                                                           \
    DEFINE(void, __tsan_read##size, (void *address), injection_point(address);)                                      \
    DEFINE(void, __tsan_write##size, (void *address), injection_point(address);)

DEFINE_PLAIN(1)
DEFINE_PLAIN(2)
DEFINE_PLAIN(4)
DEFINE_PLAIN(8)
DEFINE_PLAIN(16)

#define DEFINE_UNALIGNED(size)                                                                                       \
    DEFINE(void, __tsan_unaligned_read##size, (void *address), injection_point(address);)                            \
    DEFINE(void, __tsan_unaligned_write##size, (void *address), injection_point(address);)

DEFINE_UNALIGNED(2)
DEFINE_UNALIGNED(4)
DEFINE_UNALIGNED(8)
DEFINE_UNALIGNED(16)

DEFINE(void, __tsan_read_range, (void *address, unsigned long size), (void)size; injection_point(address);)
DEFINE(void, __tsan_write_range, (void *address, unsigned long size), (void)size; injection_point(address);)

DEFINE(void, __tsan_atomic_thread_fence, (int order), (void)order;)
DEFINE(void, __tsan_atomic_signal_fence, (int order), (void)order;)

/* One handler runs to completion on one CPU: whatever order the code asks for, it gets sequential consistency. */
#define DEFINE_MODIFY(bits, operation, before, after)                                                                \
    DEFINE(uint##bits##_t, __tsan_atomic##bits##_##operation,                                                        \
           (volatile uint##bits##_t * address, uint##bits##_t value, int order), (void)order;                        \
           injection_point((void *)(uintptr_t)address); uint##bits##_t before = *address;                            \
           *address = (uint##bits##_t)(after); injection_changed((void *)(uintptr_t)address, before, *address);      \
           return before;)

#define DEFINE_ATOMIC(bits)                                                                                          \
    DEFINE(uint##bits##_t, __tsan_atomic##bits##_load, (const volatile uint##bits##_t *address, int order),          \
           (void)order;                                                                                              \
           injection_point((void *)(uintptr_t)address); return *address;)                                            \
    DEFINE(void, __tsan_atomic##bits##_store, (volatile uint##bits##_t * address, uint##bits##_t value, int order),  \
           (void)order;                                                                                              \
           injection_point((void *)(uintptr_t)address); *address = value;)                                           \
    DEFINE_MODIFY(bits, exchange, before, value)                                                                     \
    DEFINE_MODIFY(bits, fetch_add, before, before + value)                                                           \
    DEFINE_MODIFY(bits, fetch_sub, before, before - value)                                                           \
    DEFINE_MODIFY(bits, fetch_and, before, before &value)                                                            \
    DEFINE_MODIFY(bits, fetch_or, before, before | value)                                                            \
    DEFINE_MODIFY(bits, fetch_xor, before, before ^ value)                                                           \
    DEFINE(                                                                                                          \
        int, __tsan_atomic##bits##_compare_exchange_strong,                                                          \
        (volatile uint##bits##_t * address, uint##bits##_t * expected, uint##bits##_t value, int order,              \
         int failure_order),                                                                                         \
        (void)order;                                                                                                 \
        (void)failure_order; injection_point((void *)(uintptr_t)address); if (*address != *expected) {               \
            *expected = *address;                                                                                    \
            return 0;                                                                                                \
        } *address = value;                                                                                          \
        return 1;)                                                                                                   \
    DEFINE(int, __tsan_atomic##bits##_compare_exchange_weak,                                                         \
           (volatile uint##bits##_t * address, uint##bits##_t * expected, uint##bits##_t value, int order,           \
            int failure_order),                                                                                      \
           return __tsan_atomic##bits##_compare_exchange_strong(address, expected, value, order, failure_order);)    \
    DEFINE(uint##bits##_t, __tsan_atomic##bits##_compare_exchange_val,                                               \
           (volatile uint##bits##_t * address, uint##bits##_t expected, uint##bits##_t value, int order,             \
            int failure_order),                                                                                      \
           __tsan_atomic##bits##_compare_exchange_strong(address, &expected, value, order, failure_order);           \
           return expected;)

DEFINE_ATOMIC(8)
DEFINE_ATOMIC(16)
DEFINE_ATOMIC(32)
DEFINE_ATOMIC(64)
