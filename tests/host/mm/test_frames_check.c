/* SPDX-License-Identifier: MIT */
/* frames_check() finds each violation of the invariants of src/mm/frames_areas.h; the damage is done by hand. */
#include "frames_fixture.h"

#include "mm/frames_areas.h"

/* 100 GiB: sets of two levels. Frames of every size are in use, and a word is open. */
static int setup(void **state)
{
    (void)state;
    INIT_FRAMES({1 * MIB, 50 * GIB + 20 * KIB}, {60 * GIB, FRAMES_FIXTURE_END - 12 * KIB});
    assert_int_equal(take_2m(), 2 * MIB);
    assert_int_equal(take_1g(), 1 * GIB);
    assert_int_equal(take_4k(), 1 * MIB);
    assert_int_equal(take_4k(), 1 * MIB + 4 * KIB);
    frames_free_4k(&allocator, frame_4k_of(2 * MIB + 4 * KIB));
    expect_sound();
    return 0;
}

static void expect_violation(const char *expected)
{
    const char *found = frames_check(&allocator);
    assert_non_null(found);
    assert_string_equal(found, expected);
}

/* What is damaged, how, what is said of it, and how it is repaired. */
#define EXPECT_DAMAGE(statement, repair, expected)                                                                   \
    do {                                                                                                             \
        statement;                                                                                                   \
        expect_violation(expected);                                                                                  \
        repair;                                                                                                      \
        expect_sound();                                                                                              \
    } while (0)

static void flip(uint64_t *words, uint64_t number)
{
    words[number / 64] ^= 1ull << number % 64;
}

#define EXPECT_FLIP(words, number, expected) EXPECT_DAMAGE(flip(words, number), flip(words, number), expected)
#define EXPECT_CHANGED(counter, expected)                                                                            \
    do {                                                                                                             \
        EXPECT_DAMAGE((counter)++, (counter)--, expected);                                                           \
        EXPECT_DAMAGE((counter)--, (counter)++, expected);                                                           \
    } while (0)

static void f1_frames_are_free_only_where_they_are_managed(void **state)
{
    const uint64_t foreign[] = {0, 1, 50 * GIB / 4096 + 5, 60 * GIB / 4096 - 1, FRAMES_FIXTURE_END / 4096 - 1};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(foreign); i++)
        EXPECT_FLIP(allocator.free, foreign[i], "F1: a frame is free that is not managed");
    EXPECT_FLIP(allocator.managed, 0, "F1: frame 0 is managed");
    EXPECT_FLIP(allocator.managed, FRAMES_FIXTURE_END / 4096 - 3, "F1: a frame beyond the end of memory is managed");
    EXPECT_FLIP(allocator.managed, FRAMES_FIXTURE_END / 4096 - 1, "F1: a frame beyond the end of memory is managed");
}

static void f2_frames_are_counted(void **state)
{
    (void)state;
    EXPECT_CHANGED(allocator.free_count, "F2: the free frames are miscounted");
    EXPECT_CHANGED(allocator.total_count, "F2: the managed frames are miscounted");
    EXPECT_FLIP(allocator.managed, 1, "F2: the managed frames are miscounted");
    EXPECT_FLIP(allocator.free, 2 * MIB / 4096, "F2: the free frames are miscounted");
    EXPECT_DAMAGE(allocator.lowest_free_count += FRAMES_PER_2M, allocator.lowest_free_count -= FRAMES_PER_2M,
                  "F2: fewer frames are free than ever were");
}

static void f3_areas_of_2_mib_count_their_frames(void **state)
{
    (void)state;
    for (uint64_t area = 0; area < 3; area++)
        EXPECT_CHANGED(allocator.free_in_2m[area], "F3: an area of 2 MiB miscounts its free frames");
    EXPECT_CHANGED(allocator.free_in_2m[512], "F3: an area of 2 MiB miscounts its free frames");
    EXPECT_CHANGED(allocator.free_in_2m[100 * 512 - 1], "F3: an area of 2 MiB miscounts its free frames");
    uint64_t open = allocator.open;
    EXPECT_DAMAGE(allocator.open++, allocator.open--, "F3: an area of 2 MiB miscounts its free frames");
    EXPECT_DAMAGE(allocator.open = 100 * 512 * WORDS_PER_2M, allocator.open = open,
                  "F3: an area of 2 MiB miscounts its free frames");
}

static void f4_areas_of_2_mib_are_called_what_they_are(void **state)
{
    const uint64_t areas[] = {0, 1, 2, 512, 100 * 512 - 1};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(areas); i++) {
        EXPECT_FLIP(allocator.partial_2m, areas[i], "F4: an area of 2 MiB is wrongly called partial, or not");
        EXPECT_FLIP(allocator.whole_2m, areas[i], "F4: an area of 2 MiB is wrongly called whole, or not");
    }
    INIT_FRAMES({1 * MIB, 8 * MIB});
    EXPECT_FLIP(allocator.partial_2m, 4, "F4: an area of 2 MiB beyond the end of memory has free frames");
    EXPECT_FLIP(allocator.whole_2m, 511, "F4: an area of 2 MiB beyond the end of memory has free frames");
}

static void f5_areas_of_1_gib_count_theirs(void **state)
{
    (void)state;
    for (uint64_t area = 0; area < 100; area += 33) {
        EXPECT_CHANGED(allocator.areas_1g[area].partial_count, "F5: an area of 1 GiB miscounts its partial areas");
        EXPECT_CHANGED(allocator.areas_1g[area].whole_count, "F5: an area of 1 GiB miscounts its whole areas");
    }
    EXPECT_CHANGED(allocator.whole_2m_count, "F5: the whole areas of 2 MiB are miscounted");
}

static void f6_and_f7_sets_have_their_members(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < FRAMES_SET_COUNT; kind++) {
        struct frames_set *set = &allocator.sets[kind];
        assert_int_equal(set->level_count, 2);
        EXPECT_FLIP(set->levels[0], 0, "F6: an area of 1 GiB is in a wrong set");
        EXPECT_FLIP(set->levels[0], 1, "F6: an area of 1 GiB is in a wrong set");
        EXPECT_FLIP(set->levels[0], 99, "F6: an area of 1 GiB is in a wrong set");
        EXPECT_FLIP(set->levels[1], 0, "F7: a set's summary is wrong");
        EXPECT_FLIP(set->levels[1], 1, "F7: a set's summary is wrong");
        EXPECT_CHANGED(set->count, "F7: a set miscounts its members");
        EXPECT_FLIP(set->levels[0], 100, "F7: a set miscounts its members");
    }
}

static void f8_the_open_word_exists(void **state)
{
    uint64_t words = 100 * 512 * WORDS_PER_2M, open = allocator.open;
    (void)state;
    EXPECT_DAMAGE(allocator.open = words + 1, allocator.open = open, "F8: the open word does not exist");
    EXPECT_FLIP(allocator.free, words * 64, "F8: the word behind the last is not zero");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(f1_frames_are_free_only_where_they_are_managed, setup),
        cmocka_unit_test_setup(f2_frames_are_counted, setup),
        cmocka_unit_test_setup(f3_areas_of_2_mib_count_their_frames, setup),
        cmocka_unit_test_setup(f4_areas_of_2_mib_are_called_what_they_are, setup),
        cmocka_unit_test_setup(f5_areas_of_1_gib_count_theirs, setup),
        cmocka_unit_test_setup(f6_and_f7_sets_have_their_members, setup),
        cmocka_unit_test_setup(f8_the_open_word_exists, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
