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

static void unmap_first(struct mapper *mapper, uint64_t start, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        struct unmapped_4k removed = flush(unmap(mapper, page_4k_at(virt_addr_new(start + i * PAGE_4K_BYTES))));
        ASSERT(removed.error == MAP_OK, "device page %llu at %#llx: %s", (unsigned long long)i,
               (unsigned long long)start, map_error_name(removed.error));
    }
}

struct mmio_mapping mmio_map(struct mmio *mmio, phys_addr start, uint64_t length_bytes, enum mmio_kind kind)
{
    uint64_t physical_end = mmio->mapper->frame_limit * PAGE_4K_BYTES;
    if (length_bytes == 0 || start.value >= physical_end || length_bytes > physical_end - start.value)
        return (struct mmio_mapping){MAP_BAD_RANGE, NULL};
    uint64_t offset = start.value % PAGE_4K_BYTES;
    uint64_t pages = (offset + length_bytes + PAGE_4K_BYTES - 1) / PAGE_4K_BYTES;
    uint64_t room = (mmio->range.length_bytes - mmio->used_bytes) / PAGE_4K_BYTES;
    if (pages >= room)
        return (struct mmio_mapping){MAP_NO_ROOM, NULL};
    uint64_t base = mmio->range.start.value + mmio->used_bytes;
    for (uint64_t i = 0; i < pages; i++) {
        page_4k page = page_4k_at(virt_addr_new(base + i * PAGE_4K_BYTES));
        frame_4k frame = frame_4k_at(phys_addr_new(start.value - offset + i * PAGE_4K_BYTES));
        enum map_error error = flush(map_to(mmio->mapper, page, frame, flags_for(kind)));
        if (error == MAP_OK)
            continue;
        unmap_first(mmio->mapper, base, i);
        return (struct mmio_mapping){error, NULL};
    }
    mmio->used_bytes += (pages + 1) * PAGE_4K_BYTES;
    return (struct mmio_mapping){MAP_OK, (char *)virt_addr_to_pointer(virt_addr_new(base)) + offset};
}
