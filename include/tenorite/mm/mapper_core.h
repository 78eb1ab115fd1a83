/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * The mapper without types: page numbers, frame numbers and flag bits are plain integers, so that a proof tool can
 * read it. Its numbers are not checked and what it changes is nobody's duty to flush: it is for src/mm and the macros
 * of <tenorite/mm/mapper.h>, which is the interface to use.
 *
 * A page number is bits 47..12 of an address; a number of a larger page's first 4 KiB page stands for that page. A
 * frame number is a physical address divided by 4096. Flags have the layout of page_flags.
 */
enum map_error {
    MAP_OK,
    MAP_NOT_MAPPED,          /* nothing is mapped there */
    MAP_ALREADY_MAPPED,      /* a page of this size is mapped there */
    MAP_INSIDE_HUGE_PAGE,    /* the page lies inside a larger one that is mapped */
    MAP_HAS_SMALLER_PAGES,   /* a table for smaller pages is there, whether or not it is empty */
    MAP_MARKED_NOT_PRESENT,  /* the entry is not zero and not present: somebody's marker; it stays as it is */
    MAP_NO_FRAME,            /* the frame source has no frame left for a table */
    MAP_DAMAGED_TABLE,       /* bits are set that every CPU reserves, or a table lies outside physical memory */
    MAP_FOREIGN_TABLE,       /* a table above the page is linked with other permissions than this mapper gives */
    MAP_FRAME_TOO_HIGH,      /* the frame lies beyond the CPU's physical addresses */
    MAP_FLAGS_NOT_ALLOWED,   /* not PRESENT, without a name, USER in the kernel half, or GLOBAL in the lower half */
    MAP_WRITABLE_EXECUTABLE, /* WRITABLE asks for NO_EXECUTE */
    MAP_SIZE_NOT_SUPPORTED,  /* the CPU has no pages of this size */
    MAP_BAD_RANGE,           /* of a range: its length is 0, or it ends beyond its half or the physical addresses */
    MAP_NO_IDENTITY,         /* the frame's address is not one of the lower half's virtual addresses */
    MAP_NO_ROOM,             /* the virtual range it should be placed in is used up */
};

enum { PAGE_TABLE_ENTRIES = 512 };

struct page_table {
    uint64_t entries[PAGE_TABLE_ENTRIES];
};

struct frames;

struct mapper {
    struct page_table *tables; /* the window onto physical memory: tables[frame number] */
    uint64_t table_limit;      /* frame numbers that the window covers */
    uint64_t frame_limit;      /* frame numbers that the CPU can address */
    uint64_t root;             /* frame number of the level 4 table */
    struct frames *frames;
    bool has_no_execute;
    bool has_1g_pages;
};

struct mapper_translation {
    uint64_t entry; /* the one that maps the page, as the table has it */
    int level;      /* 1, 2, 3: a page of 4 KiB, 2 MiB, 1 GiB */
    enum map_error error;
};

struct mapper_removal {
    uint64_t frame;
    enum map_error error;
};

/* Each changes one entry of the address space or, on any error, nothing. `map` takes at most 3, 2 or 1 frames for
 * tables. */
enum map_error mapper_core_map_4k(struct mapper *mapper, uint64_t page, uint64_t frame, uint64_t flags) MUST_CHECK;
enum map_error mapper_core_map_2m(struct mapper *mapper, uint64_t page, uint64_t frame, uint64_t flags) MUST_CHECK;
enum map_error mapper_core_map_1g(struct mapper *mapper, uint64_t page, uint64_t frame, uint64_t flags) MUST_CHECK;
enum map_error mapper_core_update_4k(struct mapper *mapper, uint64_t page, uint64_t flags) MUST_CHECK;
enum map_error mapper_core_update_2m(struct mapper *mapper, uint64_t page, uint64_t flags) MUST_CHECK;
enum map_error mapper_core_update_1g(struct mapper *mapper, uint64_t page, uint64_t flags) MUST_CHECK;
struct mapper_removal mapper_core_unmap_4k(struct mapper *mapper, uint64_t page) MUST_CHECK;
struct mapper_removal mapper_core_unmap_2m(struct mapper *mapper, uint64_t page) MUST_CHECK;
struct mapper_removal mapper_core_unmap_1g(struct mapper *mapper, uint64_t page) MUST_CHECK;
struct mapper_translation mapper_core_translate(const struct mapper *mapper, uint64_t page) MUST_CHECK;

/* The frame and the flags in an entry that maps a page at `level`. */
uint64_t mapper_core_leaf_frame(uint64_t entry, int level) MUST_CHECK;
uint64_t mapper_core_leaf_flags(uint64_t entry, int level) MUST_CHECK;

/* What every table entry above `page` carries: present and writable, and in the lower half also user. Fixed by the
 * half, so that a table once linked never changes. */
uint64_t mapper_core_table_flags(uint64_t page) MUST_CHECK;

/* Supplied by mapper.c. A frame for a table, inside the window: its number, which is not 0; or 0 if there is none. */
uint64_t mapper_frame_alloc(struct mapper *mapper) MUST_CHECK;
void mapper_frame_free(struct mapper *mapper, uint64_t frame);
