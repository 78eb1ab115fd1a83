/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/console.h>
#include <tenorite/lib/format.h>
#include <tenorite/lib/log_ring.h>
#include <tenorite/lib/printk.h>
#include <tenorite/lib/text.h>

#include "lib/printk_ring.h"

/*
 * A line is formatted on the caller's stack, then stored in the ring in one go, then drained. Formatting may fault (a
 * bad %s pointer) or be interrupted; the ring is not involved yet.
 *
 * Invariants
 *   P1  only who holds is_draining moves the ring's cursor. Nobody waits for it: who does not get it leaves his line
 *       to the holder, who looks for lines pushed meanwhile after letting go of it.
 *   P2  the cursor moves on after a line was written, not before: printk_go_direct() takes is_draining from a holder
 *       that will never run again, and writes his line again rather than losing it.
 *   P3  a caller writes a bounded number of lines, even if writing produces new ones.
 */
static_assert((int)PRINTK_TEXT_BYTES == (int)LOG_TEXT_BYTES, "a text fills a record");

struct log_ring printk_ring;

static struct log_filter filters[2] = {{.default_level = LOG_INFO}};
static const struct log_filter *filter = &filters[0]; /* in force; the other one may be half written */
static uint64_t (*clock_now_ns)(void);
static void (*drain_listener)(void);
static bool is_direct_for_good;
static bool is_draining;
static uint64_t reported_lost; /* belongs to the holder of is_draining */

static const char *mark(enum log_level level)
{
    switch (level) {
    case LOG_ERROR:
        return "error: ";
    case LOG_WARNING:
        return "warning: ";
    case LOG_INFO:
    case LOG_DEBUG:
        return "";
    }
    return "";
}

/* Closes a text of `length` bytes, of which the record holds what fitted. */
static void close_text(struct log_record *record, size_t length)
{
    static const char dots[] = "...";
    if (length >= sizeof record->text)
        memcpy(record->text + sizeof record->text - sizeof dots, dots, sizeof dots);
    else if (length > 0 && record->text[length - 1] == '\n')
        record->text[length - 1] = '\0';
}

static enum console_style style(enum log_level level)
{
    switch (level) {
    case LOG_ERROR:
        return CONSOLE_ERROR;
    case LOG_WARNING:
        return CONSOLE_WARNING;
    case LOG_INFO:
    case LOG_DEBUG:
        return CONSOLE_PLAIN;
    }
    return CONSOLE_PLAIN;
}

static void write_line_on(struct console *console, const struct log_record *record)
{
    enum { NS_PER_US = 1000, US_PER_S = 1000 * 1000 };
    uint64_t microseconds = record->time_ns / NS_PER_US;
    console_start_line_on(console);
    console_set_style_on(console, CONSOLE_DIM);
    console_printf(console, "[%5llu.%06llu] ", (unsigned long long)(microseconds / US_PER_S),
                   (unsigned long long)(microseconds % US_PER_S));
    console_set_style_on(console, style(record->level));
    console_printf(console, "%s%s%s%s", mark(record->level), record->module, record->module[0] != '\0' ? ": " : "",
                   record->text);
    console_set_style_on(console, CONSOLE_PLAIN);
    console_write_to(console, "\n", 1);
}

static void write_line(const struct log_record *record)
{
    for (struct console *on = NULL; (on = console_next_selected(on)) != NULL;)
        write_line_on(on, record);
}

/* Lost lines are older than the record that follows them: they are reported with its time. */
static void write_record(const struct log_record *record)
{
    uint64_t lost = log_ring_lost(&printk_ring);
    if (lost != reported_lost) {
        struct log_record report = {.time_ns = record->time_ns, .level = LOG_WARNING, .module = "log"};
        format_string(report.text, sizeof report.text, "%llu lines lost", (unsigned long long)(lost - reported_lost));
        write_line(&report);
        reported_lost = lost;
    }
    write_line(record);
}

/* Stops in front of a record that is still being stored. For the holder of is_draining. */
static unsigned write_pending(unsigned max_lines)
{
    struct log_record record;
    unsigned written = 0;
    while (written < max_lines && console_next_selected(NULL) &&
           log_ring_read(&printk_ring, &record) == LOG_RING_RECORD) {
        write_record(&record);
        log_ring_advance(&printk_ring);
        written++;
    }
    return written;
}

static bool begin_drain(void)
{
    return !__atomic_exchange_n(&is_draining, true, __ATOMIC_ACQUIRE);
}

static void end_drain(void)
{
    __atomic_store_n(&is_draining, false, __ATOMIC_RELEASE);
}

unsigned printk_drain(unsigned max_lines)
{
    if (!begin_drain())
        return 0;
    unsigned written = write_pending(max_lines);
    end_drain();
    return written;
}

/* A line pushed while this drain ran, by an interrupt or by a console, has left itself to us (P1). */
static void drain_directly(void)
{
    for (unsigned written = 0; written < PRINTK_DIRECT_LINES;) {
        uint64_t seen = log_ring_pushed(&printk_ring);
        if (!begin_drain())
            return;
        written += write_pending(PRINTK_DIRECT_LINES - written);
        end_drain();
        if (log_ring_pushed(&printk_ring) == seen)
            return;
    }
}

void printk(enum log_level level, const char *module, const char *format, ...)
{
    if (level > log_filter_level(__atomic_load_n(&filter, __ATOMIC_ACQUIRE), module))
        return;
    struct log_record record;
    uint64_t (*now_ns)(void) = __atomic_load_n(&clock_now_ns, __ATOMIC_ACQUIRE);
    record.time_ns = now_ns ? now_ns() : 0;
    record.level = (uint8_t)level;
    text_copy(record.module, sizeof record.module, module ? module : "", LOG_MODULE_BYTES);
    va_list arguments;
    va_start(arguments, format);
    close_text(&record, format_string_va(record.text, sizeof record.text, format, arguments));
    va_end(arguments);
    log_ring_push(&printk_ring, &record);

    void (*listener)(void) = __atomic_load_n(&drain_listener, __ATOMIC_ACQUIRE);
    if (listener && !__atomic_load_n(&is_direct_for_good, __ATOMIC_RELAXED))
        listener();
    else
        drain_directly();
}

void printk_set_filter(const struct log_filter *wanted)
{
    struct log_filter *spare = &filters[filter == &filters[0]];
    *spare = *wanted;
    (void)__atomic_exchange_n(&filter, spare, __ATOMIC_ACQ_REL); /* acquires: what the next call writes stays below */
}

struct log_filter printk_filter(void)
{
    return *filter;
}

void printk_set_clock(uint64_t (*now_ns)(void))
{
    __atomic_store_n(&clock_now_ns, now_ns, __ATOMIC_RELEASE);
}

void printk_set_listener(void (*listener)(void))
{
    __atomic_store_n(&drain_listener, listener, __ATOMIC_RELEASE);
}

void printk_go_direct(void)
{
    __atomic_store_n(&is_direct_for_good, true, __ATOMIC_RELAXED);
    __atomic_store_n(&is_draining, true, __ATOMIC_RELAXED);
    struct log_record record;
    for (unsigned handled = 0; handled < PRINTK_DIRECT_LINES && console_next_selected(NULL); handled++) {
        enum log_ring_result result = log_ring_read(&printk_ring, &record);
        if (result == LOG_RING_EMPTY)
            break;
        if (result == LOG_RING_PENDING) {
            log_ring_skip(&printk_ring);
            continue;
        }
        write_record(&record);
        log_ring_advance(&printk_ring);
    }
    end_drain();
}

struct printk_history printk_history(enum log_level level)
{
    return (struct printk_history){.walk = log_ring_walk(&printk_ring), .level = level};
}

/* Returns the number of lines it has printed. */
static unsigned report_missed(struct printk_history *history, struct console *console)
{
    uint64_t missed = history->walk.missed - history->missed;
    if (missed == 0)
        return 0;
    console_start_line_on(console);
    console_printf(console, "%llu older lines lost\n", (unsigned long long)missed);
    history->missed = history->walk.missed;
    return 1;
}

bool printk_history_print(struct printk_history *history, struct console *console, unsigned max_lines)
{
    struct log_record record;
    for (unsigned printed = 0; printed < max_lines;) {
        bool has_more = log_ring_walk_next(&printk_ring, &history->walk, &record);
        printed += report_missed(history, console);
        if (!has_more)
            return false;
        if (record.level <= history->level) {
            write_line_on(console, &record);
            printed++;
        }
    }
    return true;
}

uint64_t printk_lost_lines(void)
{
    return log_ring_lost(&printk_ring);
}
