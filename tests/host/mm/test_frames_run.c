/* SPDX-License-Identifier: MIT */
/* Runs of frames side by side, and ranges that are asked for by address. */
#include "frames_fixture.h"

static void the_lowest_run_that_is_long_enough_is_taken(void **state)
{
    (void)state;
    INIT_FRAMES({0, 0x3000}, {0x4000, 0x9000}, {1 * MIB, 8 * MIB});
    assert_int_equal(take_run((struct frames_request){.count = 3}), 0x4000);
    assert_int_equal(take_run((struct frames_request){.count = 3}), 1 * MIB);
    assert_int_equal(take_run((struct frames_request){.count = 2}), 0x1000);
    assert_int_equal(take_run((struct frames_request){.count = 2}), 0x7000);
    assert_int_equal(take_run((struct frames_request){.count = 7 * 256 - 3}), 1 * MIB + 0x3000);
    expect_free(0, 0, 0);
    frames_free_run(&allocator, frame_4k_of(1 * MIB), 7 * 256);
    expect_free(7 * 256, 3, 0);
    expect_sound();
}

static void a_run_starts_where_its_alignment_asks(void **state)
{
    (void)state;
    INIT_FRAMES({0x1000, 8 * MIB});
    assert_int_equal(take_run((struct frames_request){.count = 1, .alignment_bytes = 1}), 0x1000);
    assert_int_equal(take_run((struct frames_request){.count = 3, .alignment_bytes = 0x2000}), 0x2000);
    assert_int_equal(take_run((struct frames_request){.count = 3, .alignment_bytes = 0x4000}), 0x8000);
    assert_int_equal(take_run((struct frames_request){.count = 1, .alignment_bytes = 4 * MIB}), 4 * MIB);
    assert_int_equal(take_run((struct frames_request){.count = 1, .alignment_bytes = 4 * MIB}), NO_FRAME);
    assert_int_equal(take_run((struct frames_request){.count = 1, .alignment_bytes = 1ull << 63}), NO_FRAME);
    assert_int_equal(take_run((struct frames_request){.count = 400, .alignment_bytes = 2 * MIB}), 2 * MIB);
    expect_sound();
}

static void a_run_ends_where_it_is_told(void **state)
{
    (void)state;
    INIT_FRAMES({0x1000, 8 * MIB}, {4 * GIB, 5 * GIB});
    assert_int_equal(take_run((struct frames_request){.count = 3, .below = 0x3fff}), NO_FRAME);
    assert_int_equal(take_run((struct frames_request){.count = 3, .below = 0x4000}), 0x1000);
    assert_int_equal(take_run((struct frames_request){.count = 4096, .below = 4 * GIB}), NO_FRAME);
    assert_int_equal(take_run((struct frames_request){.count = 4096}), 4 * GIB);
    assert_int_equal(take_run((struct frames_request){.count = 1, .below = 1}), NO_FRAME);
    assert_int_equal(take_run((struct frames_request){.count = 4096, .below = UINT64_MAX}), 4 * GIB + 16 * MIB);
    expect_sound();
}

static uint64_t take_below(uint64_t below)
{
    struct frame_allocation_4k allocation = frames_alloc_4k_below(&allocator, below);
    return allocation.is_valid ? allocation.frame.start.value : NO_FRAME;
}

static void a_frame_that_is_not_found_was_never_used(void **state)
{
    (void)state;
    INIT_FRAMES({2 * MIB, 2 * MIB + 8 * KIB});
    assert_int_equal(take_below(2 * MIB), NO_FRAME);
    assert_int_equal(frames_statistics(&allocator).peak_used_count, 0);
    assert_int_equal(take_below(4 * MIB), 2 * MIB);
    assert_int_equal(take_below(2 * MIB), NO_FRAME);
    assert_int_equal(frames_statistics(&allocator).peak_used_count, 1);
    expect_sound();
}

static void a_frame_below_an_address_is_found_wherever_others_come_from(void **state)
{
    (void)state;
    INIT_FRAMES({2 * MIB, 4 * MIB}, {8 * MIB, 8 * MIB + 8 * KIB});
    assert_int_equal(take_below(2 * MIB), NO_FRAME);
    assert_int_equal(take_below(2 * MIB + 4095), NO_FRAME);
    assert_int_equal(take_below(4095), NO_FRAME);
    assert_int_equal(take_below(0), NO_FRAME);
    expect_free(514, 1, 0);
    assert_int_equal(take_below(2 * MIB + 4096), 2 * MIB);
    assert_int_equal(take_below(8 * MIB + 4 * KIB), 2 * MIB + 4 * KIB);
    assert_int_equal(take_run((struct frames_request){.count = 510}), 2 * MIB + 8 * KIB);
    assert_int_equal(take_below(8 * MIB), NO_FRAME);
    assert_int_equal(take_below(UINT64_MAX), 8 * MIB);
    assert_int_equal(take_below(8 * MIB + 8 * KIB), 8 * MIB + 4 * KIB);
    assert_int_equal(take_below(UINT64_MAX), NO_FRAME);
    expect_free(0, 0, 0);
    expect_sound();
}

static void a_run_that_is_too_long_changes_nothing(void **state)
{
    (void)state;
    INIT_FRAMES({0x1000, 4 * MIB}, {4 * MIB + 4 * KIB, 8 * MIB});
    assert_int_equal(take_run((struct frames_request){.count = 1024}), NO_FRAME);
    assert_int_equal(take_run((struct frames_request){.count = UINT64_MAX}), NO_FRAME);
    assert_int_equal(take_run((struct frames_request){.count = UINT64_MAX / 4096, .alignment_bytes = 4096}),
                     NO_FRAME);
    expect_free(1023 + 1023, 2, 0);
    expect_peak(0);
    assert_int_equal(take_run((struct frames_request){.count = 1023}), 0x1000);
    assert_int_equal(take_run((struct frames_request){.count = 1023}), 4 * MIB + 4 * KIB);
}

static void requests_that_make_no_sense_panic_with_the_values(void **state)
{
    (void)state;
    INIT_FRAMES({0x1000, 4 * MIB});
    EXPECT_PANIC("a run of no frames", (void)take_run((struct frames_request){}));
    EXPECT_PANIC("alignment to 12288 bytes",
                 (void)take_run((struct frames_request){.count = 1, .alignment_bytes = 12288}));
    EXPECT_PANIC("alignment to 3 bytes", (void)take_run((struct frames_request){.count = 1, .alignment_bytes = 3}));
    expect_free(1023, 1, 0);
}

static void wrong_frees_of_runs_panic_with_the_values_and_change_nothing(void **state)
{
    (void)state;
    INIT_FRAMES({0x1000, 0x5000}, {0x6000, 4 * MIB});
    assert_int_equal(take_run((struct frames_request){.count = 4}), 0x1000);
    frames_free_4k(&allocator, frame_4k_of(0x3000));
    EXPECT_PANIC("4 frames at 0x1000: 0x3000 is free already", frames_free_run(&allocator, frame_4k_of(0x1000), 4));
    EXPECT_PANIC("5 frames at 0x1000: 0x5000 is foreign", frames_free_run(&allocator, frame_4k_of(0x1000), 5));
    EXPECT_PANIC("2 frames at 0: 0 is foreign", frames_free_run(&allocator, frame_4k_of(0), 2));
    EXPECT_PANIC("2 frames at 0x3ff000: foreign from 0x400000 on",
                 frames_free_run(&allocator, frame_4k_of(0x3ff000), 2));
    EXPECT_PANIC("18446744073709551615 frames at 0x1000: foreign",
                 frames_free_run(&allocator, frame_4k_of(0x1000), UINT64_MAX));
    EXPECT_PANIC("frame 0x1800 is misaligned", frames_free_run(&allocator, (frame_4k){{0x1800}}, 1));
    frames_free_run(&allocator, frame_4k_of(0x3000), 0);
    expect_free(1022 - 4 + 1 + 0, 1, 0);
    frames_free_run(&allocator, frame_4k_of(0x1000), 2);
    frames_free_run(&allocator, frame_4k_of(0x4000), 1);
    EXPECT_PANIC("0x1000 is free already", frames_free_run(&allocator, frame_4k_of(0x1000), 2));
    expect_free(1022, 1, 0);
    expect_sound();
}

static void a_reserved_range_is_not_handed_out(void **state)
{
    (void)state;
    INIT_FRAMES({1 * MIB, 8 * MIB});
    assert_int_equal(frames_reserve(&allocator, (struct region){3 * MIB + 5, 5 * MIB - 0x1fff}), FRAMES_OK);
    expect_free(7 * 256 - 511, 1, 0);
    assert_int_equal(frames_statistics(&allocator).total_count, 7 * 256);
    for (uint64_t address; (address = take_4k()) != NO_FRAME;)
        assert_true(address < 3 * MIB || address >= 5 * MIB - 0x1000);
    frames_free_run(&allocator, frame_4k_of(3 * MIB), 511);
    expect_free(511, 0, 0);
    assert_int_equal(frames_reserve(&allocator, (struct region){3 * MIB, 3 * MIB + 1}), FRAMES_OK);
    assert_int_equal(take_4k(), 3 * MIB + 4 * KIB);
    expect_sound();
}

static void a_range_that_cannot_be_reserved_is_left_as_it_was(void **state)
{
    (void)state;
    INIT_FRAMES({0, 0x9000}, {1 * MIB, 8 * MIB});
    assert_int_equal(take_4k(), 0x1000);
    assert_int_equal(frames_reserve(&allocator, (struct region){0x1fff, 0x3000}), FRAMES_IN_USE);
    assert_int_equal(frames_reserve(&allocator, (struct region){0x8000, 0x9001}), FRAMES_FOREIGN);
    assert_int_equal(frames_reserve(&allocator, (struct region){0x1000, 0xa000}), FRAMES_FOREIGN);
    assert_int_equal(frames_reserve(&allocator, (struct region){0, 0x3000}), FRAMES_FOREIGN);
    assert_int_equal(frames_reserve(&allocator, (struct region){0x8000, 1 * MIB + 1}), FRAMES_FOREIGN);
    assert_int_equal(frames_reserve(&allocator, (struct region){8 * MIB - 1, 8 * MIB + 1}), FRAMES_FOREIGN);
    assert_int_equal(frames_reserve(&allocator, (struct region){8 * MIB, 9 * MIB}), FRAMES_FOREIGN);
    assert_int_equal(frames_reserve(&allocator, (struct region){0x2000, UINT64_MAX}), FRAMES_FOREIGN);
    assert_int_equal(frames_reserve(&allocator, (struct region){UINT64_MAX - 1, UINT64_MAX}), FRAMES_FOREIGN);
    assert_int_equal(frames_reserve(&allocator, (struct region){0x2000, 0x2000}), FRAMES_EMPTY_RANGE);
    assert_int_equal(frames_reserve(&allocator, (struct region){0x3000, 0x2000}), FRAMES_EMPTY_RANGE);
    assert_int_equal(frames_reserve(&allocator, (struct region){0, 0}), FRAMES_EMPTY_RANGE);
    expect_free(7 + 7 * 256, 3, 0);
    assert_int_equal(frames_reserve(&allocator, (struct region){0x2000, 0x9000}), FRAMES_OK);
    expect_free(7 * 256, 3, 0);
    expect_sound();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lowest_run_that_is_long_enough_is_taken),
        cmocka_unit_test(a_run_starts_where_its_alignment_asks),
        cmocka_unit_test(a_run_ends_where_it_is_told),
        cmocka_unit_test(a_frame_below_an_address_is_found_wherever_others_come_from),
        cmocka_unit_test(a_frame_that_is_not_found_was_never_used),
        cmocka_unit_test(a_run_that_is_too_long_changes_nothing),
        cmocka_unit_test(requests_that_make_no_sense_panic_with_the_values),
        cmocka_unit_test(wrong_frees_of_runs_panic_with_the_values_and_change_nothing),
        cmocka_unit_test(a_reserved_range_is_not_handed_out),
        cmocka_unit_test(a_range_that_cannot_be_reserved_is_left_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
