/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tenorite/lib/log_ring.h>

static struct log_ring ring;

static int set_up(void **state)
{
    (void)state;
    memset(&ring, 0, sizeof ring);
    return 0;
}

static struct log_record numbered(uint64_t number)
{
    struct log_record record = {.time_ns = number};
    snprintf(record.text, sizeof record.text, "line %llu", (unsigned long long)number);
    return record;
}

static void push(uint64_t number)
{
    struct log_record record = numbered(number);
    log_ring_push(&ring, &record);
}

static void expect_next(uint64_t number)
{
    struct log_record record, expected = numbered(number);
    assert_int_equal(log_ring_read(&ring, &record), LOG_RING_RECORD);
    assert_memory_equal(&record, &expected, sizeof record);
    log_ring_advance(&ring);
}

static void expect_result(enum log_ring_result expected)
{
    struct log_record record;
    assert_int_equal(log_ring_read(&ring, &record), expected);
}

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

static void walk_gives(struct log_walk *walk, uint64_t number)
{
    struct log_record record, expected = numbered(number);
    assert_true(log_ring_walk_next(&ring, walk, &record));
    assert_memory_equal(&record, &expected, sizeof record);
}

static void walk_ends(struct log_walk *walk, uint64_t missed)
{
    struct log_record record;
    for (unsigned i = 0; i < 2; i++)
        assert_false(log_ring_walk_next(&ring, walk, &record));
    assert_int_equal(walk->missed, missed);
}

static void a_walk_sees_what_was_read_and_what_was_not_and_takes_nothing_off(void **state)
{
    (void)state;
    struct log_walk empty = log_ring_walk(&ring);
    walk_ends(&empty, 0);
    for (uint64_t i = 0; i < 5; i++)
        push(i);
    expect_next(0);
    expect_next(1);
    struct log_walk walk = log_ring_walk(&ring), other = log_ring_walk(&ring);
    for (uint64_t i = 0; i < 5; i++) {
        walk_gives(&walk, i);
        if (i % 2 == 0)
            walk_gives(&other, i / 2);
    }
    walk_ends(&walk, 0);
    for (uint64_t i = 2; i < 5; i++)
        expect_next(i);
    expect_result(LOG_RING_EMPTY);
    walk_gives(&other, 3);
    walk_gives(&other, 4);
    walk_ends(&other, 0);
}

static void a_walk_over_a_full_ring_begins_with_the_oldest_and_counts_what_is_gone(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 2 * LOG_RING_RECORDS + 44; i++)
        push(i);
    struct log_walk walk = log_ring_walk(&ring);
    for (uint64_t i = LOG_RING_RECORDS + 44; i < 2 * LOG_RING_RECORDS + 44; i++) {
        walk_gives(&walk, i);
        assert_int_equal(walk.missed, LOG_RING_RECORDS + 44);
    }
    walk_ends(&walk, LOG_RING_RECORDS + 44);
}

static void a_walk_passes_over_what_is_overwritten_meanwhile_and_ends_where_it_was_to_end(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < LOG_RING_RECORDS; i++)
        push(i);
    struct log_walk walk = log_ring_walk(&ring), late = walk;
    walk_gives(&walk, 0);
    push(LOG_RING_RECORDS);
    walk_gives(&walk, 1);
    for (uint64_t i = 1; i < 10; i++)
        push(LOG_RING_RECORDS + i);
    for (uint64_t i = 10; i < LOG_RING_RECORDS; i++)
        walk_gives(&walk, i);
    walk_ends(&walk, 8);
    for (uint64_t i = 10; i < 3 * LOG_RING_RECORDS; i++)
        push(LOG_RING_RECORDS + i);
    walk_ends(&late, LOG_RING_RECORDS);
}

static void a_walk_does_not_wait_for_a_record_that_is_pending_or_refused(void **state)
{
    (void)state;
    struct log_record record = numbered(1);
    push(0);
    struct log_reservation stuck = log_ring_reserve(&ring);
    push(2);
    struct log_walk walk = log_ring_walk(&ring), later = walk;
    walk_gives(&walk, 0);
    walk_gives(&walk, 2);
    walk_ends(&walk, 1);
    log_ring_commit(stuck, &record);
    for (uint64_t i = 0; i < 3; i++)
        walk_gives(&later, i);
    walk_ends(&later, 0);

    stuck = log_ring_reserve(&ring); /* ticket 3 */
    for (uint64_t i = 4; i < LOG_RING_RECORDS + 6; i++)
        push(i); /* 3 + LOG_RING_RECORDS is refused */
    walk = log_ring_walk(&ring);
    for (uint64_t i = 6; i < LOG_RING_RECORDS + 6; i++)
        if (i != LOG_RING_RECORDS + 3)
            walk_gives(&walk, i);
    walk_ends(&walk, 6 + 1);
    assert_non_null(stuck.slot);
}

/* What is in the ring, told by who came when: a ticket's record is there from its commit until a later one claims the
 * place; who finds it being written gets nothing. */
static struct {
    uint64_t pushed;
    uint64_t holder[LOG_RING_RECORDS]; /* ticket + 1; 0: nobody */
    bool is_written[LOG_RING_RECORDS];
} model;

static bool model_take_ticket(uint64_t *ticket)
{
    size_t place = (*ticket = model.pushed++) % LOG_RING_RECORDS;
    if (model.holder[place] != 0 && !model.is_written[place])
        return false;
    model.holder[place] = *ticket + 1;
    return true;
}

static bool model_has(uint64_t ticket)
{
    size_t place = ticket % LOG_RING_RECORDS;
    return model.pushed - ticket <= LOG_RING_RECORDS && model.holder[place] == ticket + 1 && model.is_written[place];
}

static void model_push(void)
{
    uint64_t ticket;
    if (model_take_ticket(&ticket))
        model.is_written[ticket % LOG_RING_RECORDS] = true;
    push(ticket);
}

static void model_check_step(struct log_walk *walk)
{
    uint64_t ticket = walk->next_ticket, missed = walk->missed;
    while (ticket < walk->end_ticket && !model_has(ticket)) {
        ticket++;
        missed++;
    }
    if (ticket < walk->end_ticket)
        walk_gives(walk, ticket);
    else
        walk_ends(walk, missed);
    assert_int_equal(walk->missed, missed);
}

static void walks_among_stuck_producers_see_what_a_model_sees(void **state)
{
    (void)state;
    struct log_reservation stuck[4] = {};
    struct log_walk walks[3] = {};
    memset(&model, 0, sizeof model);
    srand(2);
    for (unsigned round = 0; round < 200000; round++) {
        struct log_reservation *one = &stuck[rand() % COUNT_OF(stuck)];
        struct log_walk *walk = &walks[rand() % COUNT_OF(walks)];
        struct log_record record = numbered(one->ticket);
        uint64_t ticket;
        switch (rand() % 20) {
        case 0:
            if (one->slot == NULL) {
                bool is_taken = model_take_ticket(&ticket);
                *one = log_ring_reserve(&ring);
                assert_int_equal(one->slot != NULL, is_taken);
                if (is_taken)
                    model.is_written[ticket % LOG_RING_RECORDS] = false;
            }
            break;
        case 1:
            if (one->slot != NULL) {
                log_ring_commit(*one, &record);
                model.is_written[one->ticket % LOG_RING_RECORDS] = true;
                one->slot = NULL;
            }
            break;
        case 2:
            *walk = log_ring_walk(&ring);
            break;
        case 3 ... 10:
            model_check_step(walk);
            break;
        default:
            model_push();
        }
    }
}

enum { PRODUCERS = 3, LINES_EACH = 40000 };

/* Every word of the record depends on who pushed it and which of his it is. */
static struct log_record signed_record(uint64_t producer, uint64_t number)
{
    struct log_record record = {.time_ns = producer << 32 | number};
    for (size_t i = 0; i + 1 < sizeof record.text; i++)
        record.text[i] = (char)('a' + (number * 7 + producer * 3 + i / 8) % 26);
    return record;
}

static void *produce(void *argument)
{
    uint64_t producer = (uint64_t)(uintptr_t)argument;
    for (uint64_t number = 0; number < LINES_EACH; number++) {
        struct log_record record = signed_record(producer, number);
        log_ring_push(&ring, &record);
    }
    return NULL;
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

/* A walk while producers run: whole records, in each producer's order, and every ticket is seen or missed. */
static void check_walk(void)
{
    struct log_walk walk = log_ring_walk(&ring);
    struct log_record record;
    uint64_t seen = 0, next_of[PRODUCERS] = {0};
    while (log_ring_walk_next(&ring, &walk, &record)) {
        uint64_t producer = record.time_ns >> 32, number = record.time_ns & UINT32_MAX;
        assert_true(producer < PRODUCERS && number >= next_of[producer] && number < LINES_EACH);
        struct log_record expected = signed_record(producer, number);
        assert_memory_equal(&record, &expected, sizeof record);
        next_of[producer] = number + 1;
        seen++;
    }
    assert_int_equal(seen + walk.missed, walk.end_ticket);
    assert_true(seen <= LOG_RING_RECORDS);
}

static void concurrent_producers_tear_no_record_of_a_walk(void **state)
{
    (void)state;
    pthread_t threads[PRODUCERS];
    for (uintptr_t i = 0; i < PRODUCERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, produce, (void *)i), 0);
    while (log_ring_pushed(&ring) < (uint64_t)PRODUCERS * LINES_EACH)
        check_walk();
    for (size_t i = 0; i < PRODUCERS; i++)
        pthread_join(threads[i], NULL);
    check_walk();
    struct log_record record;
    assert_int_equal(log_ring_read(&ring, &record), LOG_RING_RECORD); /* the reader has lost its place to nobody */
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
        cmocka_unit_test_setup(a_walk_sees_what_was_read_and_what_was_not_and_takes_nothing_off, set_up),
        cmocka_unit_test_setup(a_walk_over_a_full_ring_begins_with_the_oldest_and_counts_what_is_gone, set_up),
        cmocka_unit_test_setup(a_walk_passes_over_what_is_overwritten_meanwhile_and_ends_where_it_was_to_end, set_up),
        cmocka_unit_test_setup(a_walk_does_not_wait_for_a_record_that_is_pending_or_refused, set_up),
        cmocka_unit_test_setup(walks_among_stuck_producers_see_what_a_model_sees, set_up),
        cmocka_unit_test_setup(concurrent_producers_tear_no_record_of_a_walk, set_up),
        cmocka_unit_test_setup(concurrent_producers_tear_no_record_and_every_record_is_read_or_lost, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
