/* SPDX-License-Identifier: MIT */
#pragma once

#include "memory_fixture.h"

#include "cpu_double.h"

#include <tenorite/mm/heap.h>

/*
 * A heap on real memory that the fixture mapper "maps": the range is reserved without access rights, and a page becomes
 * usable when its translation is flushed while the tables show it. So a heap that touches a page too early or too late
 * faults.
 */
enum { HEAP_RANGE_BYTES = 64 << 20 };

extern struct heap fixture_heap;
extern char
    *heap_fixture_start; /* of its range: a multiple of HEAP_RANGE_BYTES, so that every run needs the same tables */

/* `length` bytes of the range, from `offset` on. */
struct virtual_range heap_fixture_range(uint64_t offset, uint64_t length);

/* Everything anew: `frames` frames, and an empty heap in the first `length` bytes of the range. */
void heap_fixture_reset(uint64_t frames, uint64_t length);

/* Leaves `left` free frames to the heap. */
void heap_fixture_drain(uint64_t left);

/* The invariants hold, and the frames that are gone are those the heap says it has, and page tables. */
void heap_fixture_expect_sound(void);

int heap_fixture_setup(void **state); /* all frames, the whole range */
int heap_fixture_teardown(void **state);

#define WITH_HEAP(test) cmocka_unit_test_setup_teardown(test, heap_fixture_setup, heap_fixture_teardown)

/* Fills a block so that overlapping ones are noticed by heap_fixture_expect_filled(). */
void *heap_fixture_fill(void *block, size_t bytes, unsigned tag);
void heap_fixture_expect_filled(const void *block, size_t bytes, unsigned tag);

uint64_t heap_fixture_random(uint64_t *seed);
