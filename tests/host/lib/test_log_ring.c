/* SPDX-License-Identifier: MIT */
#include "log_ring_fixture.h"

static void a_ring_of_zeros_is_empty(void **state)
{
    (void)state;
    expect_result(LOG_RING_EMPTY);
    assert_int_equal(log_ring_pushed(&ring), 0);
    assert_int_equal(log_ring_lost(&ring), 0);
}

static void records_come_out_whole_and_in_order_over_many_rounds(void **state)
{
    (void)state;
    uint64_t pushed = 0, read = 0;
    for (unsigned batch = 1; batch <= LOG_RING_RECORDS; batch += 3) {
        for (unsigned i = 0; i < batch; i++)
            push(pushed++);
        while (read < pushed)
            expect_next(read++);
        expect_result(LOG_RING_EMPTY);
    }
    assert_int_equal(log_ring_lost(&ring), 0);
    assert_int_equal(log_ring_pushed(&ring), pushed);
}

static void reading_without_advancing_gives_the_same_record(void **state)
{
    (void)state;
    push(1);
    push(2);
    expect_result(LOG_RING_RECORD);
    expect_next(1);
    expect_next(2);
}

static void a_full_ring_overwrites_the_oldest_and_counts_them(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < LOG_RING_RECORDS + 5; i++)
        push(i);
    for (uint64_t i = 5; i < LOG_RING_RECORDS + 5; i++)
        expect_next(i);
    expect_result(LOG_RING_EMPTY);
    assert_int_equal(log_ring_lost(&ring), 5);

    for (uint64_t i = 0; i < 10 * LOG_RING_RECORDS; i++)
        push(i);
    expect_next(9 * LOG_RING_RECORDS);
    assert_int_equal(log_ring_lost(&ring), 5 + 9 * LOG_RING_RECORDS);
}

static void a_record_overwritten_after_it_was_read_is_not_lost(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < LOG_RING_RECORDS; i++)
        push(i);
    expect_result(LOG_RING_RECORD);
    push(LOG_RING_RECORDS);
    log_ring_advance(&ring);
    expect_next(1);
    assert_int_equal(log_ring_lost(&ring), 0);
}

static void an_uncommitted_record_holds_up_the_reader_until_it_is_committed(void **state)
{
    (void)state;
    struct log_record record = numbered(1);
    push(0);
    struct log_reservation stuck = log_ring_reserve(&ring);
    push(2);
    expect_next(0);
    expect_result(LOG_RING_PENDING);
    log_ring_commit(stuck, &record);
    expect_next(1);
    expect_next(2);
    expect_result(LOG_RING_EMPTY);
    assert_int_equal(log_ring_lost(&ring), 0);
}

static void an_uncommitted_record_can_be_skipped_and_counts_as_lost(void **state)
{
    (void)state;
    struct log_record record = numbered(0);
    struct log_reservation stuck = log_ring_reserve(&ring);
    push(1);
    expect_result(LOG_RING_PENDING);
    log_ring_skip(&ring);
    log_ring_commit(stuck, &record);
    expect_next(1);
    expect_result(LOG_RING_EMPTY);
    assert_int_equal(log_ring_lost(&ring), 1);
}

/* The producer was interrupted before it could even claim its place. */
static void a_ticket_that_is_not_claimed_is_pending_too(void **state)
{
    (void)state;
    ring.next_ticket++;
    push(1);
    expect_result(LOG_RING_PENDING);
    log_ring_skip(&ring);
    expect_next(1);
}

/* More lines than the ring holds, printed on top of an interrupted producer. */
static void a_stuck_producer_costs_the_records_that_fall_on_its_place_and_tears_none(void **state)
{
    (void)state;
    struct log_record record = numbered(4711);
    struct log_reservation stuck = log_ring_reserve(&ring);
    for (uint64_t i = 1; i < 2 * LOG_RING_RECORDS + 10; i++)
        push(i);
    expect_next(LOG_RING_RECORDS + 10);
    for (uint64_t i = LOG_RING_RECORDS + 11; i < 2 * LOG_RING_RECORDS; i++)
        expect_next(i);
    /* The next one found its place taken: it does not hold up the reader, before or after the commit. */
    log_ring_commit(stuck, &record);
    for (uint64_t i = 2 * LOG_RING_RECORDS + 1; i < 2 * LOG_RING_RECORDS + 10; i++)
        expect_next(i);
    expect_result(LOG_RING_EMPTY);
    assert_int_equal(log_ring_lost(&ring), LOG_RING_RECORDS + 10 + 1);
    push(1);
    expect_next(1);
    for (uint64_t i = 0; i < LOG_RING_RECORDS; i++)
        push(i);
    for (uint64_t i = 0; i < LOG_RING_RECORDS; i++)
        expect_next(i);
}

static void a_refused_record_does_not_hold_up_the_reader(void **state)
{
    (void)state;
    struct log_reservation stuck = log_ring_reserve(&ring);
    for (uint64_t i = 1; i <= LOG_RING_RECORDS; i++)
        push(i);
    for (uint64_t i = 1; i < LOG_RING_RECORDS; i++)
        expect_next(i);
    expect_result(LOG_RING_EMPTY);
    assert_non_null(stuck.slot);
    assert_int_equal(log_ring_lost(&ring), 2);
}

static void a_producer_overtaken_before_its_claim_changes_nothing(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < LOG_RING_RECORDS; i++)
        push(i);
    uint64_t newest = ring.next_ticket;
    ring.next_ticket = newest - LOG_RING_RECORDS; /* the ticket it took long ago */
    struct log_reservation late = log_ring_reserve(&ring);
    ring.next_ticket = newest;
    assert_null(late.slot);
    struct log_record record = numbered(4711);
    log_ring_commit(late, &record);
    for (uint64_t i = 0; i < LOG_RING_RECORDS; i++)
        expect_next(i);
}

static void concurrent_producers_tear_no_record_and_every_record_is_read_or_lost(void **state)
{
    (void)state;
    pthread_t threads[PRODUCERS];
    uint64_t next_of[PRODUCERS] = {0}, read = 0;
    for (uintptr_t i = 0; i < PRODUCERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, produce, (void *)i), 0);
    for (;;) {
        struct log_record record;
        bool was_last_pushed = log_ring_pushed(&ring) == (uint64_t)PRODUCERS * LINES_EACH;
        enum log_ring_result result = log_ring_read(&ring, &record);
        if (result == LOG_RING_EMPTY && was_last_pushed)
            break;
        if (result != LOG_RING_RECORD)
            continue;
        log_ring_advance(&ring);
        uint64_t producer = record.time_ns >> 32, number = record.time_ns & UINT32_MAX;
        assert_true(producer < PRODUCERS && number >= next_of[producer] && number < LINES_EACH);
        struct log_record expected = signed_record(producer, number);
        assert_memory_equal(&record, &expected, sizeof record);
        next_of[producer] = number + 1;
        read++;
    }
    for (size_t i = 0; i < PRODUCERS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(read + log_ring_lost(&ring), (uint64_t)PRODUCERS * LINES_EACH);
    assert_true(read > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_ring_of_zeros_is_empty, set_up),
        cmocka_unit_test_setup(records_come_out_whole_and_in_order_over_many_rounds, set_up),
        cmocka_unit_test_setup(reading_without_advancing_gives_the_same_record, set_up),
        cmocka_unit_test_setup(a_full_ring_overwrites_the_oldest_and_counts_them, set_up),
        cmocka_unit_test_setup(a_record_overwritten_after_it_was_read_is_not_lost, set_up),
        cmocka_unit_test_setup(an_uncommitted_record_holds_up_the_reader_until_it_is_committed, set_up),
        cmocka_unit_test_setup(an_uncommitted_record_can_be_skipped_and_counts_as_lost, set_up),
        cmocka_unit_test_setup(a_ticket_that_is_not_claimed_is_pending_too, set_up),
        cmocka_unit_test_setup(a_stuck_producer_costs_the_records_that_fall_on_its_place_and_tears_none, set_up),
        cmocka_unit_test_setup(a_refused_record_does_not_hold_up_the_reader, set_up),
        cmocka_unit_test_setup(a_producer_overtaken_before_its_claim_changes_nothing, set_up),
        cmocka_unit_test_setup(concurrent_producers_tear_no_record_and_every_record_is_read_or_lost, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
