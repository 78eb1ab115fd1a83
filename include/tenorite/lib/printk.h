/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/log_filter.h>
#include <tenorite/lib/log_ring.h>

/*
 * The kernel's log: lines in a ring, drained to the selected consoles as
 *
 *     [    0.012345] heap: 64 KiB mapped
 *     [    0.012399] error: heap: block 0xffff900000001230 was freed twice
 *
 * seconds.microseconds, `error` or `warning` where it is one, module, text. Each line starts at the left edge. Where a
 * console has colours, the time is dim, an error or a warning looks like one, and what follows the line is plain.
 *
 * printk may be called from any context, NMI handlers included: it takes no lock and allocates nothing. Until a
 * drain task announces itself, and again after printk_go_direct(), the caller drains the ring itself; afterwards
 * the ring's listener is called (it wakes the drain task). While no console is selected, lines wait in the ring.
 * Lines that the ring overwrote before they were drained are counted and reported in the log.
 */
/* What a line's text may take, the closing NUL included. A longer one is cut, and ends in "...". A module's name is cut
 * to LOG_MODULE_BYTES - 1 bytes. */
enum { PRINTK_TEXT_BYTES = 216 };

/* Appends one line (a newline at its end is dropped) if the filter wants it. `module` may be NULL. See format.h. Cost:
 * the formatting and, where it writes directly, at most PRINTK_DIRECT_LINES lines on every console. A call from a
 * console's write function, or one that interrupts a drain, leaves its line to that drain. */
void printk(enum log_level level, const char *module, const char *format, ...) PRINTF_LIKE(3, 4);

enum { PRINTK_DIRECT_LINES = 128 };

#define log_error(module, ...) printk(LOG_ERROR, module, __VA_ARGS__)
#define log_warning(module, ...) printk(LOG_WARNING, module, __VA_ARGS__)
#define log_info(module, ...) printk(LOG_INFO, module, __VA_ARGS__)
#define log_debug(module, ...) printk(LOG_DEBUG, module, __VA_ARGS__)

/* Lines that `filter` does not want are dropped from now on; LOG_INFO for every module at first. The filter is copied. A
 * printk that interrupts this call, in an NMI too, goes by the old filter or by the new one, never by a mixture. Task
 * context or early boot. */
void printk_set_filter(const struct log_filter *filter);

/* The filter in force. Task context or early boot. */
struct log_filter printk_filter(void);

/* The time that lines are stamped with, nanoseconds since boot; 0 until set. `now_ns` is called in any context. */
void printk_set_clock(uint64_t (*now_ns)(void));

/* From now on new lines call `listener` (any context, so it may only wake) and somebody calls printk_drain(): once
 * for the lines that are waiting already, then whenever the listener was called. NULL goes back to direct writing. No
 * effect after printk_go_direct(). */
void printk_set_listener(void (*listener)(void));

/* Back to direct writing, for good: what is pending is written now, at most PRINTK_DIRECT_LINES lines. Part of a panic:
 * a drain that was interrupted is taken over (the line it was writing is written again, whole), and a line whose
 * producer was interrupted in the middle is given up. Any context; what it interrupted must not drain again. */
void printk_go_direct(void);

/* Writes at most `max_lines` pending lines to the consoles; returns how many. One drainer at a time: a call that
 * interrupts another returns 0 and the interrupted one writes the lines. Returns early at a line that is still being
 * stored. Not for interrupt handlers. */
unsigned printk_drain(unsigned max_lines);

struct console;

/* Prints again, in portions, what the ring still holds. */
struct printk_history {
    struct log_walk walk;
    uint64_t missed; /* of the walk's, reported so far */
    enum log_level level;
};

/* The lines up to `level` that were printed so far. Any context. */
struct printk_history printk_history(enum log_level level);

/*
 * Prints the next of them on one console, selected or not, the oldest first, as they were printed; in place of lines
 * that are overwritten, of whatever level, how many they are: "372 older lines lost". Stops after `max_lines` lines, or
 * one more, and returns true: there may be more. Takes no line away from printk_drain(), and may be called while one is
 * under way. Any context.
 */
bool printk_history_print(struct printk_history *history, struct console *console, unsigned max_lines);

/* Lines lost so far: overwritten before they were drained, or given up. Any context. */
uint64_t printk_lost_lines(void);
