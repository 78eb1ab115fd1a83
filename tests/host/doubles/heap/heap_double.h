/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Host double of the heap, over malloc, for tests of what allocates. A test lists heap_double.c among its own sources;
 * it then takes the place of the real heap in that test.
 */
struct heap;

/* The heap to hand to the code under test; never dereferenced. */
struct heap *heap_double(void);

/* Frees everything that is still allocated, and forgets the failure that was asked for. */
void heap_double_reset(void);

/* The `nth` allocation from now on (1: the next one) fails, once; 0: none does. */
void heap_double_fail_at(unsigned nth);

size_t heap_double_live_blocks(void);
