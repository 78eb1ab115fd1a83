/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/panic.h>
#include <tenorite/mm/frames.h>
#include <tenorite/mm/mapper.h>

#include "mm/mapper_walk.h"

/* The conversion from the window's address to tables is the one cast between memory and page tables. */
void mapper_init(struct mapper *mapper, frame_4k root, void *physical_window, uint64_t window_bytes,
                 struct frames *frames, struct paging_features features)
{
    ASSERT(features.physical_bits >= 32 && features.physical_bits <= PHYS_ADDR_BITS, "%u physical address bits",
           features.physical_bits);
    *mapper = (struct mapper){
        .tables = (struct page_table *)physical_window,
        .frame_limit = 1ull << (features.physical_bits - 12),
        .root = frame_4k_number(root),
        .frames = frames,
        .has_no_execute = features.has_no_execute,
        .has_1g_pages = features.has_1g_pages,
    };
    mapper_widen_window(mapper, window_bytes);
    ASSERT(mapper->root > 0 && mapper->root < mapper->table_limit, "root table %#llx, window of %#llx bytes",
           (unsigned long long)root.start.value, (unsigned long long)window_bytes);
}

void mapper_widen_window(struct mapper *mapper, uint64_t window_bytes)
{
    uint64_t shown = window_bytes / PAGE_4K_BYTES;
    if (shown > mapper->frame_limit)
        shown = mapper->frame_limit;
    if (shown > mapper->table_limit)
        mapper->table_limit = shown;
}

frame_4k mapper_root(const struct mapper *mapper)
{
    return (frame_4k){{mapper->root * PAGE_4K_BYTES}};
}

/* A frame that the window does not show cannot be filled. */
uint64_t mapper_frame_alloc(struct mapper *mapper)
{
    struct frame_allocation_4k allocation =
        frames_alloc_4k_below(mapper->frames, mapper->table_limit * PAGE_4K_BYTES);
    return allocation.is_valid ? allocation.frame.start.value / PAGE_4K_BYTES : 0;
}

void mapper_frame_free(struct mapper *mapper, uint64_t frame)
{
    frames_free_4k(mapper->frames, (frame_4k){{frame * PAGE_4K_BYTES}});
}

struct translation translate(const struct mapper *mapper, virt_addr address)
{
    struct mapper_translation found = mapper_core_translate(mapper, mapper_page_number(address));
    if (found.error != MAP_OK)
        return (struct translation){.error = found.error};
    enum page_size size = found.level == 1 ? PAGE_SIZE_4K : found.level == 2 ? PAGE_SIZE_2M : PAGE_SIZE_1G;
    return (struct translation){
        .entry = found.entry,
        .offset_bytes = (uint32_t)(address.value & (page_size_bytes(size) - 1)),
        .size = size,
        .error = MAP_OK,
    };
}

static int level_of(struct translation translation)
{
    return translation.size == PAGE_SIZE_4K ? 1 : translation.size == PAGE_SIZE_2M ? 2 : 3;
}

struct marker_removal mapper_remove_marker(struct mapper *mapper, virt_addr page, enum page_size size)
{
    int level = size == PAGE_SIZE_4K ? 1 : size == PAGE_SIZE_2M ? 2 : 3;
    uint64_t number = mapper_page_number(page);
    struct table_walk walk = walk_down(mapper, number, level);
    if (walk.error != MAP_OK)
        return (struct marker_removal){0, walk.error};
    enum map_error state = walk.level == level ? leaf_state(mapper, walk.entry, level) : MAP_NOT_MAPPED;
    if (state != MAP_MARKED_NOT_PRESENT)
        return (struct marker_removal){0, state == MAP_OK ? MAP_ALREADY_MAPPED : state};
    mapper_entry_write(mapper, walk.table, index_at(number, level), 0);
    return (struct marker_removal){walk.entry, MAP_OK};
}

phys_addr translation_frame_start(struct translation translation)
{
    uint64_t start = entry_frame(translation.entry) * PAGE_4K_BYTES;
    return (phys_addr){start & -page_size_bytes((enum page_size)translation.size)};
}

phys_addr translation_address(struct translation translation)
{
    return (phys_addr){translation_frame_start(translation).value + translation.offset_bytes};
}

page_flags translation_flags(struct translation translation)
{
    return page_flags_from_bits_truncate(mapper_core_leaf_flags(translation.entry, level_of(translation)));
}

table_flags mapper_table_flags(virt_addr page)
{
    return table_flags_from_bits_truncate(mapper_core_table_flags(mapper_page_number(page)));
}

const char *map_error_name(enum map_error error)
{
    switch (error) {
    case MAP_OK:
        return "MAP_OK";
    case MAP_NOT_MAPPED:
        return "MAP_NOT_MAPPED";
    case MAP_ALREADY_MAPPED:
        return "MAP_ALREADY_MAPPED";
    case MAP_INSIDE_HUGE_PAGE:
        return "MAP_INSIDE_HUGE_PAGE";
    case MAP_HAS_SMALLER_PAGES:
        return "MAP_HAS_SMALLER_PAGES";
    case MAP_MARKED_NOT_PRESENT:
        return "MAP_MARKED_NOT_PRESENT";
    case MAP_NO_FRAME:
        return "MAP_NO_FRAME";
    case MAP_DAMAGED_TABLE:
        return "MAP_DAMAGED_TABLE";
    case MAP_FOREIGN_TABLE:
        return "MAP_FOREIGN_TABLE";
    case MAP_FRAME_TOO_HIGH:
        return "MAP_FRAME_TOO_HIGH";
    case MAP_FLAGS_NOT_ALLOWED:
        return "MAP_FLAGS_NOT_ALLOWED";
    case MAP_WRITABLE_EXECUTABLE:
        return "MAP_WRITABLE_EXECUTABLE";
    case MAP_SIZE_NOT_SUPPORTED:
        return "MAP_SIZE_NOT_SUPPORTED";
    case MAP_BAD_RANGE:
        return "MAP_BAD_RANGE";
    case MAP_NO_IDENTITY:
        return "MAP_NO_IDENTITY";
    case MAP_NO_ROOM:
        return "MAP_NO_ROOM";
    }
    return "?";
}
