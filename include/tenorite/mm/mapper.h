/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/paging.h>
#include <tenorite/mm/flush.h>
#include <tenorite/mm/frames.h>
#include <tenorite/mm/mapper_core.h>
#include <tenorite/mm/page.h>
#include <tenorite/mm/page_flags.h>

/*
 * The editor of one address space's page tables: an object, so that the same code edits the tables in use, those of
 * an address space that is being built, and a test's array.
 *
 * All calls: task context or early boot, one CPU at a time, not from interrupt handlers. On any error the tables are
 * bit-identical to before and no frame was taken.
 */

/* Makes `mapper` edit the tables below `root`, a frame that is filled with zeroes or a root table already.
 * `physical_window` shows physical memory from address 0 on, `window_bytes` of it: the root and all tables must lie
 * inside. Tables are taken from `frames`. Takes constant time. */
void mapper_init(struct mapper *mapper, frame_4k root, void *physical_window, uint64_t window_bytes,
                 struct frames *frames, struct paging_features features);

/* The root table's frame: what paging_root_write() wants. */
frame_4k mapper_root(const struct mapper *mapper);

/*
 * Maps `page` to `frame`, which has to be of the same size (contract K2), and returns a flush token.
 *
 * `flags` must have PRESENT; WRITABLE demands NO_EXECUTE, which is left out where the CPU does not know it. The frame
 * stays its owner's. Takes at most 3 frames for tables (2 for a 2 MiB page, 1 for 1 GiB); tables stay when they become
 * empty. Cost: constant, plus filling the new tables. Errors: all of enum map_error but MAP_NOT_MAPPED
 * and those of ranges.
 */
#define map_to(mapper, page, frame, flags)                                                                           \
    _Generic((page), page_4k : map_to_4k, page_2m : map_to_2m, page_1g : map_to_1g)(mapper, page, frame, flags)

/* Unmaps `page` and returns a flush token that holds its frame. Constant time. Errors: MAP_NOT_MAPPED,
 * MAP_INSIDE_HUGE_PAGE, MAP_HAS_SMALLER_PAGES, MAP_MARKED_NOT_PRESENT, MAP_DAMAGED_TABLE. */
#define unmap(mapper, page) _Generic((page), page_4k : unmap_4k, page_2m : unmap_2m, page_1g : unmap_1g)(mapper, page)

/* Gives the mapped `page` the flags `flags` (rules as for map_to) and returns a flush token. Constant time. Errors:
 * those of unmap, MAP_FLAGS_NOT_ALLOWED, MAP_WRITABLE_EXECUTABLE, MAP_FOREIGN_TABLE. */
#define update_flags(mapper, page, flags)                                                                            \
    _Generic((page), page_4k                                                                                         \
             : update_flags_4k, page_2m                                                                              \
             : update_flags_2m, page_1g                                                                              \
             : update_flags_1g)(mapper, page, flags)

/* What an address is mapped to; read it by the functions below, after `error`. */
struct NODISCARD translation {
    uint64_t entry;
    uint32_t offset_bytes; /* of the address in its page */
    uint16_t size;         /* enum page_size */
    uint16_t error;        /* enum map_error */
};
static_assert(sizeof(struct translation) == 16, "returned in registers");

/* Looks `address` up. Constant time. Errors: MAP_NOT_MAPPED, MAP_MARKED_NOT_PRESENT, MAP_DAMAGED_TABLE. */
struct translation translate(const struct mapper *mapper, virt_addr address);

phys_addr translation_frame_start(struct translation translation);
phys_addr translation_address(struct translation translation); /* the frame's start plus the offset */
page_flags translation_flags(struct translation translation);  /* ACCESSED and DIRTY as the CPU left them */

/* What every table entry above `page` carries; see mapper_core_table_flags. */
table_flags mapper_table_flags(virt_addr page);

/* "MAP_OK" and so on. */
const char *map_error_name(enum map_error error);

/* The rest of this header serves the macros. */
HIDDEN_NAMES_ALLOWED_BEGIN

ALWAYS_INLINE uint64_t mapper_page_number(virt_addr address)
{
    return address.value / PAGE_4K_BYTES % (1ull << (VIRT_ADDR_BITS - 12));
}

#define DEFINE_MAPPER_FUNCTIONS(size)                                                                                \
    ALWAYS_INLINE MUST_CHECK struct map_token map_to_##size(struct mapper *mapper, page_##size page,                 \
                                                            frame_##size frame, page_flags flags)                    \
    {                                                                                                                \
        return map_token_new(page.start, mapper_core_map_##size(mapper, mapper_page_number(page.start),              \
                                                                frame.start.value / PAGE_4K_BYTES, flags.bits));     \
    }                                                                                                                \
    ALWAYS_INLINE MUST_CHECK struct map_token update_flags_##size(struct mapper *mapper, page_##size page,           \
                                                                  page_flags flags)                                  \
    {                                                                                                                \
        return map_token_new(page.start,                                                                             \
                             mapper_core_update_##size(mapper, mapper_page_number(page.start), flags.bits));         \
    }                                                                                                                \
    ALWAYS_INLINE MUST_CHECK struct unmap_token_##size unmap_##size(struct mapper *mapper, page_##size page)         \
    {                                                                                                                \
        struct mapper_removal removed = mapper_core_unmap_##size(mapper, mapper_page_number(page.start));            \
        return unmap_token_##size##_new(page.start, removed.error, (frame_##size){{removed.frame * PAGE_4K_BYTES}}); \
    }                                                                                                                \
    static_assert(true, "")

DEFINE_MAPPER_FUNCTIONS(4k);
DEFINE_MAPPER_FUNCTIONS(2m);
DEFINE_MAPPER_FUNCTIONS(1g);

HIDDEN_NAMES_ALLOWED_END
