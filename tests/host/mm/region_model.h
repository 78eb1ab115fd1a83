/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/mm/region.h>

/*
 * The oracle for sets of regions: one flag for each cell of the address space, where cells are what lies between two
 * neighbouring edges of a world. A test takes all its numbers from the world's edges, so that every set it can build is
 * a set of cells, and every question about it is one about flags.
 *
 * A world with an edge inside a page also has the edges of that page (see world_finish), so that rounding to pages
 * stays inside the model as well.
 */
enum { MAX_CELLS = 8192, CELLS_PER_WORD = 64, MAX_CELL_WORDS = MAX_CELLS / CELLS_PER_WORD };

struct world {
    const char *name;
    size_t cell_count;
    uint64_t edges[MAX_CELLS + 1];                        /* ascending; cell i is [edges[i], edges[i + 1]) */
    uint16_t page_first[MAX_CELLS], page_last[MAX_CELLS]; /* the cells that share a page with cell i, or i alone */
};

struct cells {
    uint64_t words[MAX_CELL_WORDS];
};

/* 1024 pages from address 0 on, in eight cells each. */
const struct world *world_of_frames(void);

/* Few edges, where numbers go wrong: next to 0, to page bounds, to 2^32, 2^52 and 2^64 - 1. */
const struct world *world_of_limits(void);

/* Sets or clears the cells [first, last); nothing where `last` is not above `first`. */
void cells_set(struct cells *cells, size_t first, size_t last);
void cells_clear(struct cells *cells, size_t first, size_t last);

/* Clears the cells of every page that a cell of [first, last) lies in. */
void cells_clear_pages(const struct world *world, struct cells *cells, size_t first, size_t last);

/* Clears the cells of every page of which a cell is missing. The last page always misses its last byte. */
void cells_keep_whole_pages(const struct world *world, struct cells *cells);

/* How many ranges of neighbouring cells there are. */
size_t cells_range_count(const struct world *world, const struct cells *cells);

/* What is wrong with `list`, if the cells are what it ought to hold: NULL for nothing. */
const char *cells_complaint(const struct world *world, const struct cells *cells, const struct region_list *list);
