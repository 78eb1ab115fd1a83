/* SPDX-License-Identifier: MIT */
#include "frames_fixture.h"

enum { FRAMES_PER_2M = 512, FRAMES_PER_1G = 512 * 512 };

static void a_2m_frame_is_aligned_and_all_of_it_is_in_use(void **state)
{
    (void)state;
    INIT_FRAMES({1 * MIB, 8 * MIB});
    expect_free(7 * 256, 3, 0);
    assert_int_equal(take_2m(), 2 * MIB);
    expect_free(5 * 256, 2, 0);
    assert_int_equal(take_2m(), 4 * MIB);
    assert_int_equal(take_2m(), 6 * MIB);
    assert_int_equal(take_2m(), NO_FRAME);
    for (uint64_t address = 1 * MIB; address < 2 * MIB; address += 4 * KIB)
        assert_int_equal(take_4k(), address);
    assert_int_equal(take_4k(), NO_FRAME);
    expect_free(0, 0, 0);
    frames_free_2m(&allocator, frame_2m_of(4 * MIB));
    expect_free(FRAMES_PER_2M, 1, 0);
    assert_int_equal(take_2m(), 4 * MIB);
    expect_sound();
}

static void a_1g_frame_is_aligned_and_all_of_it_is_in_use(void **state)
{
    (void)state;
    INIT_FRAMES({1 * MIB, 3 * GIB + 512 * MIB});
    expect_free((3 * 1024 + 511) * 256, 3 * 512 + 255, 2);
    assert_int_equal(take_1g(), 1 * GIB);
    assert_int_equal(take_1g(), 2 * GIB);
    assert_int_equal(take_1g(), NO_FRAME);
    expect_free((1024 + 511) * 256, 512 + 255, 0);
    for (int i = 0; i < 512 + 255; i++) {
        uint64_t address = take_2m();
        assert_true(address < 1 * GIB || (address >= 3 * GIB && address < 3 * GIB + 512 * MIB));
    }
    assert_int_equal(take_2m(), NO_FRAME);
    frames_free_1g(&allocator, frame_1g_of(2 * GIB));
    expect_free(FRAMES_PER_1G + 256, 512, 1);
    expect_sound();
}

/* Nothing of these is whole: memory that begins or ends inside a larger frame, and memory with a hole. */
static void frames_that_memory_has_in_part_only_are_not_handed_out(void **state)
{
    (void)state;
    INIT_FRAMES({2 * MIB - 4 * KIB, 6 * MIB + 4 * KIB});
    expect_free(2 * FRAMES_PER_2M + 2, 2, 0);
    INIT_FRAMES({2 * MIB + 4 * KIB, 6 * MIB - 4 * KIB});
    expect_free(2 * FRAMES_PER_2M - 2, 0, 0);
    assert_int_equal(take_2m(), NO_FRAME);
    INIT_FRAMES({2 * MIB, 3 * MIB}, {3 * MIB + 4 * KIB, 6 * MIB});
    assert_int_equal(take_2m(), 4 * MIB);
    assert_int_equal(take_2m(), NO_FRAME);
    INIT_FRAMES({1 * GIB, 2 * GIB - 4 * KIB}, {2 * GIB, 2 * GIB + 4 * KIB}, {3 * GIB + 2 * MIB, 4 * GIB + 2 * MIB});
    expect_free(2 * FRAMES_PER_1G, 511 + 511 + 1, 0);
    assert_int_equal(take_1g(), NO_FRAME);
    INIT_FRAMES({0, 1 * GIB});
    expect_free(FRAMES_PER_1G - 1, 511, 0);
    assert_int_equal(take_1g(), NO_FRAME);
}

static void memory_above_4_gib_is_handed_out_by_its_whole_address(void **state)
{
    (void)state;
    INIT_FRAMES({1 * MIB, 1 * GIB}, {4 * GIB, 99 * GIB + 2 * MIB},
                {FRAMES_FIXTURE_END - 8 * KIB, FRAMES_FIXTURE_END});
    expect_free(96 * FRAMES_PER_1G - 256 + FRAMES_PER_2M + 2, 511 + 95 * 512 + 1, 95);
    for (uint64_t number = 4; number < 99; number++)
        assert_int_equal(take_1g(), number * GIB);
    assert_int_equal(take_1g(), NO_FRAME);
    for (uint64_t address = 2 * MIB; address < 1 * GIB; address += 2 * MIB)
        assert_int_equal(take_2m(), address);
    assert_int_equal(take_2m(), 99 * GIB);
    for (uint64_t address = 1 * MIB; address < 2 * MIB; address += 4 * KIB)
        assert_int_equal(take_4k(), address);
    assert_int_equal(take_4k(), FRAMES_FIXTURE_END - 8 * KIB);
    assert_int_equal(take_4k(), FRAMES_FIXTURE_END - 4 * KIB);
    assert_int_equal(take_4k(), NO_FRAME);
    frames_free_1g(&allocator, frame_1g_of(98 * GIB));
    assert_int_equal(take_2m(), 98 * GIB);
    expect_sound();
}

/* The sets of areas of 1 GiB have 16 words. */
static void a_tebibyte_is_handed_out_too(void **state)
{
    const uint64_t end = 1024 * GIB;
    struct region usable[] = {{1 * MIB, 3 * GIB}, {4 * GIB, end}};
    struct region_list list = {usable, 2, 2};
    void *storage = test_malloc(frames_storage_bytes(end));
    (void)state;
    frames_init(&allocator, storage, frames_storage_bytes(end), &list);
    expect_free(1023 * FRAMES_PER_1G - 256, 1023 * 512 - 1, 1022);
    assert_int_equal(take_1g(), 1 * GIB);
    assert_int_equal(take_1g(), 2 * GIB);
    for (uint64_t address = 4 * GIB; address < end; address += GIB)
        assert_int_equal(take_1g(), address);
    assert_int_equal(take_1g(), NO_FRAME);
    frames_free_1g(&allocator, frame_1g_of(end - GIB));
    frames_free_1g(&allocator, frame_1g_of(700 * GIB));
    expect_sound();
    assert_int_equal(take_1g(), 700 * GIB);
    assert_int_equal(take_1g(), end - GIB);
    assert_int_equal(take_1g(), NO_FRAME);
    test_free(storage);
}

static void one_frame_or_none_is_an_allocator_too(void **state)
{
    (void)state;
    INIT_FRAMES({4 * KIB, 8 * KIB});
    expect_free(1, 0, 0);
    assert_int_equal(take_2m(), NO_FRAME);
    assert_int_equal(take_1g(), NO_FRAME);
    assert_int_equal(take_run((struct frames_request){.count = 2}), NO_FRAME);
    assert_int_equal(take_run((struct frames_request){.count = 1}), 4 * KIB);
    assert_int_equal(take_4k(), NO_FRAME);
    INIT_FRAMES({0, 4 * KIB});
    expect_free(0, 0, 0);
    assert_int_equal(take_4k(), NO_FRAME);
    frames_fixture_init(NULL, 0);
    expect_free(0, 0, 0);
    assert_int_equal(take_2m(), NO_FRAME);
    assert_int_equal(take_1g(), NO_FRAME);
    assert_int_equal(take_run((struct frames_request){.count = 1}), NO_FRAME);
    assert_int_equal(frames_reserve(&allocator, (struct region){0, 1}), FRAMES_FOREIGN);
    EXPECT_PANIC("foreign from 0 on", frames_free_2m(&allocator, frame_2m_of(2 * MIB)));
}

static void what_was_taken_at_once_may_go_back_in_parts_and_the_other_way_round(void **state)
{
    (void)state;
    INIT_FRAMES({1 * GIB, 2 * GIB});
    assert_int_equal(take_1g(), 1 * GIB);
    for (uint64_t address = 1 * GIB; address < 1 * GIB + 2 * MIB; address += 4 * KIB)
        frames_free_4k(&allocator, frame_4k_of(address));
    expect_free(FRAMES_PER_2M, 1, 0);
    for (uint64_t address = 1 * GIB + 2 * MIB; address < 2 * GIB; address += 2 * MIB)
        frames_free_2m(&allocator, frame_2m_of(address));
    expect_free(FRAMES_PER_1G, 512, 1);
    for (uint64_t address = 1 * GIB; address < 2 * GIB; address += 4 * KIB)
        assert_int_equal(take_4k(), address);
    frames_free_1g(&allocator, frame_1g_of(1 * GIB));
    expect_free(FRAMES_PER_1G, 512, 1);
    expect_sound();
}

/* Larger frames survive: a whole one is broken only when nothing smaller is left. */
static void small_requests_gather_in_memory_that_is_in_use_in_part(void **state)
{
    (void)state;
    INIT_FRAMES({1 * GIB, 3 * GIB});
    assert_int_equal(take_4k(), 1 * GIB);
    assert_int_equal(take_2m(), 1 * GIB + 2 * MIB);
    assert_int_equal(take_1g(), 2 * GIB);
    frames_free_1g(&allocator, frame_1g_of(2 * GIB));
    for (uint64_t address = 1 * GIB + 4 * MIB; address < 2 * GIB; address += 2 * MIB)
        assert_int_equal(take_2m(), address);
    expect_free(FRAMES_PER_1G + 511, 512, 1);
    for (uint64_t address = 1 * GIB + 4 * KIB; address < 1 * GIB + 2 * MIB; address += 4 * KIB)
        assert_int_equal(take_4k(), address);
    frames_free_4k(&allocator, frame_4k_of(1 * GIB + 300 * MIB + 4 * KIB));
    frames_free_4k(&allocator, frame_4k_of(1 * GIB + 500 * MIB + 4 * KIB));
    assert_int_equal(take_4k(), 1 * GIB + 300 * MIB + 4 * KIB);
    assert_int_equal(take_4k(), 1 * GIB + 500 * MIB + 4 * KIB);
    expect_free(FRAMES_PER_1G, 512, 1);
    assert_int_equal(take_4k(), 2 * GIB);
    expect_free(FRAMES_PER_1G - 1, 511, 0);
    expect_sound();
}

static void frames_of_2_mib_come_out_of_broken_ones_of_1_gib_even_if_a_whole_one_is_lower(void **state)
{
    (void)state;
    INIT_FRAMES({1 * GIB, 4 * GIB});
    assert_int_equal(take_1g(), 1 * GIB);
    assert_int_equal(take_2m(), 2 * GIB);
    frames_free_1g(&allocator, frame_1g_of(1 * GIB));
    assert_int_equal(take_2m(), 2 * GIB + 2 * MIB);
    assert_int_equal(take_4k(), 2 * GIB + 4 * MIB);
    frames_free_2m(&allocator, frame_2m_of(2 * GIB));
    assert_int_equal(take_run((struct frames_request){.count = 1}), 1 * GIB);
    frames_free_4k(&allocator, frame_4k_of(1 * GIB));
    expect_free(3 * FRAMES_PER_1G - FRAMES_PER_2M - 1, 3 * 512 - 2, 2);
    expect_sound();
}

static void a_free_of_what_is_not_all_in_use_panics_with_the_values(void **state)
{
    (void)state;
    INIT_FRAMES({1 * MIB, 3 * GIB}, {3 * GIB + 4 * KIB, 3 * GIB + 4 * MIB});
    assert_int_equal(take_2m(), 2 * MIB);
    frames_free_4k(&allocator, frame_4k_of(3 * MIB));
    EXPECT_PANIC("512 frames at 0x200000: 0x300000 is free already",
                 frames_free_2m(&allocator, frame_2m_of(2 * MIB)));
    EXPECT_PANIC("512 frames at 0: 0 is foreign", frames_free_2m(&allocator, frame_2m_of(0)));
    EXPECT_PANIC("512 frames at 0xc0000000: 0xc0000000 is foreign", frames_free_2m(&allocator, frame_2m_of(3 * GIB)));
    EXPECT_PANIC("512 frames at 0xc0400000: foreign from 0xc0400000 on",
                 frames_free_2m(&allocator, frame_2m_of(3 * GIB + 4 * MIB)));
    EXPECT_PANIC("512 frames at 0x8000000000: foreign from 0xc0400000 on",
                 frames_free_2m(&allocator, frame_2m_of(512 * GIB)));
    EXPECT_PANIC("262144 frames at 0xc0000000: foreign from 0xc0400000 on",
                 frames_free_1g(&allocator, frame_1g_of(3 * GIB)));
    EXPECT_PANIC("262144 frames at 0x40000000: 0x40000000 is free already",
                 frames_free_1g(&allocator, frame_1g_of(1 * GIB)));
    EXPECT_PANIC("frame 0x201000 of 2 MiB is misaligned", frames_free_2m(&allocator, (frame_2m){{0x201000}}));
    EXPECT_PANIC("frame 0x200000 of 1 GiB is misaligned", frames_free_1g(&allocator, (frame_1g){{0x200000}}));
    assert_int_equal(take_1g(), 1 * GIB);
    frames_free_1g(&allocator, frame_1g_of(1 * GIB));
    EXPECT_PANIC("0x40000000 is free already", frames_free_1g(&allocator, frame_1g_of(1 * GIB)));
    EXPECT_PANIC("0x40000000 is free already", frames_free_2m(&allocator, frame_2m_of(1 * GIB)));
    EXPECT_PANIC("0x40000000 is free already", frames_free_4k(&allocator, frame_4k_of(1 * GIB)));
    expect_free(2 * FRAMES_PER_1G + 1023 * 256 - 511 + 1023, 1535, 2);
    expect_sound();
}

static void interrupt_handlers_may_not_take_any_size(void **state)
{
    (void)state;
    INIT_FRAMES({1 * GIB, 3 * GIB});
    assert_int_equal(take_1g(), 1 * GIB);
    cpu_double_is_in_handler = true;
    EXPECT_PANIC("interrupt handler", (void)take_2m());
    EXPECT_PANIC("interrupt handler", (void)take_1g());
    EXPECT_PANIC("interrupt handler", (void)take_run((struct frames_request){.count = 1}));
    EXPECT_PANIC("interrupt handler", frames_free_2m(&allocator, frame_2m_of(1 * GIB)));
    EXPECT_PANIC("interrupt handler", frames_free_1g(&allocator, frame_1g_of(1 * GIB)));
    EXPECT_PANIC("interrupt handler", frames_free_run(&allocator, frame_4k_of(1 * GIB), 1));
    EXPECT_PANIC("interrupt handler", (void)!frames_reserve(&allocator, (struct region){2 * GIB, 3 * GIB}));
    cpu_double_reset();
    expect_free(FRAMES_PER_1G, 512, 1);
}

/* 64 frames are handled apart from the others: what they amount to is counted nevertheless. */
static void statistics_count_what_could_be_had_and_the_peak(void **state)
{
    (void)state;
    INIT_FRAMES({1 * GIB, 2 * GIB});
    expect_peak(0);
    assert_int_equal(take_4k(), 1 * GIB);
    expect_free(FRAMES_PER_1G - 1, 511, 0);
    frames_free_4k(&allocator, frame_4k_of(1 * GIB));
    expect_free(FRAMES_PER_1G, 512, 1);
    expect_peak(1);
    assert_int_equal(take_1g(), 1 * GIB);
    expect_free(0, 0, 0);
    expect_peak(FRAMES_PER_1G);
    frames_free_1g(&allocator, frame_1g_of(1 * GIB));
    expect_peak(FRAMES_PER_1G);
    assert_int_equal(take_4k(), 1 * GIB);
    frames_free_4k(&allocator, frame_4k_of(1 * GIB));
    assert_int_equal(take_2m(), 1 * GIB);
    assert_int_equal(frames_statistics(&allocator).total_count, FRAMES_PER_1G);
    expect_sound();
}

/* 2 bits for each frame, 2 bytes for each 2 MiB, little more. */
static void bookkeeping_is_small(void **state)
{
    (void)state;
    for (uint64_t end = 16 * MIB; end <= 64 * 1024 * GIB; end *= 2) {
        uint64_t bytes = frames_storage_bytes(end);
        assert_in_range(bytes, end / 16384, end / 16000 + 4096);
    }
    assert_in_range(frames_storage_bytes((1ull << 52) - 4096), (1ull << 52) / 16384, (1ull << 52) / 16000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_2m_frame_is_aligned_and_all_of_it_is_in_use),
        cmocka_unit_test(a_1g_frame_is_aligned_and_all_of_it_is_in_use),
        cmocka_unit_test(frames_that_memory_has_in_part_only_are_not_handed_out),
        cmocka_unit_test(memory_above_4_gib_is_handed_out_by_its_whole_address),
        cmocka_unit_test(a_tebibyte_is_handed_out_too),
        cmocka_unit_test(one_frame_or_none_is_an_allocator_too),
        cmocka_unit_test(what_was_taken_at_once_may_go_back_in_parts_and_the_other_way_round),
        cmocka_unit_test(small_requests_gather_in_memory_that_is_in_use_in_part),
        cmocka_unit_test(frames_of_2_mib_come_out_of_broken_ones_of_1_gib_even_if_a_whole_one_is_lower),
        cmocka_unit_test(a_free_of_what_is_not_all_in_use_panics_with_the_values),
        cmocka_unit_test(interrupt_handlers_may_not_take_any_size),
        cmocka_unit_test(statistics_count_what_could_be_had_and_the_peak),
        cmocka_unit_test(bookkeeping_is_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
