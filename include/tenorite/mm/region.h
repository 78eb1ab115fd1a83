/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/boot_info.h>
#include <tenorite/lib/compiler.h>

/*
 * Region algebra: sets of bytes of the physical address space, kept as sorted lists of ranges.
 *
 * Functions are pure: they touch the list they are given and nothing else. Cost: linear in the length of the list
 * (for region_list_normalise: in the product of both lists). Any context.
 *
 * Ranges hold plain numbers, not phys_addr: an exclusive end may be 2^52 or more.
 */
struct region {
    uint64_t start;
    uint64_t end; /* exclusive; a region whose end is not above its start is empty */
};

enum { REGION_PAGE_BYTES = 4096 };

/* The bytes [base, base + length), clipped where that passes 2^64 - 1: the last byte of all is in no region. */
struct region region_new(uint64_t base, uint64_t length);

/* `region` without the pages that it covers in part only; possibly empty. */
struct region region_round_inward(struct region region);

/* `region` with all of each page that it touches; an empty one stays empty. */
struct region region_round_outward(struct region region);

/*
 * A set, in an array that its owner provides:
 *
 *     static struct region ranges[64];
 *     struct region_list list = REGION_LIST(ranges);
 *
 * Invariants, after every function:
 *   R1  count <= capacity
 *   R2  no region is empty
 *   R3  regions are in ascending order with at least one byte between two of them, so a set has only one form
 */
struct region_list {
    struct region *regions;
    size_t count;
    size_t capacity;
};

#define REGION_LIST(array) ((struct region_list){.regions = (array), .count = 0, .capacity = COUNT_OF(array)})

enum NODISCARD region_error { REGION_OK, REGION_LIST_FULL };

/* Adds the bytes of `region`, merging with what overlaps it or touches it. Empty: nothing to do.
 * REGION_LIST_FULL: the set does not fit; the list is unchanged. */
enum region_error region_list_add(struct region_list *list, struct region region);

/* Takes the bytes of `region` out; splitting a region needs one more place. Empty: nothing to do.
 * REGION_LIST_FULL: the rest does not fit; the list is unchanged. */
enum region_error region_list_subtract(struct region_list *list, struct region region);

/* Takes out every page that [base, base + length) touches: memory that is in use and must not be handed out.
 * REGION_LIST_FULL: the rest does not fit; the list is unchanged. */
enum region_error region_list_reserve(struct region_list *list, uint64_t base, uint64_t length);

/* Keeps only what lies inside `limit`. */
void region_list_clip(struct region_list *list, struct region limit);

/* Keeps only whole pages. */
void region_list_round_inward(struct region_list *list);

/* The number of bytes in the set. */
uint64_t region_list_total_bytes(const struct region_list *list);

/*
 * Replaces *list by the pages that a loader's memory map leaves for use: every byte of them is reported usable, none
 * of their bytes is reported as anything else, and they lie inside `limit`. Reported regions may come in any order,
 * overlap, repeat, touch within a page, or be empty. One whose end is not below 2^64 is not believed when it is
 * usable, and clipped otherwise. A list with `count` places is always large enough.
 *
 * REGION_LIST_FULL: the result, or a step towards it, does not fit; the list is empty.
 */
enum region_error region_list_normalise(struct region_list *list, const struct boot_region *reported, size_t count,
                                        struct region limit);
