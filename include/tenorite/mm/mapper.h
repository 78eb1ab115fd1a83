/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/paging.h>
#include <tenorite/mm/flush.h>
#include <tenorite/mm/frames.h>
#include <tenorite/mm/mapper_core.h>
#include <tenorite/mm/page.h>
#include <tenorite/mm/page_flags.h>
#include <tenorite/mm/page_range.h>

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

/* Tells `mapper` that the window shows at least `window_bytes` of physical memory now. */
void mapper_widen_window(struct mapper *mapper, uint64_t window_bytes);

/* The root table's frame: what paging_root_write() wants. */
frame_4k mapper_root(const struct mapper *mapper);

/*
 * Maps `page` to `frame`, which has to be of the same size (contract K2), and returns a flush token.
 *
 * `flags` must have PRESENT; WRITABLE demands NO_EXECUTE, which is left out where the CPU does not know it. The frame
 * stays its owner's. Takes at most 3 frames for tables (2 for a 2 MiB page, 1 for 1 GiB); tables stay when they become
 * empty. Cost: constant, plus filling the new tables. Errors: all of enum map_error but MAP_NOT_MAPPED, MAP_NO_IDENTITY,
 * MAP_BAD_RANGE and MAP_NO_ROOM.
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

/* Maps the page whose virtual address is the physical address of `frame`, of the same size, as map_to() does; for code
 * that runs while paging is turned on or off. Errors: those of map_to(), and MAP_NO_IDENTITY where that address is not
 * below 2^47. */
#define identity_map(mapper, frame, flags)                                                                           \
    _Generic((frame), frame_4k                                                                                       \
             : identity_map_4k, frame_2m                                                                             \
             : identity_map_2m, frame_1g                                                                             \
             : identity_map_1g)(mapper, frame, flags)

/*
 * Maps `pages` to as many consecutive frames from `first` on, and returns a range token. A range of larger pages is
 * passed as 4 KiB pages: page_range_2m_as_4k(range).
 *
 * Rules for `flags` as for map_to(). Takes the largest pages, up to `largest` and what the CPU has, that both addresses
 * and the rest of the range allow; where a table for smaller pages is linked already, even if it is empty, smaller ones.
 * Who wants to unmap a part later asks for PAGE_SIZE_4K. Cost: linear in the entries; upper levels are walked once for
 * each table. Tables are taken as needed. Errors: those of map_to(), MAP_BAD_RANGE where the range is empty or leaves
 * its half of the address space; nothing is mapped then.
 */
MAP_RANGE_FUNCTION(map_range, struct mapper *mapper, page_range_4k pages, frame_4k first, page_flags flags,
                   enum page_size largest);

/*
 * Unmaps `pages`, all of which are mapped, by pages of any size, and returns a token. After the flush, `frames` has the
 * frames, and the token's count says how many pages it were: fewer than asked for where the list could not hold more
 * runs, but at least one; then call again for the rest. Pages behind a full list have not been looked at yet.
 *
 * Cost: linear in the entries. Errors: those of unmap(), for the first page that is to blame; MAP_INSIDE_HUGE_PAGE where
 * the range begins or ends inside a larger page; MAP_BAD_RANGE as for map_range(). Nothing is unmapped then, and the
 * list is empty.
 */
UNMAP_RANGE_FUNCTION(unmap_range, struct mapper *mapper, page_range_4k pages, struct frame_list *frames);

/* Gives `pages`, all of which are mapped, by pages of any size, the flags `flags`, and returns a range token. Cost:
 * linear in the entries. Errors: those of update_flags() and unmap_range(); nothing is changed then. */
MAP_RANGE_FUNCTION(update_flags_range, struct mapper *mapper, page_range_4k pages, page_flags flags);

/* Whether the level 3 tables of the kernel half hang below the roots of other address spaces as well: those links must
 * stay, or the others would go on using a table that is free. */
enum kernel_tables { KERNEL_TABLES_OWN, KERNEL_TABLES_SHARED };

/*
 * Unlinks the tables below the root that are empty and have an entry for one of `pages`, which may be in both halves;
 * clean_up_all() does it for the whole address space. Markers count as entries. The frames go back to the mapper's
 * source when the token, one for everything, is consumed. Tables that are linked with other permissions than this
 * mapper gives are left alone, and so is a root that refers to itself.
 *
 * Cost: reads every table in the range three times at most. Errors: MAP_DAMAGED_TABLE where a link in the range is
 * damaged, MAP_BAD_RANGE where the range is empty or longer than the address space; nothing is unlinked then.
 */
FLUSH_ALL_FUNCTION(clean_up, struct mapper *mapper, page_range_4k pages, enum kernel_tables kernel);
FLUSH_ALL_FUNCTION(clean_up_all, struct mapper *mapper, enum kernel_tables kernel);

struct NODISCARD marker_removal {
    uint64_t entry; /* as it was in the table */
    enum map_error error;
};

/*
 * Removes the marker for `page`: an entry that is not zero and not present, as somebody may leave for a page that is
 * swapped out. The CPU caches none of those, so there is nothing to flush. Constant time. Errors: MAP_NOT_MAPPED,
 * MAP_ALREADY_MAPPED, MAP_INSIDE_HUGE_PAGE, MAP_HAS_SMALLER_PAGES, MAP_DAMAGED_TABLE; MAP_MARKED_NOT_PRESENT where the
 * marker is for the larger page around it.
 */
#define remove_marker(mapper, page)                                                                                  \
    _Generic((page), page_4k : remove_marker_4k, page_2m : remove_marker_2m, page_1g : remove_marker_1g)(mapper, page)

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
page_flags translation_flags(struct translation translation);  /* ACCESSED and DIRTY as the CPU left them;
                                                               no NO_EXECUTE where the CPU does not know it */

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

struct marker_removal mapper_remove_marker(struct mapper *mapper, virt_addr page, enum page_size size);

#define DEFINE_MAPPER_FUNCTIONS(size, page_size)                                                                     \
    ALWAYS_INLINE MUST_CHECK struct map_token map_to_##size(struct mapper *mapper, page_##size page,                 \
                                                            frame_##size frame, page_flags flags)                    \
    {                                                                                                                \
        return map_token_new(page.start, mapper_core_map_##size(mapper, mapper_page_number(page.start),              \
                                                                frame.start.value / PAGE_4K_BYTES, flags.bits));     \
    }                                                                                                                \
    ALWAYS_INLINE MUST_CHECK struct map_token identity_map_##size(struct mapper *mapper, frame_##size frame,         \
                                                                  page_flags flags)                                  \
    {                                                                                                                \
        virt_addr address = {frame.start.value};                                                                     \
        if (frame.start.value >> (VIRT_ADDR_BITS - 1) != 0)                                                          \
            return map_token_new(address, MAP_NO_IDENTITY);                                                          \
        return map_to_##size(mapper, (page_##size){address}, frame, flags);                                          \
    }                                                                                                                \
    ALWAYS_INLINE struct marker_removal remove_marker_##size(struct mapper *mapper, page_##size page)                \
    {                                                                                                                \
        return mapper_remove_marker(mapper, page.start, page_size);                                                  \
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

DEFINE_MAPPER_FUNCTIONS(4k, PAGE_SIZE_4K);
DEFINE_MAPPER_FUNCTIONS(2m, PAGE_SIZE_2M);
DEFINE_MAPPER_FUNCTIONS(1g, PAGE_SIZE_1G);

HIDDEN_NAMES_ALLOWED_END
