/* SPDX-License-Identifier: MIT */
/*
 * One step of the CPU's walk takes nine bits of the address and follows one entry. An address that begins with the slot R
 * makes the first step lead from the root to the root: all others happen one level too early, and the page that they end
 * at is a table. So the address of the level 1 entry for an address is that address, shifted by the nine bits that one
 * step took, behind R; and doing the same with the result gives the level 2 entry, and so on:
 *
 *     address       i4 i3 i2 i1 offset
 *     level 1 entry  R i4 i3 i2 i1*8
 *     level 2 entry  R  R i4 i3 i2*8
 *     level 3 entry  R  R  R i4 i3*8
 *     level 4 entry  R  R  R  R i4*8
 */
#include "recursive_tables.h"

#include <tenorite/arch/paging.h>

#define PRESENT 1ull
#define WRITABLE 2ull
#define USER 4ull
#define LARGE 128ull
#define NO_EXECUTE (1ull << 63)
#define FRAME_BITS 0x000ffffffffff000

uint64_t recursive_link(phys_addr root)
{
    return root.value | PRESENT | WRITABLE | NO_EXECUTE;
}

static uint64_t entry_address(uint64_t address)
{
    uint64_t below_slot = (address >> 9 & 0x7fffffffff) & ~7ull;
    return 0xffff000000000000 | (uint64_t)RECURSIVE_SLOT << 39 | below_slot;
}

volatile uint64_t *recursive_entry(virt_addr address, int level)
{
    uint64_t at = address.value;
    for (int i = 0; i < level; i++)
        at = entry_address(at);
    return (volatile uint64_t *)at;
}

struct recursive_translation recursive_translate(virt_addr address)
{
    for (int level = 4; level >= 1; level--) {
        uint64_t entry = *recursive_entry(address, level);
        if ((entry & PRESENT) == 0)
            return (struct recursive_translation){.is_mapped = false};
        if (level > 1 && (entry & LARGE) == 0)
            continue;
        uint64_t offset_mask = (1ull << (3 + 9 * level)) - 1;
        uint64_t frame = entry & FRAME_BITS & ~offset_mask; /* of a large page, the lowest bits are something else */
        return (struct recursive_translation){true, phys_addr_new(frame | (address.value & offset_mask))};
    }
    __builtin_unreachable();
}

/* The tables that are missing are linked from the top down: a table can only be reached once it is linked. That is why
 * `new_table` has to fill it with zeroes on another way. */
enum recursive_error recursive_map(virt_addr page, phys_addr frame, uint64_t flags, recursive_table_source new_table)
{
    uint64_t user = page.value < 1ull << 47 ? USER : 0;
    for (int level = 4; level > 1; level--) {
        volatile uint64_t *entry = recursive_entry(page, level);
        if ((*entry & PRESENT) == 0)
            *entry = new_table().value | PRESENT | WRITABLE | user;
        else if ((*entry & LARGE) != 0)
            return RECURSIVE_MAPPED;
    }
    if (*recursive_entry(page, 1) != 0)
        return RECURSIVE_MAPPED;
    *recursive_entry(page, 1) = frame.value | flags | PRESENT;
    return RECURSIVE_OK;
}

enum recursive_error recursive_unmap(virt_addr page)
{
    for (int level = 4; level > 1; level--) {
        uint64_t entry = *recursive_entry(page, level);
        if ((entry & PRESENT) == 0 || (entry & LARGE) != 0)
            return RECURSIVE_NOT_MAPPED;
    }
    if ((*recursive_entry(page, 1) & PRESENT) == 0)
        return RECURSIVE_NOT_MAPPED;
    *recursive_entry(page, 1) = 0;
    tlb_flush_page(page);
    return RECURSIVE_OK;
}
