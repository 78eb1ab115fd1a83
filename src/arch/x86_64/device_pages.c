/* SPDX-License-Identifier: MIT */
#include "arch/x86_64/device_pages.h"

#include <tenorite/arch/memory_layout.h>
#include <tenorite/lib/panic.h>

#include "arch/x86_64/layout.h"

static uint64_t pages[DEVICE_PAGES_MAX];
static size_t page_count;

void device_pages_add(uint64_t address)
{
    uint64_t page = address - address % PAGE_BYTES;
    size_t place = 0;
    while (place < page_count && pages[place] < page)
        place++;
    if (place < page_count && pages[place] == page)
        return;
    ASSERT(page_count < DEVICE_PAGES_MAX, "no room for the device page at %#llx", (unsigned long long)page);
    for (size_t i = page_count++; i > place; i--)
        pages[i] = pages[i - 1];
    pages[place] = page;
}

const uint64_t *device_pages(size_t *count)
{
    *count = page_count;
    return pages;
}

volatile void *device_pages_pointer(uint64_t address)
{
    return (char *)virt_addr_to_pointer(memory_layout()->physical_window.start) + address;
}
