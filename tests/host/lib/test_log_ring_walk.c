/* SPDX-License-Identifier: MIT */
#include "log_ring_fixture.h"
#include "single_step.h"

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

/* An interrupt, after one instruction or another of a step, overwrites the record that is being copied. */
static unsigned strike_at;

static void overwrite_the_oldest(unsigned step)
{
    if (step == strike_at)
        push(LOG_RING_RECORDS);
}

static bool step_under_fire(struct log_walk *walk, struct log_record *record)
{
    set_up(NULL);
    for (uint64_t i = 0; i < LOG_RING_RECORDS; i++)
        push(i);
    *walk = log_ring_walk(&ring);
    single_step_begin(overwrite_the_oldest);
    bool is_record = log_ring_walk_next(&ring, walk, record);
    single_step_end();
    return is_record;
}

/* A sanitizer makes four instructions of one: then every fourth is struck. */
static void a_record_overwritten_at_any_instruction_of_the_copy_is_whole_or_missed(void **state)
{
    enum { MOST_STRIKES = 300 };
    struct log_walk walk;
    struct log_record record;
    unsigned whole = 0, missed = 0;
    (void)state;
    strike_at = 0;
    assert_true(step_under_fire(&walk, &record));
    unsigned steps = single_step_count;
    for (strike_at = 1; strike_at <= steps; strike_at += 1 + steps / MOST_STRIKES) {
        assert_true(step_under_fire(&walk, &record));
        struct log_record expected = numbered(walk.missed);
        assert_memory_equal(&record, &expected, sizeof record);
        *(walk.missed == 0 ? &whole : &missed) += 1;
        walk_gives(&walk, walk.missed + 1);
    }
    assert_true(whole > 5 && missed > 30);
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
        cmocka_unit_test_setup(a_walk_sees_what_was_read_and_what_was_not_and_takes_nothing_off, set_up),
        cmocka_unit_test_setup(a_walk_over_a_full_ring_begins_with_the_oldest_and_counts_what_is_gone, set_up),
        cmocka_unit_test_setup(a_walk_passes_over_what_is_overwritten_meanwhile_and_ends_where_it_was_to_end, set_up),
        cmocka_unit_test_setup(a_walk_does_not_wait_for_a_record_that_is_pending_or_refused, set_up),
        cmocka_unit_test_setup(walks_among_stuck_producers_see_what_a_model_sees, set_up),
        cmocka_unit_test_setup(a_record_overwritten_at_any_instruction_of_the_copy_is_whole_or_missed, set_up),
        cmocka_unit_test_setup(concurrent_producers_tear_no_record_of_a_walk, set_up),
    };
    return cmocka_run_group_tests_name("log_ring_walk", tests, NULL, NULL);
}
