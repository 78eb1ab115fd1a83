/* SPDX-License-Identifier: MIT */
#pragma once

#include "mapper_model.h"

/*
 * A mapper on a small physical memory, whose page tables are also read by hand. Free of cmocka, for property tests and
 * fuzzers; one at a time.
 */
enum { MACHINE_FRAMES = 1024, MACHINE_MAX_TABLES = 96 };

extern struct frames machine_frames;
extern struct mapper machine_mapper;

/* Everything anew: an empty root and `frames` - 1 free frames, of which the first MACHINE_MAX_TABLES hold garbage; and
 * nothing flushed yet. `frames` is below MACHINE_FRAMES: frame 0 is never handed out. */
void machine_reset(struct paging_features features, uint64_t frames);

uint64_t machine_free_frames(void);

/* How many frames are neither free nor held back: the root, tables, and what was taken for other purposes. */
uint64_t machine_used_frames(void);

/* Takes frames out of the mapper's source, or puts them back, until `free_frames` are left in it or all are back. */
void machine_set_free_frames(uint64_t free_frames);

/* Counts what hangs below the root, at most MACHINE_MAX_TABLES tables, and remembers them all. Returns what is wrong with
 * them, or NULL: an entry that is neither a link to a table nor a page, or a table that is linked twice. */
const char *machine_take_stock(struct model_counts *counts);

/* Whether all that was a table when stock was taken is as it was. */
bool machine_is_unchanged(void);

/* The entry that maps `address`, or 0; and the size of the page. */
uint64_t machine_entry(uint64_t address, uint64_t *page_bytes);
