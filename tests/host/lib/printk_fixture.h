/* SPDX-License-Identifier: MIT */
#pragma once

#include "child_output.h"

#include <tenorite/lib/printk.h>

#include "lib/printk_ring.h"

static uint64_t now_ns;

static inline uint64_t read_clock(void)
{
    return now_ns;
}

static inline void begin(void)
{
    console_register(&child_console);
    printk_set_clock(read_clock);
}

static inline void set_filter(const char *text)
{
    struct log_filter filter;
    if (log_filter_parse(text, &filter).error != LOG_FILTER_OK)
        _exit(98);
    printk_set_filter(&filter);
}

/* A listener that nobody hears: lines stay in the ring until somebody drains it. */
static inline void be_silent(void)
{
}

static inline void tell_style(struct console *self, enum console_style style)
{
    (void)self;
    dprintf(child_pipe, "<%c>", "pdwe"[style]);
}
