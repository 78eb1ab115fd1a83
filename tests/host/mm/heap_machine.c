/* SPDX-License-Identifier: MIT */
#include "heap_machine.h"

#include "cpu_double.h"
#include "paging_double.h"
#include "property.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { GARBAGE = 0xe5, PAGES = HEAP_MACHINE_RANGE_BYTES / PAGE_4K_BYTES };

struct heap machine_heap;

static char *range_start;
static bool is_mapped[PAGES];
static bool was_mapped[PAGES]; /* since the reset */

/* Aligned to its size, so that every run needs the same tables. */
static void reserve_range(void)
{
    char *reserved = mmap(NULL, 2 * HEAP_MACHINE_RANGE_BYTES, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (reserved == MAP_FAILED)
        abort();
    range_start = reserved + (-(uintptr_t)reserved & (HEAP_MACHINE_RANGE_BYTES - 1));
    memset(range_start, GARBAGE, HEAP_MACHINE_RANGE_BYTES);
}

static char *page_start(size_t page)
{
    return range_start + page * PAGE_4K_BYTES;
}

static bool is_garbage(const char *start)
{
    return *start == (char)GARBAGE && memcmp(start, start + 1, PAGE_4K_BYTES - 1) == 0;
}

static void expect_garbage(size_t page)
{
    if (!is_garbage(page_start(page)))
        property_fail("page %zu of the heap was written to while it was not mapped", page);
}

static void follow_page(size_t page)
{
    bool is_mapped_now = translate(&machine_mapper, virt_addr_from_pointer(page_start(page))).error == MAP_OK;
    if (is_mapped_now && !is_mapped[page])
        expect_garbage(page);
    if (is_mapped[page] && !is_mapped_now)
        memset(page_start(page), GARBAGE, PAGE_4K_BYTES);
    is_mapped[page] = is_mapped_now;
    was_mapped[page] |= is_mapped_now;
}

static void follow_page_flush(virt_addr address)
{
    uint64_t offset = address.value - (uintptr_t)range_start;
    if (offset >= HEAP_MACHINE_RANGE_BYTES)
        property_fail("flushed %#" PRIx64 ", which is not the heap's", address.value);
    follow_page(offset / PAGE_4K_BYTES);
}

static void follow_all(void)
{
    for (size_t page = 0; page < PAGES; page++)
        follow_page(page);
}

static void forget_all_pages(void)
{
    for (size_t page = 0; page < PAGES; page++) {
        if (is_mapped[page])
            memset(page_start(page), GARBAGE, PAGE_4K_BYTES);
        is_mapped[page] = was_mapped[page] = false;
    }
}

void heap_machine_reset(uint64_t frames)
{
    const struct paging_features features = {.has_no_execute = true, .has_1g_pages = true, .physical_bits = 46};
    if (range_start == NULL)
        reserve_range();
    forget_all_pages();
    cpu_double_reset();
    machine_reset(features, frames);
    paging_double.on_page_flush = follow_page_flush;
    paging_double.on_full_flush = follow_all;
    struct virtual_range range = {virt_addr_from_pointer(range_start), HEAP_MACHINE_RANGE_BYTES};
    if (heap_init(&machine_heap, &machine_mapper, &machine_frames, range) != HEAP_OK)
        property_fail("the heap was refused its range");
}

bool heap_machine_is_mapped(const void *start, uint64_t bytes)
{
    uint64_t offset = (uintptr_t)start - (uintptr_t)range_start;
    if (offset >= HEAP_MACHINE_RANGE_BYTES || bytes > HEAP_MACHINE_RANGE_BYTES - offset)
        return false;
    for (uint64_t page = offset / PAGE_4K_BYTES; page * PAGE_4K_BYTES < offset + bytes; page++) {
        if (!is_mapped[page])
            return false;
    }
    return true;
}

void heap_machine_check(void)
{
    struct model_counts counts;
    const char *complaint = heap_check(&machine_heap);
    if (complaint == NULL)
        complaint = machine_take_stock(&counts);
    if (complaint != NULL)
        property_fail("%s", complaint);
    uint64_t mapped = heap_statistics(&machine_heap).mapped_bytes / PAGE_4K_BYTES;
    if (counts.pages[0] != mapped || counts.pages[1] + counts.pages[2] != 0)
        property_fail("%" PRIu64 " pages are mapped, %" PRIu64 " by the statistics", counts.pages[0], mapped);
    if (machine_used_frames() != 1 + counts.tables + mapped)
        property_fail("%" PRIu64 " frames are gone; a root, %" PRIu64 " tables and %" PRIu64 " pages have one",
                      machine_used_frames(), counts.tables, mapped);
}

void heap_machine_check_unmapped(void)
{
    for (size_t page = 0; page < PAGES; page++) {
        if (was_mapped[page] && !is_mapped[page])
            expect_garbage(page);
    }
}
