/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/power.h>

#include "facts.h"

static volatile uint64_t sink;

/* Not a tail call: the frame is needed afterwards. */
static NO_INLINE uint64_t descend(uint64_t depth)
{
    volatile uint64_t frame[16];
    frame[depth % COUNT_OF(frame)] = depth;
    if (depth == UINT64_MAX)
        return 0;
    return descend(depth + 1) + frame[depth % COUNT_OF(frame)];
}

void kernel_main(const struct boot_info *boot_info)
{
    (void)boot_info;
    facts_print_text();
    sink = descend(0);
    power_exit(0x11);
}
