/* SPDX-License-Identifier: MIT */
#include "frames_fixture.h"

struct frames allocator;
static uint64_t storage[7 * 1024 * 1024 / 8];

void frames_fixture_init(struct region *regions, size_t count)
{
    struct region_list list = {regions, count, count};
    memset(storage, 0xff, sizeof storage);
    frames_init(&allocator, storage, sizeof storage, &list);
    expect_sound();
}

frame_4k frame_4k_of(uint64_t address)
{
    return frame_4k_at(phys_addr_new(address));
}

frame_2m frame_2m_of(uint64_t address)
{
    return frame_2m_at(phys_addr_new(address));
}

frame_1g frame_1g_of(uint64_t address)
{
    return frame_1g_at(phys_addr_new(address));
}

uint64_t take_4k(void)
{
    struct frame_allocation_4k allocation = frames_alloc_4k(&allocator);
    return allocation.is_valid ? allocation.frame.start.value : NO_FRAME;
}

uint64_t take_2m(void)
{
    struct frame_allocation_2m allocation = frames_alloc_2m(&allocator);
    return allocation.is_valid ? allocation.frame.start.value : NO_FRAME;
}

uint64_t take_1g(void)
{
    struct frame_allocation_1g allocation = frames_alloc_1g(&allocator);
    return allocation.is_valid ? allocation.frame.start.value : NO_FRAME;
}

uint64_t take_run(struct frames_request request)
{
    struct frame_allocation_4k allocation = frames_alloc_run(&allocator, request);
    return allocation.is_valid ? allocation.frame.start.value : NO_FRAME;
}

void expect_sound(void)
{
    const char *violated = frames_check(&allocator);
    if (violated != NULL)
        fail_msg("%s", violated);
}

void expect_free(uint64_t count_4k, uint64_t count_2m, uint64_t count_1g)
{
    struct frames_statistics statistics = frames_statistics(&allocator);
    assert_int_equal(statistics.free_count, count_4k);
    assert_int_equal(statistics.free_2m_count, count_2m);
    assert_int_equal(statistics.free_1g_count, count_1g);
}

void expect_peak(uint64_t count)
{
    assert_int_equal(frames_statistics(&allocator).peak_used_count, count);
}
