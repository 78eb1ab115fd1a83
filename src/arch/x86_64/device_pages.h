/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * The few pages of device registers that must be reachable from the first moment to the last, at one address: to turn the
 * machine off from any context, after the boot tables are gone. They are seen where the boot tables show them, in the
 * window onto physical memory; the kernel's own tables map them there too, as devices (image_segments()).
 */
enum { DEVICE_PAGES_MAX = 4 };

/* Adds the page that holds physical address `address`, below the end of what the boot tables show; once for each page.
 * Panics where there is no room. Before the kernel builds its own tables. */
void device_pages_add(uint64_t address);

/* Physical addresses of the pages, ascending; *count is set to their number. */
const uint64_t *device_pages(size_t *count);

/* Where to access the device register at physical address `address`, whose page was added. Any context. */
volatile void *device_pages_pointer(uint64_t address);
