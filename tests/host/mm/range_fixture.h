/* SPDX-License-Identifier: MIT */
#pragma once

/* What the tests of ranges have in common: short names for pages, frames and mappings, and a look at what is mapped. */
#include "memory_fixture.h"

#define NO_EXECUTE_BIT 0x8000000000000000ull
#define READABLE PAGE_FLAGS(PRESENT, NO_EXECUTE)
#define DATA PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE)
#define DATA_BITS (3 | NO_EXECUTE_BIT)
#define LARGE_BITS (0x83 | NO_EXECUTE_BIT)

enum { IN_2M = 512, IN_1G = 512 * 512 };
static const uint64_t giant_address = 0xffffc00040000000;

ALWAYS_INLINE page_4k page(uint64_t address)
{
    return page_4k_at(virt_addr_new(address));
}

ALWAYS_INLINE frame_4k frame(uint64_t address)
{
    return frame_4k_at(phys_addr_new(address));
}

ALWAYS_INLINE enum map_error map(uint64_t virtual, uint64_t physical, uint64_t count, enum page_size largest)
{
    return ignore(map_range(&fixture_mapper, (page_range_4k){page(virtual), count}, frame(physical), DATA, largest));
}

ALWAYS_INLINE enum map_error map_one(uint64_t virtual, uint64_t physical)
{
    return ignore(map_to(&fixture_mapper, page(virtual), frame(physical), DATA));
}

ALWAYS_INLINE enum map_error error_at(uint64_t address)
{
    return translate(&fixture_mapper, virt_addr_new(address)).error;
}

/* Every page of the range shows its frame, whatever its size; the pages beside it are not mapped. */
ALWAYS_INLINE void expect_range(uint64_t virtual, uint64_t physical, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        struct translation found = translate(&fixture_mapper, virt_addr_new(virtual + i * 4096 + 5));
        assert_int_equal(found.error, MAP_OK);
        assert_int_equal(translation_address(found).value, physical + i * 4096 + 5);
    }
    assert_int_equal(error_at(virtual - 1), MAP_NOT_MAPPED);
    assert_int_equal(error_at(virtual + count * 4096), MAP_NOT_MAPPED);
}
