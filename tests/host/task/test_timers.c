/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <string.h>
#include <tenorite/task/duration.h>

/* One task per timer, so that the trace shows which timers fired, in which order. */
enum { TIMERS = 16 };

static struct probe_record records[TIMERS];
static struct timer timers[TIMERS];

static int timers_setup(void **state)
{
    task_test_setup(state);
    for (unsigned i = 0; i < TIMERS; i++) {
        records[i] = (struct probe_record){.letter = (char)('a' + i)};
        memset(&timers[i], 0, sizeof(timers[i]));
        spawn_probe(&records[i]);
    }
    run();
    trace[0] = 0;
    for (unsigned i = 0; i < sizeof(trace); i++)
        trace[i] = 0;
    return 0;
}

#define TIMERS_TEST(function) cmocka_unit_test_setup_teardown(function, timers_setup, task_test_teardown)

static void start(unsigned i, uint64_t deadline_ns)
{
    timer_queue_insert(&executor.timers, &timers[i], deadline_ns, records[i].waker);
}

static void timers_fire_in_the_order_of_their_deadlines(void **state)
{
    (void)state;
    start(0, 30);
    start(1, 10);
    start(2, 20);
    assert_int_equal(timer_queue_next_deadline(&executor.timers), 10);
    assert_int_equal(timer_queue_expire(&executor.timers, 9, 10), 0);
    assert_int_equal(timer_queue_expire(&executor.timers, 100, 10), 3);
    run();
    assert_string_equal(trace, "bca");
}

static void equal_deadlines_fire_in_the_order_of_insertion(void **state)
{
    (void)state;
    start(3, 10);
    start(0, 20);
    start(1, 10);
    start(4, 20);
    start(2, 10);
    clock_double_set_ns(20);
    run();
    assert_string_equal(trace, "dbcae");
}

static void a_limit_leaves_the_rest_for_later(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++)
        start(i, 10);
    assert_int_equal(timer_queue_expire(&executor.timers, 10, 3), 3);
    assert_true(timer_queue_is_due(&executor.timers, 10));
    assert_int_equal(timer_queue_expire(&executor.timers, 10, 3), 2);
    assert_false(timer_queue_is_due(&executor.timers, 10));
}

static void a_removed_timer_does_not_fire(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++)
        start(i, 10 * i);
    timer_remove(&timers[0]);
    timer_remove(&timers[2]);
    timer_remove(&timers[4]);
    timer_remove(&timers[4]);
    assert_false(timer_is_waiting(&timers[2]));
    clock_double_set_ns(1000);
    run();
    assert_string_equal(trace, "bd");
    assert_int_equal(executor.timers.count, 0);
}

static void never_is_not_reached_by_the_last_nanosecond(void **state)
{
    (void)state;
    start(0, UINT64_MAX);
    start(1, UINT64_MAX - 1);
    assert_int_equal(timer_queue_expire(&executor.timers, UINT64_MAX, 10), 1);
    timer_remove(&timers[0]);
    run();
    assert_string_equal(trace, "b");
}

static void never_does_not_hold_up_others(void **state)
{
    (void)state;
    start(0, UINT64_MAX);
    start(1, 1);
    timer_remove(&timers[0]);
    start(0, 2);
    clock_double_set_ns(2);
    run();
    assert_string_equal(trace, "ba");
}

static void starting_a_waiting_timer_panics(void **state)
{
    (void)state;
    start(0, 10);
    EXPECT_PANIC("already waits", { start(0, 20); });
    timer_remove(&timers[0]);
}

static void a_moved_timer_panics(void **state)
{
    struct timer moved;

    (void)state;
    start(0, 10);
    memcpy(&moved, &timers[0], sizeof(moved));
    EXPECT_PANIC("T3", { timer_remove(&moved); });
    timer_remove(&timers[0]);
}

/* What cannot be told from the time reached, what differs in one digit, in two, in all: around each change of level. */
static void deadlines_at_the_borders_of_levels_are_exact(void **state)
{
    static const uint64_t spans[] = {1,      63,     64,     65,      4095,       4096,       4097,
                                     262143, 262144, 262145, 1 << 30, 1ull << 36, 1ull << 60, UINT64_MAX - 1};
    static const uint64_t starts[] = {0, 1, 63, 64, 4095, 4096, 262143, 262144, 1ull << 42};

    (void)state;
    for (unsigned at = 0; at < COUNT_OF(starts); at++) {
        for (unsigned i = 0; i < COUNT_OF(spans); i++) {
            uint64_t deadline_ns = deadline_after(starts[at], NANOSECONDS(spans[i]));

            timer_queue_init(&executor.timers);
            start(0, starts[at]);
            assert_int_equal(timer_queue_expire(&executor.timers, starts[at], 1), 1);
            start(1, deadline_ns);
            assert_int_equal(timer_queue_next_deadline(&executor.timers), deadline_ns);
            assert_int_equal(timer_queue_expire(&executor.timers, deadline_ns - 1, 1), 0);
            assert_int_equal(timer_queue_expire(&executor.timers, deadline_ns, 1), deadline_ns != UINT64_MAX);
            timer_remove(&timers[1]);
        }
    }
}

static void one_advance_over_many_levels_fires_all_in_order(void **state)
{
    (void)state;
    start(5, 1ull << 60);
    start(4, 1ull << 40);
    start(3, 1ull << 24);
    start(2, 70000);
    start(1, 70);
    start(0, 7);
    start(6, 1ull << 60);
    clock_double_set_ns(UINT64_MAX);
    run();
    assert_string_equal(trace, "abcdefg");
}

/* They were inserted at different distances, and have moved through different levels since. */
static void equal_deadlines_keep_their_order_when_time_passes_between(void **state)
{
    (void)state;
    start(0, 100000);
    start(7, 5000);
    clock_double_set_ns(5000);
    run();
    start(1, 100000);
    start(8, 99990);
    clock_double_set_ns(99990);
    run();
    start(2, 100000);
    clock_double_set_ns(100000);
    run();
    assert_string_equal(trace, "hiabc");
}

static void a_deadline_in_the_past_is_due_at_once(void **state)
{
    (void)state;
    start(0, 1000);
    clock_double_set_ns(1000);
    run();
    start(1, 999);
    start(2, 0);
    start(3, 1000);
    assert_true(timer_queue_is_due(&executor.timers, 1000));
    run();
    assert_string_equal(trace, "abcd");
}

/* A clock that is read as earlier than before is a fault of its own, but ends nothing. */
static void a_clock_that_goes_back_fires_nothing_twice(void **state)
{
    (void)state;
    start(0, 1000);
    start(1, 2000);
    assert_int_equal(timer_queue_expire(&executor.timers, 1000, 10), 1);
    assert_int_equal(timer_queue_expire(&executor.timers, 10, 10), 0);
    timer_queue_check(&executor.timers);
    assert_int_equal(timer_queue_expire(&executor.timers, 2000, 10), 1);
    run();
    assert_string_equal(trace, "ab");
}

static void remove_others(struct probe_record *record, struct context *context)
{
    (void)record;
    (void)context;
    for (unsigned i = 1; i < TIMERS; i++)
        timer_remove(&timers[i]);
}

/* b was due at the same time and has been woken; c was not. */
static void a_woken_task_may_remove_any_timer(void **state)
{
    (void)state;
    records[0].in_poll = remove_others;
    start(0, 10);
    start(1, 10);
    start(2, 11);
    clock_double_set_ns(10);
    run();
    clock_double_set_ns(20);
    run();
    assert_string_equal(trace, "ab");
    assert_int_equal(executor.timers.count, 0);
}

static void a_timer_that_has_fired_can_be_started_again(void **state)
{
    (void)state;
    start(0, 10);
    assert_int_equal(timer_queue_expire(&executor.timers, 10, 1), 1);
    timer_remove(&timers[0]);
    start(0, 20);
    assert_int_equal(timer_queue_expire(&executor.timers, 20, 1), 1);
    timer_queue_check(&executor.timers);
}

/* What was removed may cost one look at the clock, not more. */
static void a_removed_deadline_is_looked_at_once_at_most(void **state)
{
    (void)state;
    start(0, 1000);
    start(1, 1010);
    timer_remove(&timers[0]);
    assert_in_range(timer_queue_next_deadline(&executor.timers), 1000, 1010);
    assert_int_equal(timer_queue_expire(&executor.timers, 1000, 10), 0);
    assert_int_equal(timer_queue_next_deadline(&executor.timers), 1010);
    timer_remove(&timers[1]);
    assert_int_equal(timer_queue_next_deadline(&executor.timers), UINT64_MAX);
}

/* Spoils a word of a sound queue, expects the check to say which invariant is broken, and mends it. */
#define EXPECT_BROKEN(invariant, word, value)                                                                        \
    do {                                                                                                             \
        typeof(word) sound = (word);                                                                                 \
        (word) = (value);                                                                                            \
        EXPECT_PANIC(invariant, { timer_queue_check(&executor.timers); });                                           \
        (word) = sound;                                                                                              \
        timer_queue_check(&executor.timers);                                                                         \
    } while (0)

static void the_check_finds_what_is_broken(void **state)
{
    struct timer_slot *slot = &executor.timers.slots[0][10], *empty = &executor.timers.slots[0][3];

    (void)state;
    start(2, 5);
    assert_int_equal(timer_queue_expire(&executor.timers, 5, 1), 1);
    start(0, 10);
    start(1, 10);
    start(3, 5000);
    EXPECT_BROKEN("T1", timers[0].deadline_ns, 11);
    EXPECT_BROKEN("T1", timers[3].deadline_ns, 1 << 20);
    EXPECT_BROKEN("T2", executor.timers.count, 2);
    EXPECT_BROKEN("T2", timers[0].queue, NULL);
    EXPECT_BROKEN("T3", timers[1].link.previous, &timers[1].link);
    EXPECT_BROKEN("T3", slot->ends.previous, &timers[0].link);
    EXPECT_BROKEN("T4", slot->least_ns, 11);
    EXPECT_BROKEN("T4", slot->least_ns, 4);
    EXPECT_BROKEN("T5", executor.timers.levels, 1);
    EXPECT_BROKEN("T6", executor.timers.next_ns, 11);
    *empty = (struct timer_slot){{&empty->ends, &empty->ends}, UINT64_MAX};
    EXPECT_BROKEN("T5", executor.timers.occupied[0], executor.timers.occupied[0] | 1 << 3);
    for (unsigned i = 0; i < 4; i++)
        timer_remove(&timers[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TIMERS_TEST(timers_fire_in_the_order_of_their_deadlines),
        TIMERS_TEST(equal_deadlines_fire_in_the_order_of_insertion),
        TIMERS_TEST(a_limit_leaves_the_rest_for_later),
        TIMERS_TEST(a_removed_timer_does_not_fire),
        TIMERS_TEST(never_is_not_reached_by_the_last_nanosecond),
        TIMERS_TEST(never_does_not_hold_up_others),
        TIMERS_TEST(starting_a_waiting_timer_panics),
        TIMERS_TEST(a_moved_timer_panics),
        TIMERS_TEST(deadlines_at_the_borders_of_levels_are_exact),
        TIMERS_TEST(one_advance_over_many_levels_fires_all_in_order),
        TIMERS_TEST(equal_deadlines_keep_their_order_when_time_passes_between),
        TIMERS_TEST(a_deadline_in_the_past_is_due_at_once),
        TIMERS_TEST(a_clock_that_goes_back_fires_nothing_twice),
        TIMERS_TEST(a_woken_task_may_remove_any_timer),
        TIMERS_TEST(a_timer_that_has_fired_can_be_started_again),
        TIMERS_TEST(a_removed_deadline_is_looked_at_once_at_most),
        TIMERS_TEST(the_check_finds_what_is_broken),
    };

    return cmocka_run_group_tests_name("timers", tests, NULL, NULL);
}
