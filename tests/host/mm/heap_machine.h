/* SPDX-License-Identifier: MIT */
#pragma once

#include "mapper_machine.h"

#include <tenorite/mm/heap.h>

/*
 * A heap on real memory that machine_mapper "maps". All of its range can be accessed all the time, which costs no system
 * call; a page that is not mapped holds garbage instead, and is looked at when it is mapped again: a heap that writes to
 * it, or relies on what it held, fails the property.
 */
enum { HEAP_MACHINE_RANGE_BYTES = 8 << 20 };

extern struct heap machine_heap;

/* A machine with `frames` frames (see machine_reset), and an empty heap. */
void heap_machine_reset(uint64_t frames);

/* Whether all of [start, start + bytes) is mapped. */
bool heap_machine_is_mapped(const void *start, uint64_t bytes);

/* Fails the property where the heap, its statistics and the page tables disagree. */
void heap_machine_check(void);

/* Fails the property if any page that was mapped since the reset, but is no more, was written to after that. */
void heap_machine_check_unmapped(void);
