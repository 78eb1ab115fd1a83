/* SPDX-License-Identifier: MIT */
#include "frames_fixture.h"

enum { MANY = 300000 };

static void expect_alloc(uint64_t address)
{
    assert_int_equal(take_4k(), address);
}

static void hands_out_each_usable_frame_once_and_never_frame_0(void **state)
{
    struct region usable[] = {{0, 0x3000}, {0x8000, 0x9000}, {0x100000, 0x102000}};
    (void)state;
    frames_fixture_init(usable, 3);
    assert_int_equal(frames_statistics(&allocator).total_count, 5);
    expect_alloc(0x1000);
    expect_alloc(0x2000);
    expect_alloc(0x8000);
    expect_alloc(0x100000);
    expect_alloc(0x101000);
    assert_false(frames_alloc_4k(&allocator).is_valid);
    assert_int_equal(frames_statistics(&allocator).free_count, 0);
}

static void a_freed_frame_is_handed_out_again(void **state)
{
    struct region usable[] = {{0x1000, 0x5000}};
    (void)state;
    frames_fixture_init(usable, 1);
    for (int i = 0; i < 4; i++)
        assert_true(frames_alloc_4k(&allocator).is_valid);
    frames_free_4k(&allocator, frame_4k_of(0x3000));
    assert_int_equal(frames_statistics(&allocator).free_count, 1);
    expect_alloc(0x3000);
}

static void many_frames_over_all_levels_agree_with_a_plain_map(void **state)
{
    static bool is_taken[MANY];
    struct region usable[] = {{0x1000, 0x1000ull * 70000}, {0x1000ull * 200000, 0x1000ull * MANY}};
    uint64_t seed = 0x2545f4914f6cdd1d;
    uint64_t taken = 0;
    (void)state;
    frames_fixture_init(usable, 2);
    uint64_t total = frames_statistics(&allocator).total_count;
    assert_int_equal(total, 69999 + 100000);
    for (int i = 0; i < 400000; i++) {
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
        uint64_t number = seed % MANY;
        if (is_taken[number]) {
            frames_free_4k(&allocator, frame_4k_of(number * 4096));
            is_taken[number] = false;
            taken--;
            continue;
        }
        struct frame_allocation_4k allocation = frames_alloc_4k(&allocator);
        assert_int_equal(allocation.is_valid, taken < total);
        if (!allocation.is_valid)
            continue;
        number = allocation.frame.start.value / 4096;
        assert_true((number > 0 && number < 70000) || (number >= 200000 && number < MANY));
        assert_false(is_taken[number]);
        is_taken[number] = true;
        taken++;
        assert_int_equal(frames_statistics(&allocator).free_count, total - taken);
    }
    expect_sound();
}

static void wrong_frees_panic_with_the_address(void **state)
{
    struct region usable[] = {{0x1000, 0x5000}, {0x8000, 0x9000}};
    (void)state;
    frames_fixture_init(usable, 2);
    expect_alloc(0x1000);
    EXPECT_PANIC("frame 0x3000 is free already", frames_free_4k(&allocator, frame_4k_of(0x3000)));
    EXPECT_PANIC("frame 0x6000 is foreign", frames_free_4k(&allocator, frame_4k_of(0x6000)));
    EXPECT_PANIC("frame 0xa000 is foreign", frames_free_4k(&allocator, frame_4k_of(0xa000)));
    EXPECT_PANIC("frame 0x100000000000 is foreign", frames_free_4k(&allocator, frame_4k_of(0x100000000000)));
    EXPECT_PANIC("frame 0 is foreign", frames_free_4k(&allocator, frame_4k_of(0)));
    EXPECT_PANIC("frame 0x1008 is misaligned", frames_free_4k(&allocator, (frame_4k){{0x1008}}));
    frames_free_4k(&allocator, frame_4k_of(0x1000));
    EXPECT_PANIC("frame 0x1000 is free already", frames_free_4k(&allocator, frame_4k_of(0x1000)));
    assert_int_equal(frames_statistics(&allocator).free_count, 5);
}

static void interrupt_handlers_may_not_call_it(void **state)
{
    struct region usable[] = {{0x1000, 0x5000}};
    (void)state;
    frames_fixture_init(usable, 1);
    cpu_double_is_in_handler = true;
    EXPECT_PANIC("interrupt handler", (void)frames_alloc_4k(&allocator).is_valid);
    EXPECT_PANIC("interrupt handler", frames_free_4k(&allocator, frame_4k_of(0x1000)));
    cpu_double_reset();
}

static void no_memory_at_all_is_an_empty_allocator(void **state)
{
    (void)state;
    frames_fixture_init(NULL, 0);
    assert_false(frames_alloc_4k(&allocator).is_valid);
    assert_int_equal(frames_statistics(&allocator).total_count, 0);
    EXPECT_PANIC("foreign", frames_free_4k(&allocator, frame_4k_of(0x1000)));
}

static void storage_is_carved_low_but_not_at_0(void **state)
{
    struct region places[8] = {{0, 0x2000}, {0x3000, 0x5000}, {0x100000, 0x40000000}};
    struct region_list list = {places, 3, 8};
    (void)state;
    /* 2^18 frames: 2 * 32768 bytes, a word, and less than a page for their areas: 17 pages. */
    struct frames_storage carved = frames_carve_storage(&list, UINT64_MAX);
    assert_int_equal(carved.start, 0x100000);
    assert_int_equal(carved.length_bytes, 17 * 4096);
    assert_int_equal(list.count, 3);
    assert_int_equal(list.regions[2].start, 0x100000 + 17 * 4096);
    struct region small[2] = {{0, 0x2000}};
    struct region_list tiny = {small, 1, 2};
    carved = frames_carve_storage(&tiny, UINT64_MAX);
    assert_int_equal(carved.start, 0x1000);
    assert_int_equal(carved.length_bytes, 0x1000);
}

static void storage_that_has_no_room_is_reported(void **state)
{
    struct region places[2] = {{0x100000, 0x40000000}};
    struct region_list list = {places, 1, 2};
    struct region_list none = {places, 0, 2};
    (void)state;
    assert_int_equal(frames_carve_storage(&list, 0x101000).start, 0);
    assert_int_equal(frames_carve_storage(&list, 0x1000).start, 0);
    assert_int_equal(list.regions[0].start, 0x100000);
    assert_int_equal(frames_carve_storage(&none, UINT64_MAX).start, 0);
}

static void init_refuses_what_its_caller_may_not_pass(void **state)
{
    struct region odd[] = {{0x1000, 0x2800}};
    struct region high[] = {{0x1000, 1ull << 53}};
    struct region good[] = {{0x1000, 0x8000000}};
    struct region_list list = {good, 1, 1};
    uint64_t few[8];
    (void)state;
    EXPECT_PANIC("region 0x1000..0x2800", frames_fixture_init(odd, 1));
    EXPECT_PANIC("memory ends at 0x20000000000000", frames_fixture_init(high, 1));
    EXPECT_PANIC("64 bytes at", frames_init(&allocator, few, sizeof few, &list));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_out_each_usable_frame_once_and_never_frame_0),
        cmocka_unit_test(a_freed_frame_is_handed_out_again),
        cmocka_unit_test(many_frames_over_all_levels_agree_with_a_plain_map),
        cmocka_unit_test(wrong_frees_panic_with_the_address),
        cmocka_unit_test(interrupt_handlers_may_not_call_it),
        cmocka_unit_test(no_memory_at_all_is_an_empty_allocator),
        cmocka_unit_test(storage_is_carved_low_but_not_at_0),
        cmocka_unit_test(storage_that_has_no_room_is_reported),
        cmocka_unit_test(init_refuses_what_its_caller_may_not_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
