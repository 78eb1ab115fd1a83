/* SPDX-License-Identifier: MIT */
#include "series.h"

#include <tenorite/lib/console.h>

NO_INLINE uint64_t instructions_now(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

static uint64_t own_instructions; /* of series_begin() and series_end() */

NO_INLINE void series_begin(struct series *series)
{
    series->start = instructions_now();
}

NO_INLINE void series_end(struct series *series)
{
    uint64_t taken = instructions_now() - series->start - own_instructions;
    series->total += taken;
    series->worst = taken > series->worst ? taken : series->worst;
    series->operations++;
}

void print_count(const char *figure, uint64_t instructions, uint64_t operations)
{
    console_print_line("count %s %llu %llu", figure, (unsigned long long)instructions,
                       (unsigned long long)operations);
}

void series_print(const struct series *series)
{
    print_count(series->figure, series->total, series->operations);
    console_print_line("count %s_worst %llu 1", series->figure, (unsigned long long)series->worst);
}

void series_calibrate(void)
{
    struct series nothing = {.figure = "nothing"};
    series_begin(&nothing);
    series_end(&nothing);
    own_instructions = nothing.total;
}
