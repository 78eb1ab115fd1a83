/* SPDX-License-Identifier: MIT */
#pragma once

#include "panic_double.h"

#include "cpu_double.h"

#include <tenorite/mm/frames.h>

/*
 * A frame allocator over memory that does not exist, and short names for what tests do with it. frames_fixture_init()
 * makes it anew, on bookkeeping full of garbage; the memory may end at FRAMES_FIXTURE_END.
 */
#define FRAMES_FIXTURE_END (100ull << 30)
#define KIB 1024ull
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

extern struct frames allocator;

void frames_fixture_init(struct region *regions, size_t count);

#define INIT_FRAMES(...)                                                                                             \
    frames_fixture_init((struct region[]){__VA_ARGS__}, COUNT_OF(((struct region[]){__VA_ARGS__})))

frame_4k frame_4k_of(uint64_t address);
frame_2m frame_2m_of(uint64_t address);
frame_1g frame_1g_of(uint64_t address);

/* The result's address, or NO_FRAME. */
#define NO_FRAME UINT64_MAX
uint64_t take_4k(void);
uint64_t take_2m(void);
uint64_t take_1g(void);
uint64_t take_run(struct frames_request request);

/* Fails the test with the violated invariant, if there is one. */
void expect_sound(void);

/* Free frames of each size, and the most 4 KiB frames that were in use at once. */
void expect_free(uint64_t count_4k, uint64_t count_2m, uint64_t count_1g);
void expect_peak(uint64_t count);
