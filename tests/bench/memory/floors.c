/* SPDX-License-Identifier: MIT */
#include "floors.h"

#include <tenorite/arch/address.h>
#include <tenorite/lib/text.h>

#define PRESENT 1ull
#define WRITABLE 2ull
#define USER 4ull
#define LARGE 0x80ull
#define GLOBAL 0x100ull
#define NO_EXECUTE (1ull << 63)
#define FRAME_BITS 0x000ffffffffff000ull
#define FLAG_BITS 0x8000000000000fffull
#define LINK_FLAGS_KERNEL (PRESENT | WRITABLE)
#define LINK_FLAGS_LOWER (PRESENT | WRITABLE | USER)
#define LINK_CHECKED_BITS (NO_EXECUTE | LARGE | USER | WRITABLE | PRESENT)

ALWAYS_INLINE unsigned index_in_table(uint64_t page, int level)
{
    return page >> (3 + 9 * level) & 511;
}

static bool is_kernel_half(uint64_t page)
{
    return page >> 63 != 0;
}

static uint64_t link_flags(uint64_t page)
{
    return is_kernel_half(page) ? LINK_FLAGS_KERNEL : LINK_FLAGS_LOWER;
}

static bool is_page(uint64_t page)
{
    return (uint64_t)((int64_t)(page << 16) >> 16) == page && page % PAGE_4K_BYTES == 0;
}

static bool are_flags_allowed(uint64_t page, uint64_t flags)
{
    if ((flags & ~FLAG_BITS) != 0 || (flags & PRESENT) == 0)
        return false;
    if ((flags & (is_kernel_half(page) ? USER : GLOBAL)) != 0)
        return false;
    return (flags & WRITABLE) == 0 || (flags & NO_EXECUTE) != 0;
}

/* Links a new table where there is none. */
static uint64_t link_new_table(struct floor_mapper *mapper, uint64_t *link, uint64_t page)
{
    uint64_t table = mapper->next_table;
    if (table >= mapper->table_limit)
        return 0;
    mapper->next_table++;
    memset(mapper->tables[table], 0, PAGE_4K_BYTES);
    __atomic_store_n(link, table * PAGE_4K_BYTES | link_flags(page), __ATOMIC_RELEASE);
    return table;
}

/* The table below, a new one where there is none; 0 if there is none left, or the one that is there is not ours. */
ALWAYS_INLINE uint64_t table_to_map_in(struct floor_mapper *mapper, uint64_t above, uint64_t page, int level)
{
    uint64_t *link = &mapper->tables[above][index_in_table(page, level)];
    uint64_t entry = __atomic_load_n(link, __ATOMIC_RELAXED);
    if (UNLIKELY(entry == 0))
        return link_new_table(mapper, link, page);
    uint64_t table = (entry & FRAME_BITS) / PAGE_4K_BYTES;
    return (entry & LINK_CHECKED_BITS) == link_flags(page) && table < mapper->table_limit ? table : 0;
}

enum floor_error floor_map(struct floor_mapper *mapper, uint64_t page, uint64_t frame, uint64_t flags)
{
    if (!is_page(page) || frame % PAGE_4K_BYTES != 0 || frame / PAGE_4K_BYTES >= mapper->frame_limit)
        return FLOOR_REFUSED;
    if (!are_flags_allowed(page, flags))
        return FLOOR_REFUSED;
    uint64_t third = table_to_map_in(mapper, mapper->root, page, 4);
    uint64_t second = third == 0 ? 0 : table_to_map_in(mapper, third, page, 3);
    uint64_t table = second == 0 ? 0 : table_to_map_in(mapper, second, page, 2);
    if (table == 0)
        return FLOOR_REFUSED;
    uint64_t *leaf = &mapper->tables[table][index_in_table(page, 1)];
    if (__atomic_load_n(leaf, __ATOMIC_RELAXED) != 0)
        return FLOOR_REFUSED;
    __atomic_store_n(leaf, frame | flags, __ATOMIC_RELEASE);
    return FLOOR_OK;
}

/* Unmapping looks at no permissions. */
ALWAYS_INLINE uint64_t table_to_unmap_from(const struct floor_mapper *mapper, uint64_t above, uint64_t page,
                                           int level)
{
    uint64_t entry = __atomic_load_n(&mapper->tables[above][index_in_table(page, level)], __ATOMIC_RELAXED);
    uint64_t table = (entry & FRAME_BITS) / PAGE_4K_BYTES;
    return (entry & (PRESENT | LARGE)) == PRESENT && table < mapper->table_limit ? table : 0;
}

struct floor_removal floor_unmap(struct floor_mapper *mapper, uint64_t page)
{
    if (!is_page(page))
        return (struct floor_removal){FLOOR_REFUSED, 0};
    uint64_t third = table_to_unmap_from(mapper, mapper->root, page, 4);
    uint64_t second = third == 0 ? 0 : table_to_unmap_from(mapper, third, page, 3);
    uint64_t table = second == 0 ? 0 : table_to_unmap_from(mapper, second, page, 2);
    if (table == 0)
        return (struct floor_removal){FLOOR_REFUSED, 0};
    uint64_t *leaf = &mapper->tables[table][index_in_table(page, 1)];
    uint64_t entry = __atomic_load_n(leaf, __ATOMIC_RELAXED);
    if ((entry & PRESENT) == 0 || (entry & FRAME_BITS) / PAGE_4K_BYTES >= mapper->frame_limit)
        return (struct floor_removal){FLOOR_REFUSED, 0};
    __atomic_store_n(leaf, 0, __ATOMIC_RELEASE);
    return (struct floor_removal){FLOOR_OK, entry & FRAME_BITS};
}

void floor_fill_tables(struct floor_mapper *mapper, uint64_t first_table, uint64_t count, uint64_t frame,
                       uint64_t flags)
{
    uint64_t entry = frame | flags;
    for (uint64_t table = first_table; table < first_table + count; table++)
        for (unsigned i = 0; i < 512; i++, entry += PAGE_4K_BYTES)
            mapper->tables[table][i] = entry;
}

uint64_t floor_translate(const struct floor_mapper *mapper, uint64_t address)
{
    uint64_t third = mapper->tables[mapper->root][index_in_table(address, 4)] & FRAME_BITS;
    uint64_t second = mapper->tables[third / PAGE_4K_BYTES][index_in_table(address, 3)] & FRAME_BITS;
    uint64_t first = mapper->tables[second / PAGE_4K_BYTES][index_in_table(address, 2)] & FRAME_BITS;
    uint64_t leaf = mapper->tables[first / PAGE_4K_BYTES][index_in_table(address, 1)] & FRAME_BITS;
    return leaf | address % PAGE_4K_BYTES;
}

struct frame_allocation_4k floor_frame_alloc_4k(struct frames *frames)
{
    (void)frames;
    return (struct frame_allocation_4k){true, {{PAGE_4K_BYTES}}};
}

struct frame_allocation_2m floor_frame_alloc_2m(struct frames *frames)
{
    (void)frames;
    return (struct frame_allocation_2m){true, {{PAGE_2M_BYTES}}};
}

void floor_frame_free_4k(struct frames *frames, frame_4k frame)
{
    (void)frames, (void)frame;
}

void floor_frame_free_2m(struct frames *frames, frame_2m frame)
{
    (void)frames, (void)frame;
}

static uint64_t only_block[512];

void *floor_block_alloc(size_t size)
{
    (void)size;
    return only_block;
}

void floor_block_free(void *block)
{
    (void)block;
}
