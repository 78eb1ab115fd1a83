/* SPDX-License-Identifier: MIT */
#include "panic_double.h"

#include <tenorite/lib/vector.h>

DEFINE_VECTOR(ints, int, 8);
DEFINE_VECTOR(four_ints, int, 4);
DEFINE_VECTOR(no_ints, int, 0);
DEFINE_VECTOR(many_ints, int, 4096);

struct point {
    int x, y;
};
DEFINE_VECTOR(points, struct point, 3);

/* Hides a constant from the compiler, which would refuse it. */
static size_t unknown(size_t value)
{
    volatile size_t hidden = value;
    return hidden;
}

static ints ints_up_to(int count)
{
    ints vector = {0};
    for (int i = 0; i < count; i++)
        ints_push(&vector, i);
    return vector;
}

static void expect_ints(ints *vector, size_t count, const int *expected)
{
    assert_int_equal(vector->count, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(*ints_at(vector, i), expected[i]);
}
#define EXPECT_INTS(vector, ...) expect_ints(vector, COUNT_OF(((int[]){__VA_ARGS__})), (const int[]){__VA_ARGS__})

static void remaining_counts_down_to_0(void **state)
{
    four_ints vector = {0};
    (void)state;
    for (size_t left = 4; left > 0; left--) {
        assert_int_equal(four_ints_remaining(&vector), left);
        assert_false(four_ints_is_full(&vector));
        four_ints_push(&vector, 1);
    }
    assert_int_equal(four_ints_remaining(&vector), 0);
    assert_true(four_ints_is_full(&vector));
}

static void push_on_a_full_vector_panics(void **state)
{
    ints vector = ints_up_to(8);
    (void)state;
    EXPECT_PANIC("a vector of 8 is full", ints_push(&vector, 8));
    EXPECT_INTS(&vector, 0, 1, 2, 3, 4, 5, 6, 7);
}

static void try_push_on_a_full_vector_changes_nothing(void **state)
{
    ints vector = ints_up_to(7);
    (void)state;
    assert_int_equal(ints_try_push(&vector, 70), VECTOR_OK);
    assert_int_equal(ints_try_push(&vector, 80), VECTOR_FULL);
    EXPECT_INTS(&vector, 0, 1, 2, 3, 4, 5, 6, 70);
}

static void a_vector_takes_4096_items_and_no_more(void **state)
{
    static many_ints vector;
    (void)state;
    for (int i = 0; i < 4096; i++)
        assert_int_equal(many_ints_try_push(&vector, i), VECTOR_OK);
    assert_int_equal(many_ints_try_push(&vector, 0), VECTOR_FULL);
    for (int i = 0; i < 4096; i++)
        assert_int_equal(*many_ints_at(&vector, (size_t)i), i);
}

static void a_vector_of_capacity_0_is_empty_and_full(void **state)
{
    no_ints vector = {0};
    (void)state;
    assert_int_equal(no_ints_try_push(&vector, 1), VECTOR_FULL);
    assert_int_equal(no_ints_try_insert(&vector, 0, 1), VECTOR_FULL);
    assert_int_equal(no_ints_try_extend(&vector, NULL, 0), VECTOR_OK);
    assert_int_equal(no_ints_remaining(&vector), 0);
    assert_false(no_ints_pop(&vector).is_valid);
    assert_non_null(no_ints_array(&vector));
    EXPECT_PANIC("a vector of 0 is full", no_ints_push(&vector, 1));
}

static void extending_takes_all_or_nothing(void **state)
{
    const int more[] = {10, 11, 12, 13};
    ints vector = ints_up_to(5);
    (void)state;
    assert_int_equal(ints_try_extend(&vector, more, 4), VECTOR_FULL);
    EXPECT_INTS(&vector, 0, 1, 2, 3, 4);
    assert_int_equal(ints_try_extend(&vector, more, SIZE_MAX), VECTOR_FULL);
    assert_int_equal(ints_try_extend(&vector, more, 3), VECTOR_OK);
    EXPECT_INTS(&vector, 0, 1, 2, 3, 4, 10, 11, 12);
    assert_int_equal(ints_try_extend(&vector, more, 0), VECTOR_OK);
}

static void insert_moves_those_behind(void **state)
{
    ints vector = ints_up_to(3);
    (void)state;
    ints_insert(&vector, 1, 10);
    EXPECT_INTS(&vector, 0, 10, 1, 2);
    ints_insert(&vector, 0, 20);
    EXPECT_INTS(&vector, 20, 0, 10, 1, 2);
    ints_insert(&vector, 5, 30); /* at the end: as push does */
    EXPECT_INTS(&vector, 20, 0, 10, 1, 2, 30);
    EXPECT_PANIC("place 7 in a vector of 6", ints_insert(&vector, unknown(7), 40));
    EXPECT_PANIC("place 18446744073709551615 in a vector of 6", ints_insert(&vector, unknown(SIZE_MAX), 40));
    EXPECT_INTS(&vector, 20, 0, 10, 1, 2, 30);
}

static void a_failed_insert_changes_nothing(void **state)
{
    ints vector = ints_up_to(8);
    (void)state;
    assert_int_equal(ints_try_insert(&vector, 2, 9), VECTOR_FULL);
    EXPECT_INTS(&vector, 0, 1, 2, 3, 4, 5, 6, 7);
    EXPECT_PANIC("a vector of 8 is full", ints_insert(&vector, 2, 9));
    ints_truncate(&vector, 2);
    assert_int_equal(ints_try_insert(&vector, 3, 9), VECTOR_NO_SUCH_PLACE);
    EXPECT_INTS(&vector, 0, 1);
}

static void pop_takes_the_last_until_there_is_none(void **state)
{
    ints vector = ints_up_to(2);
    (void)state;
    struct ints_item item = ints_pop(&vector);
    assert_true(item.is_valid);
    assert_int_equal(item.value, 1);
    assert_int_equal(ints_pop(&vector).value, 0);
    assert_false(ints_pop(&vector).is_valid);
    assert_int_equal(vector.count, 0);
}

static void pop_at_takes_from_the_middle(void **state)
{
    ints vector = ints_up_to(4);
    (void)state;
    struct ints_item item = ints_pop_at(&vector, 1);
    assert_true(item.is_valid);
    assert_int_equal(item.value, 1);
    EXPECT_INTS(&vector, 0, 2, 3);
    assert_false(ints_pop_at(&vector, 3).is_valid);
    assert_false(ints_pop_at(&vector, SIZE_MAX).is_valid);
    EXPECT_INTS(&vector, 0, 2, 3);
}

static void remove_keeps_the_order_and_swap_remove_does_not(void **state)
{
    ints vector = ints_up_to(5);
    (void)state;
    assert_int_equal(ints_remove(&vector, 0), 0);
    EXPECT_INTS(&vector, 1, 2, 3, 4);
    assert_int_equal(ints_swap_remove(&vector, 0), 1);
    EXPECT_INTS(&vector, 4, 2, 3);
    assert_int_equal(ints_swap_remove(&vector, 2), 3);
    EXPECT_INTS(&vector, 4, 2);
    EXPECT_PANIC("index 2 in a vector of 2", (void)ints_remove(&vector, unknown(2)));
    EXPECT_PANIC("index 2 in a vector of 2", (void)ints_swap_remove(&vector, unknown(2)));
    EXPECT_INTS(&vector, 4, 2);
}

static void drain_closes_the_gap(void **state)
{
    ints vector = ints_up_to(8);
    (void)state;
    ints_drain(&vector, 1, 4);
    EXPECT_INTS(&vector, 0, 4, 5, 6, 7);
    ints_drain(&vector, 2, 2);
    EXPECT_INTS(&vector, 0, 4, 5, 6, 7);
    ints_drain(&vector, 3, 5);
    EXPECT_INTS(&vector, 0, 4, 5);
    EXPECT_PANIC("items 0 to 4 of a vector of 3", ints_drain(&vector, 0, unknown(4)));
    EXPECT_PANIC("items 2 to 1 of a vector of 3", ints_drain(&vector, unknown(2), 1));
    EXPECT_INTS(&vector, 0, 4, 5);
    ints_drain(&vector, 0, 3);
    assert_int_equal(vector.count, 0);
}

static bool is_even(const int *item, void *calls)
{
    ++*(int *)calls;
    return *item % 2 == 0;
}

static void retain_keeps_what_it_is_asked_to(void **state)
{
    int calls = 0;
    ints vector = ints_up_to(8);
    (void)state;
    ints_retain(&vector, is_even, &calls);
    EXPECT_INTS(&vector, 0, 2, 4, 6);
    assert_int_equal(calls, 8);
}

static void truncate_keeps_the_first_ones(void **state)
{
    ints vector = ints_up_to(4);
    (void)state;
    ints_truncate(&vector, 9);
    assert_int_equal(vector.count, 4);
    ints_truncate(&vector, 1);
    EXPECT_INTS(&vector, 0);
}

static void take_empties_the_vector(void **state)
{
    ints vector = ints_up_to(3);
    (void)state;
    ints taken = ints_take(&vector);
    EXPECT_INTS(&taken, 0, 1, 2);
    assert_int_equal(vector.count, 0);
}

static void the_whole_array_is_there_only_when_full(void **state)
{
    ints vector = ints_up_to(7);
    (void)state;
    assert_null(ints_array(&vector));
    ints_push(&vector, 7);
    int(*array)[8] = ints_array(&vector);
    assert_int_equal((*array)[7], 7);
}

static void access_beyond_the_count_panics(void **state)
{
    ints vector = ints_up_to(3);
    (void)state;
    *ints_at(&vector, 2) = 20;
    EXPECT_INTS(&vector, 0, 1, 20);
    EXPECT_PANIC("index 3 in a vector of 3", (void)ints_at(&vector, 3));
    EXPECT_PANIC("index 8 in a vector of 3", (void)ints_at(&vector, unknown(8)));
}

static void structs_are_items_too(void **state)
{
    points vector = {0};
    (void)state;
    points_push(&vector, (struct point){1, 2});
    points_insert(&vector, 0, (struct point){3, 4});
    assert_int_equal(points_at(&vector, 1)->y, 2);
    assert_int_equal(points_pop(&vector).value.x, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remaining_counts_down_to_0),
        cmocka_unit_test(push_on_a_full_vector_panics),
        cmocka_unit_test(try_push_on_a_full_vector_changes_nothing),
        cmocka_unit_test(a_vector_takes_4096_items_and_no_more),
        cmocka_unit_test(a_vector_of_capacity_0_is_empty_and_full),
        cmocka_unit_test(extending_takes_all_or_nothing),
        cmocka_unit_test(insert_moves_those_behind),
        cmocka_unit_test(a_failed_insert_changes_nothing),
        cmocka_unit_test(pop_takes_the_last_until_there_is_none),
        cmocka_unit_test(pop_at_takes_from_the_middle),
        cmocka_unit_test(remove_keeps_the_order_and_swap_remove_does_not),
        cmocka_unit_test(drain_closes_the_gap),
        cmocka_unit_test(retain_keeps_what_it_is_asked_to),
        cmocka_unit_test(truncate_keeps_the_first_ones),
        cmocka_unit_test(take_empties_the_vector),
        cmocka_unit_test(the_whole_array_is_there_only_when_full),
        cmocka_unit_test(access_beyond_the_count_panics),
        cmocka_unit_test(structs_are_items_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
