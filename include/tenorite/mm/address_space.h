/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/mm/mapper.h>
#include <tenorite/mm/region.h>

/*
 * An address space: a lower half of its own, and the kernel half, which all share. The kernel's own space is built first
 * and never ends; its lower half stays empty. Every other is created from it.
 *
 * The halves are shared by their root entries: both roots lead to the same level 3 tables. So the kernel half is edited by
 * the mapper of any space and every space shows it at once, as long as no root entry of that half changes. None does:
 * address_space_build() links a table for every part of the ranges in which mappings come later, clean_up() with KERNEL_TABLES_SHARED leaves them
 * linked, and a mapping outside those ranges is found by the next switch.
 *
 * All calls: task context or early boot, one CPU at a time.
 */
struct address_space {
    struct mapper mapper;
    const struct address_space *kernel; /* whose kernel half this is; NULL: its own */
};

/*
 * Builds the kernel's own address space, unused as yet, from frames of `frames`: the image's segments with their
 * permissions, and the window onto `ram` (whole pages; everything the kernel reads or writes through the window, not
 * only what is free), writable and not executable, in the largest pages that the CPU has and that fit. The window leaves
 * out the image, so that its text has no writable second name. Nothing else is mapped: not page 0, not the image's guard
 * pages. The ranges for heap and device memory get tables, empty as yet.
 *
 * The tables are written through the window as the boot tables show it, and come from memory that is in it; once the space
 * is active, mapper_widen_window() opens the rest to them. Cost: linear in the size of the tables. On any error of
 * map_range(), or MAP_NO_ROOM where RAM ends beyond the window's range, all frames are back and `space` means nothing.
 */
enum map_error address_space_build(struct address_space *space, struct frames *frames, const struct region_list *ram)
    MUST_CHECK;

/* Makes `space` an address space with an empty lower half and the kernel half of `kernel`, the kernel's own, which must
 * outlive it. Takes one frame of its source. Errors: MAP_NO_FRAME; nothing has changed then. */
enum map_error address_space_create(struct address_space *space, const struct address_space *kernel) MUST_CHECK;

/* Whether no page is both writable and executable; false where the CPU has no execute protection and any page is
 * writable, and where a table is damaged. Reads all tables; bounded as mapped_ranges_next() is. */
bool address_space_is_w_xor_x(const struct address_space *space) MUST_CHECK;

/* Makes `space` the one that this CPU uses and forgets all cached translations. Panics where the code or the stack in
 * use is not mapped as it has to be, and where the kernel half is no longer the kernel's. */
void address_space_activate(const struct address_space *space);

/* Whether this CPU uses `space`. */
bool address_space_is_active(const struct address_space *space) MUST_CHECK;

struct NODISCARD address_space_end {
    enum map_error error;
    virt_addr address; /* of what is in the way; meaningless without an error */
};

/*
 * Gives the tables of the lower half and the root back: `space` ends, and means nothing afterwards. It must not be
 * active, nor the kernel's own; its kernel half must still be the kernel's.
 *
 * Frames that pages show are no business of an address space: unmap the pages first, so that none is forgotten. Cost:
 * linear in the tables. Errors, and the tables are as they were: MAP_ALREADY_MAPPED or MAP_MARKED_NOT_PRESENT where a
 * page or a marker is left; MAP_DAMAGED_TABLE where an entry is damaged, or leads to a table that has another place in
 * the lower half too, or to a frame that its source has not handed out.
 */
struct address_space_end address_space_destroy(struct address_space *space);
