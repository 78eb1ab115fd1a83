/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <stdlib.h>
#include <string.h>

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

/* The oracle: what waits, in insertion order; the earliest is searched for afresh each time. */
struct oracle {
    struct {
        unsigned timer;
        uint64_t deadline_ns;
    } entries[TIMERS];
    unsigned count;
};

static void oracle_remove_at(struct oracle *oracle, unsigned at)
{
    for (oracle->count--; at < oracle->count; at++)
        oracle->entries[at] = oracle->entries[at + 1];
}

static int oracle_expire(struct oracle *oracle, uint64_t now_ns)
{
    unsigned first = 0;

    for (unsigned i = 1; i < oracle->count; i++) {
        if (oracle->entries[i].deadline_ns < oracle->entries[first].deadline_ns)
            first = i;
    }
    if (!oracle->count || oracle->entries[first].deadline_ns > now_ns)
        return -1;
    int timer = (int)oracle->entries[first].timer;
    oracle_remove_at(oracle, first);
    return timer;
}

static void random_starts_and_stops_fire_as_a_plain_list_would(void **state)
{
    struct oracle oracle = {};
    uint64_t now_ns = UINT64_MAX / 2;

    (void)state;
    srand(1);
    for (unsigned round = 0; round < 20000; round++) {
        unsigned i = (unsigned)rand() % TIMERS;

        if (!timer_is_waiting(&timers[i])) {
            uint64_t deadline_ns = now_ns + (unsigned)rand() % 20;
            oracle.entries[oracle.count].timer = i;
            oracle.entries[oracle.count++].deadline_ns = deadline_ns;
            start(i, deadline_ns);
        } else if (rand() % 2) {
            timer_remove(&timers[i]);
            for (unsigned at = 0; at < oracle.count; at++) {
                if (oracle.entries[at].timer == i)
                    oracle_remove_at(&oracle, at);
            }
        } else {
            int expected;

            now_ns += (unsigned)rand() % 10;
            while ((expected = oracle_expire(&oracle, now_ns)) >= 0) {
                assert_int_equal(timer_queue_expire(&executor.timers, now_ns, 1), 1);
                assert_false(timer_is_waiting(&timers[expected]));
            }
            assert_int_equal(timer_queue_expire(&executor.timers, now_ns, 1), 0);
        }
        assert_int_equal(executor.timers.count, oracle.count);
    }
    for (unsigned i = 0; i < TIMERS; i++)
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
        TIMERS_TEST(random_starts_and_stops_fire_as_a_plain_list_would),
    };

    return cmocka_run_group_tests_name("timers", tests, NULL, NULL);
}
