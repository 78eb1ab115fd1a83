/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * A span of time in nanoseconds, as a type of its own: sleeping for a bare integer does not compile.
 *
 *     AWAIT(sleep, &self->sleep, MILLISECONDS(500));
 *
 * Counts that do not fit saturate at FOR_EVER (584 years), which no timer ever reaches.
 */
typedef struct {
    uint64_t ns;
} duration;

#define NANOSECONDS(count) duration_of((count), 1)
#define MICROSECONDS(count) duration_of((count), 1000)
#define MILLISECONDS(count) duration_of((count), 1000ull * 1000)
#define SECONDS(count) duration_of((count), 1000ull * 1000 * 1000)
#define FOR_EVER ((duration){UINT64_MAX})

/* `count` units of `unit_ns` nanoseconds. Any context. */
ALWAYS_INLINE duration duration_of(uint64_t count, uint64_t unit_ns)
{
    duration result;

    return __builtin_mul_overflow(count, unit_ns, &result.ns) ? FOR_EVER : result;
}

/* The point in time `span` after `start_ns`; UINT64_MAX, which means never, where that does not fit. Any context. */
ALWAYS_INLINE uint64_t deadline_after(uint64_t start_ns, duration span)
{
    uint64_t deadline_ns;

    return __builtin_add_overflow(start_ns, span.ns, &deadline_ns) ? UINT64_MAX : deadline_ns;
}
