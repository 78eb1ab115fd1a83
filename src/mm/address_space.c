/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/memory_layout.h>
#include <tenorite/lib/panic.h>
#include <tenorite/mm/address_space.h>
#include <tenorite/mm/mapper_memory.h>

static const uint64_t PAGES_OF_ALL = 1ull << (VIRT_ADDR_BITS - 12);

/* A root without entries; MAP_NO_FRAME if there is no frame that the window shows. */
static enum map_error create_root(struct address_space *space, struct frames *frames, uint64_t window_bytes)
{
    struct frame_allocation_4k root = frames_alloc_4k(frames);
    if (!root.is_valid)
        return MAP_NO_FRAME;
    if (root.frame.start.value >= window_bytes) {
        frames_free_4k(frames, root.frame);
        return MAP_NO_FRAME;
    }
    void *window = virt_addr_to_pointer(memory_layout()->physical_window.start);
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

static enum map_error map_segment(struct mapper *mapper, const struct image_segment *segment)
{
    enum map_error error = MAP_OK;
    uint64_t length = segment->end.value - segment->start.value;
    for (uint64_t offset = 0; offset < length && error == MAP_OK; offset += PAGE_4K_BYTES) {
        page_4k page = page_4k_at(virt_addr_new(segment->start.value + offset));
        frame_4k frame = frame_4k_at(phys_addr_new(segment->physical_start.value + offset));
        error = ignore(map_to(mapper, page, frame, segment_flags(segment)));
    }
    return error;
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

/* Maps [start, end) of physical memory in the window. The space is not in use: nothing to flush. */
static enum map_error map_window(struct mapper *mapper, uint64_t start, uint64_t end)
{
    const page_flags flags = PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE);
    uint64_t base = memory_layout()->physical_window.start.value;
    enum map_error error = MAP_OK;
    uint64_t step;
    for (uint64_t at = start; at < end && error == MAP_OK; at += step) {
        struct page_2m_result page = page_2m_try_at(virt_addr_new(base + at));
        struct frame_2m_result frame = frame_2m_try_at(phys_addr_new(at));
        bool fits = page.is_valid && frame.is_valid && end - at >= PAGE_2M_BYTES;
        step = fits ? PAGE_2M_BYTES : PAGE_4K_BYTES;
        error =
            fits
                ? ignore(map_to(mapper, page.value, frame.value, flags))
                : ignore(map_to(mapper, page_4k_at(virt_addr_new(base + at)), frame_4k_at(phys_addr_new(at)), flags));
    }
    return error;
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

enum map_error address_space_build(struct address_space *space, struct frames *frames, const struct region_list *ram)
{
    uint64_t ram_end = ram->count == 0 ? 0 : ram->regions[ram->count - 1].end;
    uint64_t window_bytes = memory_layout()->physical_window.length_bytes;
    if (ram_end > window_bytes)
        return MAP_NO_ROOM;
    enum map_error error = create_root(space, frames, ram_end);
    if (error != MAP_OK)
        return error;
    error = map_image(&space->mapper);
    if (error == MAP_OK)
        error = map_ram(&space->mapper, ram);
    if (error != MAP_OK)
        address_space_discard(space);
    return error;
}

/* How many 4 KiB pages an entry of a table at `level` stands for. */
static uint64_t pages_of_entry(int level)
{
    return 1ull << 9 * (level - 1);
}

bool address_space_is_w_xor_x(const struct address_space *space)
{
    int level;
    for (uint64_t page = 0; page < PAGES_OF_ALL; page += pages_of_entry(level)) {
        struct mapper_translation found = mapper_core_translate(&space->mapper, page);
        level = found.level;
        if (found.error != MAP_OK)
            continue;
        page_flags flags = page_flags_from_bits_truncate(mapper_core_leaf_flags(found.entry, level));
        if (page_flags_contains(flags, PAGE_FLAGS(WRITABLE)) && !page_flags_contains(flags, PAGE_FLAGS(NO_EXECUTE)))
            return false;
    }
    return true;
}

static page_flags flags_at(const struct address_space *space, const void *address)
{
    struct translation found = translate(&space->mapper, virt_addr_from_pointer(address));
    return found.error == MAP_OK ? translation_flags(found) : PAGE_FLAGS();
}

void address_space_activate(const struct address_space *space)
{
    const void *code = (const void *)(uintptr_t)&address_space_activate;
    const void *stack = __builtin_frame_address(0);
    page_flags of_code = flags_at(space, code);
    page_flags of_stack = flags_at(space, stack);
    ASSERT(page_flags_contains(of_code, PAGE_FLAGS(PRESENT)) && !page_flags_contains(of_code, PAGE_FLAGS(NO_EXECUTE)),
           "the code at %p would be lost", code);
    ASSERT(page_flags_contains(of_stack, PAGE_FLAGS(PRESENT, WRITABLE)), "the stack at %p would be lost", stack);
    UNSAFE("the new root maps the image, and with it code, data and stack, where they are now; both were checked") {
        paging_root_write(mapper_root(&space->mapper).start, unsafe);
    }
    tlb_flush_all();
}

/* The table that an entry leads to, or 0. */
static uint64_t table_below(const struct mapper *mapper, uint64_t table, uint64_t index)
{
    uint64_t entry = mapper_entry_read(mapper, table, index);
    bool is_table = entry % 2 == 1 && entry / 128 % 2 == 0;
    return is_table ? entry / PAGE_4K_BYTES % (1ull << (PHYS_ADDR_BITS - 12)) : 0;
}

static void discard_level_2(struct mapper *mapper, uint64_t table)
{
    for (uint64_t i = 0; i < PAGE_TABLE_ENTRIES; i++) {
        uint64_t below = table_below(mapper, table, i);
        if (below != 0)
            mapper_frame_free(mapper, below);
    }
    mapper_frame_free(mapper, table);
}

static void discard_level_3(struct mapper *mapper, uint64_t table)
{
    for (uint64_t i = 0; i < PAGE_TABLE_ENTRIES; i++) {
        uint64_t below = table_below(mapper, table, i);
        if (below != 0)
            discard_level_2(mapper, below);
    }
    mapper_frame_free(mapper, table);
}

void address_space_discard(struct address_space *space)
{
    struct mapper *mapper = &space->mapper;
    for (uint64_t i = 0; i < PAGE_TABLE_ENTRIES; i++) {
        uint64_t below = table_below(mapper, mapper->root, i);
        if (below != 0)
            discard_level_3(mapper, below);
    }
    mapper_frame_free(mapper, mapper->root);
}
