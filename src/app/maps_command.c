/* SPDX-License-Identifier: MIT */
#include "app/maps_command.h"

#include <tenorite/lib/text.h>

/* As few lines at a time as the log writes. Damaged tables can show more ranges than anybody waits for: hence the
 * limit. */
static bool print_ranges(struct command_rest *rest, struct console *output)
{
    enum { LINES_AT_A_TIME = 8 };
    struct mapped_range range;
    char text[MAPPED_RANGE_TEXT_BYTES];
    for (int i = 0; i < LINES_AT_A_TIME; i++) {
        if (!mapped_ranges_next(&rest->ranges, &range))
            return false;
        if (rest->next_range == rest->end_range) {
            console_printf(output, "(more: maps %u)\n", rest->end_range / MAPS_PAGE_RANGES + 1);
            return false;
        }
        rest->next_range++;
        mapped_range_format(&range, text, sizeof text);
        console_printf(output, "%s\n", text);
    }
    return true;
}

void begin_maps(const struct command_environment *environment, struct console *output, const char *arguments,
                struct command_rest *rest)
{
    struct mapped_range range;
    uint64_t page = 1;
    if (arguments[0] != '\0' && (!text_to_u64(arguments, MAPS_PAGES_LIMIT, &page) || page == 0)) {
        console_printf(output, "usage: maps [PAGE] (from 1 on)\n");
        return;
    }
    rest->ranges = mapped_ranges(&environment->space->mapper);
    rest->next_range = ((unsigned)page - 1) * MAPS_PAGE_RANGES;
    rest->end_range = arguments[0] == '\0' ? MAPS_LIMIT : rest->next_range + MAPS_PAGE_RANGES;
    for (unsigned i = 0; i < rest->next_range; i++)
        if (!mapped_ranges_next(&rest->ranges, &range))
            return;
    console_printf(output, "%-16s %-16s %9s pg %10s flags\n", "first address", "last address", "size", "physical");
    rest->print = print_ranges;
}
