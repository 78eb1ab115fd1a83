/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * What this machine has and lacks, of the devices that the kernel uses. Each is said once in the log, by the device's
 * name as the module, and remembered for the hardware report:
 *
 *     [    0.000000] serial: COM1 at 0x3f8
 *     [    0.000000] warning: keyboard: missing: no controller answers
 */
enum { INVENTORY_ENTRIES = 24, INVENTORY_TEXT_BYTES = 96 };

struct inventory_entry {
    const char *name;
    bool is_found;
    char text
        [INVENTORY_TEXT_BYTES]; /* what was found, or why it is missing; closed with NUL, cut where it was longer */
};

/*
 * Logs and remembers a device that is there (as information) or missing (as a warning: something will not work), with
 * details in a text (format.h). `name` must live for ever. Beyond INVENTORY_ENTRIES an entry is logged only. Early boot
 * and task context; nothing is allocated.
 */
void inventory_found(const char *name, const char *format, ...) PRINTF_LIKE(2, 3);
void inventory_missing(const char *name, const char *format, ...) PRINTF_LIKE(2, 3);

/* How many entries are remembered, and the one of number `index`, from 0 on, in the order in which they came; NULL where
 * there is none. Entries stay where they are and do not change. Task context or early boot. */
size_t inventory_count(void);
const struct inventory_entry *inventory_at(size_t index);
