/* SPDX-License-Identifier: MIT */
/* Contract K3 at run time: what a token flushes, and the panics where the optimizer does not check. */
#include "memory_fixture.h"

static const page_flags readable = {PAGE_FLAG_PRESENT | PAGE_FLAG_NO_EXECUTE};
static const page_4k page = {{0xffffc00000123000}};
static const frame_4k frame = {{0x456000}};

static void flush_of_a_map_flushes_its_page_once(void **state)
{
    (void)state;
    assert_int_equal(flush(map_to(&fixture_mapper, page, frame, readable)), MAP_OK);
    assert_int_equal(paging_double.page_flush_count, 1);
    assert_int_equal(paging_double.last_flushed_page.value, page.start.value);
}

static void flush_of_an_unmap_flushes_its_page_for_each_size(void **state)
{
    page_2m large = {{0xffffc00000200000}};
    page_1g giant = {{0xffffc00040000000}};
    (void)state;
    assert_int_equal(ignore(map_to(&fixture_mapper, page, frame, readable)), MAP_OK);
    assert_int_equal(ignore(map_to(&fixture_mapper, large, (frame_2m){{0x400000}}, readable)), MAP_OK);
    assert_int_equal(ignore(map_to(&fixture_mapper, giant, (frame_1g){{0x40000000}}, readable)), MAP_OK);
    assert_int_equal(flush(unmap(&fixture_mapper, page)).frame.start.value, frame.start.value);
    assert_int_equal(paging_double.last_flushed_page.value, page.start.value);
    assert_int_equal(flush(unmap(&fixture_mapper, large)).frame.start.value, 0x400000);
    assert_int_equal(paging_double.last_flushed_page.value, large.start.value);
    assert_int_equal(flush(unmap(&fixture_mapper, giant)).frame.start.value, 0x40000000);
    assert_int_equal(paging_double.last_flushed_page.value, giant.start.value);
    assert_int_equal(paging_double.page_flush_count, 3);
}

static void flush_of_an_error_flushes_nothing(void **state)
{
    (void)state;
    assert_int_equal(flush(map_to(&fixture_mapper, page, frame, PAGE_FLAGS())), MAP_FLAGS_NOT_ALLOWED);
    assert_int_equal(flush(unmap(&fixture_mapper, page)).error, MAP_NOT_MAPPED);
    assert_int_equal(paging_double.page_flush_count, 0);
}

static void ignore_flushes_nothing(void **state)
{
    (void)state;
    assert_int_equal(ignore(map_to(&fixture_mapper, page, frame, readable)), MAP_OK);
    struct unmapped_4k removed = ignore(unmap(&fixture_mapper, page));
    assert_int_equal(removed.error, MAP_OK);
    assert_int_equal(removed.frame.start.value, frame.start.value);
    assert_int_equal(paging_double.page_flush_count, 0);
}

static void a_held_token_flushes_when_told(void **state)
{
    (void)state;
    MUST_FLUSH(token, map_to(&fixture_mapper, page, frame, readable));
    assert_int_equal(held_error(&token), MAP_OK);
    assert_int_equal(paging_double.page_flush_count, 0);
    flush_held(&token);
    assert_int_equal(paging_double.page_flush_count, 1);
}

static void the_frame_comes_out_of_an_unmap_when_it_is_flushed(void **state)
{
    (void)state;
    assert_int_equal(flush(map_to(&fixture_mapper, page, frame, readable)), MAP_OK);
    MUST_FLUSH(token, unmap(&fixture_mapper, page));
    assert_int_equal(held_error(&token), MAP_OK);
    assert_int_equal(flush_held(&token).start.value, frame.start.value);
    assert_int_equal(paging_double.page_flush_count, 2);
    assert_int_equal(paging_double.last_flushed_page.value, page.start.value);
}

static MAP_FUNCTION(map_for_caller, frame_4k shown)
{
    MUST_FLUSH(token, map_to(&fixture_mapper, page, shown, readable));
    return flush_move(&token);
}

static void a_moved_token_keeps_its_duty(void **state)
{
    (void)state;
    MUST_FLUSH(token, map_for_caller(frame));
    assert_int_equal(held_error(&token), MAP_OK);
    assert_int_equal(paging_double.page_flush_count, 0);
    flush_held(&token);
    assert_int_equal(paging_double.page_flush_count, 1);
    assert_int_equal(flush(map_for_caller(frame)), MAP_ALREADY_MAPPED);
    assert_int_equal(paging_double.page_flush_count, 1);
}

static void forget_a_token(void)
{
    MUST_FLUSH(token, map_to(&fixture_mapper, page, frame, readable));
    assert_int_equal(held_error(&token), MAP_OK);
}

static void consume_twice(void)
{
    MUST_FLUSH(token, map_to(&fixture_mapper, page, frame, readable));
    flush_held(&token);
    ignore_held(&token);
}

static void consume_an_error(void)
{
    MUST_FLUSH(token, map_to(&fixture_mapper, page, frame, PAGE_FLAGS()));
    flush_held(&token);
}

static void move_after_consuming(void)
{
    MUST_FLUSH(token, map_to(&fixture_mapper, page, frame, readable));
    flush_held(&token);
    assert_int_equal(ignore(flush_move(&token)), MAP_OK);
}

static void broken_contracts_panic(void **state)
{
    (void)state;
    EXPECT_PANIC("neither flushed nor ignored", forget_a_token());
    fixture_setup(state);
    EXPECT_PANIC("not known to hold a change", consume_twice());
    EXPECT_PANIC("not known to hold a change", consume_an_error());
    fixture_setup(state);
    EXPECT_PANIC("not known to hold a change", move_after_consuming());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(flush_of_a_map_flushes_its_page_once, fixture_setup),
        cmocka_unit_test_setup(flush_of_an_unmap_flushes_its_page_for_each_size, fixture_setup),
        cmocka_unit_test_setup(flush_of_an_error_flushes_nothing, fixture_setup),
        cmocka_unit_test_setup(ignore_flushes_nothing, fixture_setup),
        cmocka_unit_test_setup(a_held_token_flushes_when_told, fixture_setup),
        cmocka_unit_test_setup(the_frame_comes_out_of_an_unmap_when_it_is_flushed, fixture_setup),
        cmocka_unit_test_setup(a_moved_token_keeps_its_duty, fixture_setup),
        cmocka_unit_test_setup(broken_contracts_panic, fixture_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
