/* SPDX-License-Identifier: MIT */
#pragma once

#include "panic_double.h"

#include "paging_double.h"

#include <tenorite/mm/frames.h>
#include <tenorite/mm/mapper.h>

/*
 * Physical memory for tests: an array that the mapper takes for its window. Frames 1 to FIXTURE_FRAMES - 1 are handed
 * out from the lowest up, so the root is frame 1; each frame holds garbage until somebody fills it.
 */
enum { FIXTURE_FRAMES = 1024, FIXTURE_BYTES = FIXTURE_FRAMES * 4096 };

extern uint64_t (*const fixture_memory)[512]; /* [frame][entry], aligned to 2 MiB */
extern struct frames fixture_frames;
extern struct mapper fixture_mapper;

/* Everything anew: garbage in memory, an empty root, `usable_frames` frames left beside it, the paging double reset. */
void fixture_reset(uint64_t usable_frames);
int fixture_setup(void **state); /* fixture_reset() with all frames; for cmocka */

uint64_t fixture_free_frames(void);

/* Takes free frames until `left` are. */
void fixture_drain(uint64_t left);

/* Remembers all of memory and the number of free frames; and fails the test if anything differs. */
void fixture_snapshot(void);
void fixture_expect_unchanged(void);

/* How many tables hang below the root, counted by following the entries. */
uint64_t fixture_table_count(void);

/* The entry for `address` in the table at `level` (4 is the root), found by hand; fails the test where a table above
 * is missing. */
uint64_t *fixture_entry(uint64_t address, int level);
