/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* What a program asks of its heap, decided beforehand: at each step the block in `slot` is freed, and one of `bytes`
 * takes its place. */
struct trace_step {
    uint32_t slot;
    uint32_t bytes;
};

struct trace {
    const char *name;
    uint32_t slots; /* blocks that live at any time after the first `slots` steps, which fill one each */
    uint32_t count; /* steps, those included */
    struct trace_step *steps;
};

/* Sizes are distributed evenly by their logarithm from `low` to below `high` bytes; slots at random. Same arguments, same
 * trace. */
struct trace trace_log_uniform(const char *name, uint32_t low, uint32_t high, uint32_t slots, uint32_t steps);

/* The bytes that live after the last step. */
uint64_t trace_live_bytes(const struct trace *trace);
