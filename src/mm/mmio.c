/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/panic.h>
#include <tenorite/mm/mmio.h>

void mmio_init(struct mmio *mmio, struct mapper *mapper, struct virtual_range range)
{
    ASSERT(range.start.value % PAGE_4K_BYTES == 0 && range.length_bytes % PAGE_4K_BYTES == 0, "%#llx bytes at %#llx",
           (unsigned long long)range.length_bytes, (unsigned long long)range.start.value);
    *mmio = (struct mmio){mapper, range, 0};
}

/* Both cache bits together select entry 3 of the page attribute table, "uncacheable" whatever the memory type registers
 * say; PAT alone selects entry 4, which paging_set_memory_types() makes write combining, also whatever they say (Intel SDM
 * vol. 3A, Table 12-11 "Selection of PAT Entries with PAT, PCD, and PWT Flags", Table 12-7 "Effective Page-Level Memory
 * Types for Pentium III and More Recent Processor Families"). */
static page_flags flags_for(enum mmio_kind kind)
{
    switch (kind) {
    case MMIO_UNCACHED:
        return PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE, NO_CACHE, WRITE_THROUGH);
    case MMIO_WRITE_COMBINING:
        return PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE, PAT);
    }
    panic("no such kind of device memory: %d", kind);
}

/* How many pages to leave out so that both addresses of a device that fills large pages are aligned alike. */
static uint64_t pages_to_skip(uint64_t virtual, uint64_t physical, uint64_t pages, uint64_t room)
{
    if (pages < PAGE_2M_BYTES / PAGE_4K_BYTES)
        return 0;
    uint64_t skipped = (physical - virtual) % PAGE_2M_BYTES / PAGE_4K_BYTES;
    return room > pages && skipped < room - pages ? skipped : 0;
}

struct mmio_mapping mmio_map(struct mmio *mmio, phys_addr start, uint64_t length_bytes, enum mmio_kind kind)
{
    uint64_t physical_end = mmio->mapper->frame_limit * PAGE_4K_BYTES;
    if (length_bytes == 0 || start.value >= physical_end || length_bytes > physical_end - start.value)
        return (struct mmio_mapping){MAP_BAD_RANGE, NULL};
    frame_4k first = frame_4k_containing(start);
    uint64_t offset = start.value - first.start.value;
    uint64_t pages = (offset + length_bytes + PAGE_4K_BYTES - 1) / PAGE_4K_BYTES;
    uint64_t room = (mmio->range.length_bytes - mmio->used_bytes) / PAGE_4K_BYTES;
    if (pages >= room)
        return (struct mmio_mapping){MAP_NO_ROOM, NULL};
    uint64_t unused = mmio->range.start.value + mmio->used_bytes;
    uint64_t skipped = pages_to_skip(unused, first.start.value, pages, room);
    page_range_4k range = {page_4k_at(virt_addr_new(unused + skipped * PAGE_4K_BYTES)), pages};
    enum map_error error = flush(map_range(mmio->mapper, range, first, flags_for(kind), PAGE_SIZE_1G));
    if (error != MAP_OK)
        return (struct mmio_mapping){error, NULL};
    mmio->used_bytes += (skipped + pages + 1) * PAGE_4K_BYTES;
    return (struct mmio_mapping){MAP_OK, (char *)virt_addr_to_pointer(range.first.start) + offset};
}
