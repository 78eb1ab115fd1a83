/* SPDX-License-Identifier: MIT */
#include "facts.h"

#include <tenorite/arch/memory_layout.h>
#include <tenorite/lib/console.h>

void facts_print_text(void)
{
    size_t count;
    const struct image_segment *segments = image_segments(&count);
    for (size_t i = 0; i < count; i++)
        if (segments[i].is_executable)
            console_print_line("# text %#llx %#llx", (unsigned long long)segments[i].start.value,
                               (unsigned long long)segments[i].end.value);
}

void facts_print_target(uint64_t address)
{
    console_print_line("# target %#llx", (unsigned long long)address);
}
