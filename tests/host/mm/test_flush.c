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

enum { MANY = FLUSH_PAGES_ONE_BY_ONE };
static uint64_t flushed[MANY];

static void record_flush(virt_addr address)
{
    assert_in_range(paging_double.page_flush_count, 1, MANY);
    flushed[paging_double.page_flush_count - 1] = address.value;
}

static page_range_4k first(uint64_t count)
{
    return (page_range_4k){page, count};
}

static void a_short_range_is_flushed_page_by_page(void **state)
{
    (void)state;
    paging_double.on_page_flush = record_flush;
    assert_int_equal(flush(map_range(&fixture_mapper, first(MANY), frame, readable, PAGE_SIZE_4K)), MAP_OK);
    assert_int_equal(paging_double.page_flush_count, MANY);
    assert_int_equal(paging_double.full_flush_count, 0);
    for (uint64_t i = 0; i < MANY; i++)
        assert_int_equal(flushed[i], page.start.value + i * 4096);
}

static void a_long_range_flushes_everything_once(void **state)
{
    struct frame_list frames;
    (void)state;
    assert_int_equal(flush(map_range(&fixture_mapper, first(MANY + 1), frame, readable, PAGE_SIZE_4K)), MAP_OK);
    assert_int_equal(flush(update_flags_range(&fixture_mapper, first(MANY + 1), readable)), MAP_OK);
    assert_int_equal(flush(unmap_range(&fixture_mapper, first(MANY + 1), &frames)).error, MAP_OK);
    assert_int_equal(paging_double.page_flush_count, 0);
    assert_int_equal(paging_double.full_flush_count, 3);
}

static void a_range_that_failed_or_is_ignored_flushes_nothing(void **state)
{
    struct frame_list frames;
    (void)state;
    assert_int_equal(flush(map_range(&fixture_mapper, first(0), frame, readable, PAGE_SIZE_4K)), MAP_BAD_RANGE);
    assert_int_equal(flush(unmap_range(&fixture_mapper, first(1), &frames)).error, MAP_NOT_MAPPED);
    assert_int_equal(ignore(map_range(&fixture_mapper, first(2), frame, readable, PAGE_SIZE_4K)), MAP_OK);
    assert_int_equal(ignore(update_flags_range(&fixture_mapper, first(2), readable)), MAP_OK);
    assert_int_equal(ignore(unmap_range(&fixture_mapper, first(2), &frames)).count, 2);
    assert_int_equal(frame_list_length(&frames), 1);
    assert_int_equal(paging_double.page_flush_count + paging_double.full_flush_count, 0);
}

static MAP_RANGE_FUNCTION(map_range_for_caller, frame_4k shown)
{
    MUST_FLUSH(token, map_range(&fixture_mapper, first(3), shown, readable, PAGE_SIZE_4K));
    return flush_move(&token);
}

static UNMAP_RANGE_FUNCTION(unmap_range_for_caller, struct frame_list *frames)
{
    MUST_FLUSH(token, unmap_range(&fixture_mapper, first(3), frames));
    return flush_move(&token);
}

static void range_tokens_can_be_held_and_moved(void **state)
{
    struct frame_list frames;
    (void)state;
    MUST_FLUSH(mapped, map_range_for_caller(frame));
    assert_int_equal(held_error(&mapped), MAP_OK);
    assert_int_equal(paging_double.page_flush_count, 0);
    flush_held(&mapped);
    assert_int_equal(paging_double.page_flush_count, 3);
    MUST_FLUSH(unmapped, unmap_range_for_caller(&frames));
    assert_int_equal(held_error(&unmapped), MAP_OK);
    EXPECT_PANIC("1 runs of frames are read before", assert_int_equal(frame_list_length(&frames), 1));
    assert_int_equal(ignore_held(&unmapped), 3);
    assert_int_equal(paging_double.page_flush_count, 3);
    MUST_FLUSH(again, map_range_for_caller(frame));
    assert_int_equal(held_error(&again), MAP_OK);
    ignore_held(&again);
    assert_int_equal(paging_double.page_flush_count, 3);
}

/* Leaves three empty tables. */
static void map_and_unmap(void)
{
    assert_int_equal(ignore(map_to(&fixture_mapper, page, frame, readable)), MAP_OK);
    assert_int_equal(ignore(unmap(&fixture_mapper, page)).error, MAP_OK);
}

static FLUSH_ALL_FUNCTION(clean_up_for_caller, enum kernel_tables kernel)
{
    MUST_FLUSH(token, clean_up_all(&fixture_mapper, kernel));
    return flush_move(&token);
}

static uint64_t free_at_flush;

static void record_free_frames(void)
{
    free_at_flush = fixture_free_frames();
}

static void everything_is_flushed_before_tables_are_free(void **state)
{
    uint64_t before = fixture_free_frames();
    (void)state;
    paging_double.on_full_flush = record_free_frames;
    map_and_unmap();
    MUST_FLUSH(token, clean_up_for_caller(KERNEL_TABLES_OWN));
    assert_int_equal(held_error(&token), MAP_OK);
    assert_int_equal(paging_double.full_flush_count, 0);
    assert_int_equal(fixture_free_frames(), before - 3);
    flush_held(&token);
    assert_int_equal(paging_double.full_flush_count, 1);
    assert_int_equal(free_at_flush, before - 3);
    assert_int_equal(fixture_free_frames(), before);
    map_and_unmap();
    assert_int_equal(ignore(clean_up_all(&fixture_mapper, KERNEL_TABLES_OWN)), MAP_OK);
    assert_int_equal(paging_double.full_flush_count, 1);
    assert_int_equal(fixture_free_frames(), before);
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

static void forget_a_range(void)
{
    MUST_FLUSH(token, map_range(&fixture_mapper, first(2), frame, readable, PAGE_SIZE_4K));
    assert_int_equal(held_error(&token), MAP_OK);
}

static void forget_an_unmapped_range(void)
{
    struct frame_list frames;
    MUST_FLUSH(token, unmap_range(&fixture_mapper, first(2), &frames));
    assert_int_equal(held_error(&token), MAP_OK);
}

static void forget_everything(void)
{
    MUST_FLUSH(token, clean_up_all(&fixture_mapper, KERNEL_TABLES_OWN));
    assert_int_equal(held_error(&token), MAP_OK);
}

static void consume_a_range_twice(void)
{
    MUST_FLUSH(token, map_range(&fixture_mapper, first(2), frame, readable, PAGE_SIZE_4K));
    ignore_held(&token);
    flush_held(&token);
}

static void consume_everything_twice(void)
{
    MUST_FLUSH(token, clean_up_all(&fixture_mapper, KERNEL_TABLES_OWN));
    ignore_held(&token);
    flush_held(&token);
}

static void consume_an_unmapped_range_that_failed(void)
{
    struct frame_list frames;
    MUST_FLUSH(token, unmap_range(&fixture_mapper, first(2), &frames));
    assert_int_equal(flush_held(&token), 0);
}

static void broken_contracts_of_ranges_and_everything_panic(void **state)
{
    EXPECT_PANIC("neither flushed nor ignored", forget_a_range());
    EXPECT_PANIC("neither flushed nor ignored", forget_an_unmapped_range());
    EXPECT_PANIC("neither flushed nor ignored", forget_everything());
    fixture_setup(state);
    EXPECT_PANIC("not known to hold a change", consume_a_range_twice());
    EXPECT_PANIC("not known to hold a change", consume_everything_twice());
    fixture_setup(state);
    EXPECT_PANIC("not known to hold a change", consume_an_unmapped_range_that_failed());
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
        cmocka_unit_test_setup(a_short_range_is_flushed_page_by_page, fixture_setup),
        cmocka_unit_test_setup(a_long_range_flushes_everything_once, fixture_setup),
        cmocka_unit_test_setup(a_range_that_failed_or_is_ignored_flushes_nothing, fixture_setup),
        cmocka_unit_test_setup(range_tokens_can_be_held_and_moved, fixture_setup),
        cmocka_unit_test_setup(everything_is_flushed_before_tables_are_free, fixture_setup),
        cmocka_unit_test_setup(broken_contracts_panic, fixture_setup),
        cmocka_unit_test_setup(broken_contracts_of_ranges_and_everything_panic, fixture_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
