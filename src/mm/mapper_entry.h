/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/mm/mapper_core.h>

/*
 * The fields and states of page table entries, and which flags a page may have: what the mapper's core and its range
 * operations share. All pure. Arithmetic is by / and % with constants, without shifts, masks and casts, because provers
 * follow that and compilers make shifts and masks of it.
 */

/* Entry fields as factors: bit n is 2 to the n. */
#define BIT_WRITABLE 2u
#define BIT_USER 4u
#define BIT_PAT 128u   /* in an entry that maps 4 KiB, and in page_flags */
#define BIT_LARGE 128u /* in an entry that maps 2 MiB or 1 GiB */
#define BIT_GLOBAL 256u
#define BIT_LARGE_PAT 4096u
#define TABLE_PERMISSIONS 8u /* present, writable, user: an entry modulo this */
#define FRAME_FACTOR 4096u
#define FRAME_NUMBERS 1099511627776u             /* 2^40 */
#define BIT_NO_EXECUTE 9223372036854775808u      /* 2^63 */
#define FLAGS_BELOW_FRAME 4096u                  /* flags 0..11: an entry modulo this */
#define FIRST_FLAG_ABOVE_FRAME 4503599627370496u /* 2^52 */
#define FLAGS_ABOVE_FRAME 2048u                  /* flags 52..62, which have no names */
#define PAGES_2M 512u                            /* 4 KiB pages in a 2 MiB page */
#define PAGES_1G 262144u                         /* 4 KiB pages in a 1 GiB page */
#define PAGES_512G 134217728u                    /* 4 KiB pages below one entry of the root */
#define FIRST_KERNEL_PAGE 34359738368u           /* 2^35: the number of the kernel half's first page */

ALWAYS_INLINE bool entry_is_present(uint64_t entry)
{
    return entry % 2u == 1u;
}

ALWAYS_INLINE bool entry_is_large(uint64_t entry)
{
    return entry / BIT_LARGE % 2u == 1u;
}

ALWAYS_INLINE bool entry_is_writable(uint64_t entry)
{
    return entry / BIT_WRITABLE % 2u == 1u;
}

ALWAYS_INLINE bool entry_is_no_execute(uint64_t entry)
{
    return entry / BIT_NO_EXECUTE == 1u;
}

ALWAYS_INLINE uint64_t entry_frame(uint64_t entry)
{
    return entry / FRAME_FACTOR % FRAME_NUMBERS;
}

ALWAYS_INLINE uint64_t pages_at(int level)
{
    return level == 1 ? 1u : level == 2 ? PAGES_2M : PAGES_1G;
}

ALWAYS_INLINE uint64_t index_at(uint64_t page, int level)
{
    return level == 1   ? page % 512u
           : level == 2 ? page / PAGES_2M % 512u
           : level == 3 ? page / PAGES_1G % 512u
                        : page / PAGES_512G % 512u;
}

ALWAYS_INLINE bool is_kernel_half(uint64_t page)
{
    return page >= FIRST_KERNEL_PAGE;
}

/* Of every table entry above `page`: present, writable and, in the lower half, user. */
ALWAYS_INLINE uint64_t table_flags_above(uint64_t page)
{
    return is_kernel_half(page) ? 1u + BIT_WRITABLE : 1u + BIT_WRITABLE + BIT_USER;
}

ALWAYS_INLINE uint64_t table_entry(uint64_t table, uint64_t page)
{
    uint64_t entry = table * FRAME_FACTOR + table_flags_above(page);
    /*@ assert fields: entry / 4096 == table && entry % 2 == 1 && entry / 128 % 2 == 0; */
    return entry;
}

/* A large page's entry has the PAT bit in the place of the frame number's lowest bit, which is 0. */
ALWAYS_INLINE uint64_t leaf_entry(uint64_t frame, uint64_t flags, int level)
{
    uint64_t pat = flags / BIT_PAT % 2u;
    uint64_t number = level == 1 ? frame : frame + pat;
    uint64_t low = level == 1 ? flags : flags - pat * BIT_PAT + BIT_LARGE;
    uint64_t entry = number * FRAME_FACTOR + low;
    /*@ assert split: flags == flags / 9223372036854775808 * 9223372036854775808 + flags % 4096; */
    /*@ assert join: low == flags / 9223372036854775808 * 9223372036854775808 + low % 4096; */
    /*@ assert number: number < 1099511627776; */
    /*@ assert sum: entry == flags / 9223372036854775808 * 9223372036854775808 + number * 4096 + low % 4096; */
    /*@ assert fields: entry / 4096 == flags / 9223372036854775808 * 2251799813685248 + number &&
                       entry % 4096 == low % 4096; */
    /*@ assert frame: entry / 4096 % 1099511627776 == number; */
    /*@ assert whole: (level == 2 ==> number % 512 == pat) && (level == 3 ==> number % 262144 == pat); */
    /*@ assert pat: level > 1 ==> entry / 4096 % 2 == pat; */
    /*@ assert bit_7: level > 1 ==> entry / 128 % 2 == 1; */
    /*@ assert flags: level > 1 ==>
                      entry % 4096 - entry / 128 % 2 * 128 + entry / 4096 % 2 * 128 == flags % 4096; */
    return entry;
}

ALWAYS_INLINE uint64_t leaf_frame(uint64_t entry, int level)
{
    uint64_t frame = entry_frame(entry);
    return frame - frame % pages_at(level);
}

ALWAYS_INLINE uint64_t leaf_flags(uint64_t entry, int level)
{
    uint64_t no_execute = entry / BIT_NO_EXECUTE * BIT_NO_EXECUTE;
    uint64_t low = entry % FLAGS_BELOW_FRAME;
    uint64_t pat = level == 1 ? low / BIT_PAT % 2u : entry / BIT_LARGE_PAT % 2u;
    return no_execute + low - low / BIT_PAT % 2u * BIT_PAT + pat * BIT_PAT;
}

/* What the entry at the level of the page says about it: MAP_OK if it maps it. Of a large page's frame number, the
 * lowest bit is the entry's PAT bit and the others below the page's size are reserved. */
ALWAYS_INLINE enum map_error leaf_state(const struct mapper *mapper, uint64_t entry, int level)
{
    if (entry == 0)
        return MAP_NOT_MAPPED;
    if (!entry_is_present(entry))
        return MAP_MARKED_NOT_PRESENT;
    if (level > 1 && !entry_is_large(entry))
        return MAP_HAS_SMALLER_PAGES;
    if (entry_frame(entry) >= mapper->frame_limit)
        return MAP_DAMAGED_TABLE;
    if (level > 1 && entry_frame(entry) % pages_at(level) > 1)
        return MAP_DAMAGED_TABLE;
    return MAP_OK;
}

/* What the entry above the level of the page says: MAP_OK if it leads to a table that exists. */
ALWAYS_INLINE enum map_error branch_state(const struct mapper *mapper, uint64_t entry, int level)
{
    if (!entry_is_present(entry))
        return MAP_MARKED_NOT_PRESENT;
    if (entry_is_large(entry))
        return level == 4 ? MAP_DAMAGED_TABLE : MAP_INSIDE_HUGE_PAGE;
    if (entry_frame(entry) == 0 || entry_frame(entry) >= mapper->table_limit)
        return MAP_DAMAGED_TABLE;
    return MAP_OK;
}

ALWAYS_INLINE enum map_error check_flags(uint64_t page, uint64_t flags)
{
    if (!entry_is_present(flags) || entry_frame(flags) != 0 ||
        flags / FIRST_FLAG_ABOVE_FRAME % FLAGS_ABOVE_FRAME != 0)
        return MAP_FLAGS_NOT_ALLOWED;
    if (is_kernel_half(page) && flags / BIT_USER % 2u == 1u)
        return MAP_FLAGS_NOT_ALLOWED;
    if (!is_kernel_half(page) && flags / BIT_GLOBAL % 2u == 1u)
        return MAP_FLAGS_NOT_ALLOWED;
    if (entry_is_writable(flags) && !entry_is_no_execute(flags))
        return MAP_WRITABLE_EXECUTABLE;
    return MAP_OK;
}

/* Where the CPU has no execute protection, its bit is reserved. */
ALWAYS_INLINE uint64_t usable_flags(const struct mapper *mapper, uint64_t flags)
{
    return mapper->has_no_execute || !entry_is_no_execute(flags) ? flags : flags - BIT_NO_EXECUTE;
}
