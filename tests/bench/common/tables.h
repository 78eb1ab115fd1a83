/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/mm/frames.h>
#include <tenorite/mm/mapper.h>

/*
 * Physical memory for page tables: an array that the mapper takes for its window. Frames 1 to TABLES_FRAMES - 1 are
 * free, and the root is one of them.
 */
enum { TABLES_FRAMES = 1 << 16 };

extern uint64_t (*tables_memory)[512]; /* [frame][entry] */
extern struct frames tables_frames;
extern struct mapper tables_mapper;

/* Everything anew, with an empty root. */
void tables_reset(void);
