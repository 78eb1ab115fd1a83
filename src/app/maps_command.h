/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/app/commands.h>

enum { MAPS_PAGE_RANGES = 20, MAPS_LIMIT = 1000, MAPS_PAGES_LIMIT = 1000 };

/* `maps` prints the ranges that the kernel's address space shows, at most MAPS_LIMIT; `maps PAGE` the PAGE-th
 * MAPS_PAGE_RANGES of them, which fit a screen. */
void begin_maps(const struct command_environment *environment, struct console *output, const char *arguments,
                struct command_rest *rest);
