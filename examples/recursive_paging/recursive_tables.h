/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/address.h>

/*
 * Page tables that show themselves: entry RECURSIVE_SLOT of the root leads to the root. One CPU; the space in use only.
 */

/* In the kernel half, away from everything in src/arch/x86_64/layout.h. Not 511: the last table's last entry would be the
 * last word of the address space, and the pointer behind it would be 0. */
enum { RECURSIVE_SLOT = 510 };

/* What the entry RECURSIVE_SLOT of a root at physical address `root` has to be. */
uint64_t recursive_link(phys_addr root);

/* The entry for `address` in the table at `level`, 4 (the root) to 1. It may be touched only where the entries above it
 * are present and lead to tables. */
volatile uint64_t *recursive_entry(virt_addr address, int level);

struct NODISCARD recursive_translation {
    bool is_mapped;
    phys_addr address;
};

struct recursive_translation recursive_translate(virt_addr address);

enum NODISCARD recursive_error {
    RECURSIVE_OK,
    RECURSIVE_MAPPED,     /* something is mapped there, perhaps a larger page */
    RECURSIVE_NOT_MAPPED, /* nothing is, or a larger page */
};

/* Gives a frame, full of zeroes, for a table. */
typedef phys_addr (*recursive_table_source)(void);

/* Maps the 4 KiB page `page` to `frame`, by an entry with the low bits and bit 63 of `flags`. */
enum recursive_error recursive_map(virt_addr page, phys_addr frame, uint64_t flags, recursive_table_source new_table);

/* Takes the 4 KiB page `page` away. The tables stay. */
enum recursive_error recursive_unmap(virt_addr page);
