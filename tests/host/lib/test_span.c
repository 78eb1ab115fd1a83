/* SPDX-License-Identifier: MIT */
#include "panic_double.h"

#include <tenorite/lib/span.h>

struct pair {
    int left, right;
};
DEFINE_SPAN(pair_span, struct pair);

static struct pair pairs[3] = {{1, 2}, {3, 4}, {5, 6}};
static const pair_span all = SPAN_OF_ARRAY(pairs);

static void a_span_of_an_array_has_its_length(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {1, 2, 3, 4};
    const_byte_span span = SPAN_OF_ARRAY(bytes);
    assert_int_equal(span.count, 4);
    assert_ptr_equal(span.items, bytes);
    assert_int_equal(all.count, 3);
}

static void items_are_read_and_written_in_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < all.count; i++)
        assert_ptr_equal(SPAN_AT(all, i), &pairs[i]);
    SPAN_AT(all, 2)->right = 7;
    assert_int_equal(pairs[2].right, 7);
}

static void an_index_outside_panics_with_the_values(void **state)
{
    (void)state;
    EXPECT_PANIC("index 3 in a span of 3", { SPAN_AT(all, 3)->left = 0; });
    EXPECT_PANIC("in a span of 3", { SPAN_AT(all, (size_t)-1)->left = 0; });
    EXPECT_PANIC("test_span.c:", { SPAN_AT(all, SIZE_MAX / sizeof(struct pair) + 2)->left = 0; });
    EXPECT_PANIC("index 0 in a span of 0", { SPAN_AT((byte_span){}, 0)[0] = 1; });
}

static void an_index_is_evaluated_once(void **state)
{
    (void)state;
    size_t index = 0;
    assert_ptr_equal(SPAN_AT(all, index++), &pairs[0]);
    assert_int_equal(index, 1);
    assert_ptr_equal(SPAN_PART(all, index++, 1).items, &pairs[1]);
    assert_int_equal(index, 2);
    assert_int_equal(SPAN_AT(all, (size_t)SPAN_AT(all, 0)->left)->left, 3); /* nests */
}

static void expect_refusal(size_t start, size_t length)
{
    EXPECT_PANIC("in a span of 3", { (void)SPAN_PART(all, start, length); });
}

static void every_part_is_allowed_exactly_where_it_fits(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 2, 3, 4, 5, SIZE_MAX - 3, SIZE_MAX - 1, SIZE_MAX};
    for (size_t s = 0; s < COUNT_OF(sizes); s++)
        for (size_t l = 0; l < COUNT_OF(sizes); l++) {
            size_t start = sizes[s], length = sizes[l];
            if (start <= 3 && length <= 3 && start + length <= 3) {
                pair_span part = SPAN_PART(all, start, length);
                assert_ptr_equal(part.items, pairs + start);
                assert_int_equal(part.count, length);
            } else {
                expect_refusal(start, length);
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_span_of_an_array_has_its_length),
        cmocka_unit_test(items_are_read_and_written_in_place),
        cmocka_unit_test(an_index_outside_panics_with_the_values),
        cmocka_unit_test(an_index_is_evaluated_once),
        cmocka_unit_test(every_part_is_allowed_exactly_where_it_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
