/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/mm/mapper.h>
#include <tenorite/mm/region.h>

/* All calls: task context or early boot, one CPU at a time. */
struct address_space {
    struct mapper mapper;
};

/*
 * Builds the kernel's own address space, unused as yet, from frames of `frames`: the image's segments with their
 * permissions, and the window onto `ram` (whole pages; everything the kernel reads or writes through the window, not
 * only what is free), writable and not executable, in 2 MiB pages where they fit. The window leaves out the image, so
 * that its text has no writable second name. Nothing else is mapped: not page 0, not the image's guard pages.
 *
 * The tables are written through the window as it is mapped now. Cost: linear in the size of the tables. On any error
 * of map_to(), all frames are back and `space` means nothing.
 */
enum map_error address_space_build(struct address_space *space, struct frames *frames, const struct region_list *ram)
    MUST_CHECK;

/* Whether no page is both writable and executable; false where the CPU has no execute protection and any page is
 * writable. Reads all tables. */
bool address_space_is_w_xor_x(const struct address_space *space) MUST_CHECK;

/* Makes `space` the one that this CPU uses and forgets all cached translations. Panics where the code or the stack in
 * use is not mapped as it has to be. */
void address_space_activate(const struct address_space *space);

/* Gives all tables back, the root included, but no frame that a page shows. `space` must not be in use. */
void address_space_discard(struct address_space *space);
