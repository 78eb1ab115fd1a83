/* SPDX-License-Identifier: MIT */
/* The kernel's own address space, from the image's segments and the memory map. */
#include <tenorite/arch/memory_layout.h>
#include <tenorite/lib/panic.h>
#include <tenorite/mm/address_space.h>
#include <tenorite/mm/mapper_memory.h>

#include "mm/address_space_tables.h"
#include "mm/mapper_entry.h"

/* A root without entries; MAP_NO_FRAME if there is no frame that the window shows. */
static enum map_error create_root(struct address_space *space, struct frames *frames, uint64_t window_bytes)
{
    struct frame_allocation_4k root = frames_alloc_4k_below(frames, window_bytes);
    if (!root.is_valid)
        return MAP_NO_FRAME;
    void *window = virt_addr_to_pointer(memory_layout()->physical_window.start);
    *space = (struct address_space){.kernel = NULL};
    mapper_init(&space->mapper, root.frame, window, window_bytes, frames, paging_features());
    mapper_table_clear(&space->mapper, frame_4k_number(root.frame));
    return MAP_OK;
}

static page_flags segment_flags(const struct image_segment *segment)
{
    ASSERT(!(segment->is_writable && segment->is_executable), "segment %s is writable and executable", segment->name);
    if (segment->is_device)
        return PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE, NO_CACHE);
    if (segment->is_executable)
        return PAGE_FLAGS(PRESENT);
    return segment->is_writable ? PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE) : PAGE_FLAGS(PRESENT, NO_EXECUTE);
}

/* In small pages, so that segments and guard pages can be told apart wherever they begin. */
static enum map_error map_segment(struct mapper *mapper, const struct image_segment *segment)
{
    page_range_4k pages = {page_4k_at(segment->start), (segment->end.value - segment->start.value) / PAGE_4K_BYTES};
    if (pages.count == 0)
        return MAP_OK;
    frame_4k frame = frame_4k_at(segment->physical_start);
    return ignore(map_range(mapper, pages, frame, segment_flags(segment), PAGE_SIZE_4K));
}

static enum map_error map_image(struct mapper *mapper)
{
    enum map_error error = MAP_OK;
    size_t count;
    const struct image_segment *segments = image_segments(&count);
    for (size_t i = 0; i < count && error == MAP_OK; i++)
        error = map_segment(mapper, &segments[i]);
    return error;
}

/* Shows [start, end) of physical memory in the window, or nothing where that is empty. */
static enum map_error map_window(struct mapper *mapper, uint64_t start, uint64_t end)
{
    if (start >= end)
        return MAP_OK;
    virt_addr at = virt_addr_new(memory_layout()->physical_window.start.value + start);
    page_range_4k pages = {page_4k_at(at), (end - start) / PAGE_4K_BYTES};
    return ignore(map_range(mapper, pages, frame_4k_at(phys_addr_new(start)),
                            PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE), PAGE_SIZE_1G));
}

static enum map_error map_ram(struct mapper *mapper, const struct region_list *ram)
{
    uint64_t image_start = image_physical_start().value;
    uint64_t image_end = image_physical_end().value;
    enum map_error error = MAP_OK;
    for (size_t i = 0; i < ram->count && error == MAP_OK; i++) {
        struct region region = ram->regions[i];
        ASSERT(region.start % PAGE_4K_BYTES == 0 && region.end % PAGE_4K_BYTES == 0, "region %#llx..%#llx",
               (unsigned long long)region.start, (unsigned long long)region.end);
        error = map_window(mapper, region.start, region.end < image_start ? region.end : image_start);
        if (error == MAP_OK)
            error = map_window(mapper, region.start > image_end ? region.start : image_end, region.end);
    }
    return error;
}

/* Gives the root an entry for every part of `range`, so that mappings there need none later. */
static enum map_error link_tables(struct mapper *mapper, struct virtual_range range)
{
    if (range.length_bytes == 0)
        return MAP_OK;
    uint64_t first = mapper_page_number(range.start);
    uint64_t last = first + (range.length_bytes - 1) / PAGE_4K_BYTES;
    for (uint64_t i = index_at(first, 4); i <= index_at(last, 4); i++) {
        if (mapper_entry_read(mapper, mapper->root, i) != 0)
            continue;
        uint64_t table = mapper_frame_alloc(mapper);
        if (table == 0)
            return MAP_NO_FRAME;
        mapper_table_clear(mapper, table);
        mapper_entry_write(mapper, mapper->root, i, table_entry(table, i * PAGES_512G));
    }
    return MAP_OK;
}

enum map_error address_space_build(struct address_space *space, struct frames *frames, const struct region_list *ram)
{
    const struct memory_layout *layout = memory_layout();
    uint64_t ram_end = ram->count == 0 ? 0 : ram->regions[ram->count - 1].end;
    if (ram_end > layout->physical_window.length_bytes)
        return MAP_NO_ROOM;
    uint64_t shown = ram_end < layout->boot_window_bytes ? ram_end : layout->boot_window_bytes;
    enum map_error error = create_root(space, frames, shown);
    if (error != MAP_OK)
        return error;
    error = map_image(&space->mapper);
    if (error == MAP_OK)
        error = map_ram(&space->mapper, ram);
    if (error == MAP_OK)
        error = link_tables(&space->mapper, layout->heap);
    if (error == MAP_OK)
        error = link_tables(&space->mapper, layout->mmio);
    if (error != MAP_OK)
        address_space_tables_free(&space->mapper, 0, PAGE_TABLE_ENTRIES);
    return error;
}
