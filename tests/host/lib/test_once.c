/* SPDX-License-Identifier: MIT */
#include "panic_double.h"

#include <pthread.h>
#include <tenorite/lib/once.h>
#include <tenorite/lib/panic.h>

struct settings {
    int first, second;
};
DEFINE_ONCE(settings_once, struct settings);

static void set_to_7(struct settings *value, void *calls)
{
    value->first = 7;
    ++*(int *)calls;
}

static void set_to_8(struct settings *value, void *calls)
{
    value->first = 8;
    ++*(int *)calls;
}

static void the_first_initialiser_runs_and_the_second_is_ignored(void **state)
{
    static settings_once once;
    int calls = 0;
    (void)state;
    struct settings *value = settings_once_call(&once, set_to_7, &calls);
    assert_int_equal(value->first, 7);
    assert_ptr_equal(settings_once_call(&once, set_to_8, &calls), value);
    assert_int_equal(value->first, 7);
    assert_int_equal(calls, 1);
}

static void get_finds_nothing_before_the_first_call(void **state)
{
    static settings_once once;
    int calls = 0;
    (void)state;
    assert_null(settings_once_get(&once));
    struct settings *value = settings_once_call(&once, set_to_7, &calls);
    assert_ptr_equal(settings_once_get(&once), value);
}

/* Spoils the value, and succeeds at the second attempt. */
static bool set_at_the_second_attempt(struct settings *value, void *calls)
{
    assert_int_equal(value->first, 0);
    assert_int_equal(value->second, 0);
    value->second = 5;
    if (++*(int *)calls < 2)
        return false;
    value->first = 9;
    return true;
}

static void a_failed_initialiser_leaves_it_to_the_next_call(void **state)
{
    static settings_once once;
    int calls = 0;
    (void)state;
    assert_null(settings_once_try_call(&once, set_at_the_second_attempt, &calls));
    assert_null(settings_once_get(&once));
    struct settings *value = settings_once_try_call(&once, set_at_the_second_attempt, &calls);
    assert_non_null(value);
    assert_int_equal(value->first, 9);
    assert_ptr_equal(settings_once_try_call(&once, set_at_the_second_attempt, &calls), value);
    assert_int_equal(calls, 2);
}

static void call_after_a_failed_try_starts_from_zeros(void **state)
{
    static settings_once once;
    int calls = 0;
    (void)state;
    assert_null(settings_once_try_call(&once, set_at_the_second_attempt, &calls));
    assert_int_equal(settings_once_call(&once, set_to_8, &calls)->second, 0);
    assert_int_equal(settings_once_get(&once)->first, 8);
}

static settings_once reentered;

static void call_itself(struct settings *value, void *calls)
{
    (void)value;
    (void)settings_once_call(&reentered, set_to_7, calls);
}

static void an_initialiser_that_calls_itself_panics(void **state)
{
    static int calls = 0;
    (void)state;
    EXPECT_PANIC("waits for itself", (void)settings_once_call(&reentered, call_itself, &calls));
    assert_int_equal(calls, 0);
    assert_null(settings_once_get(&reentered));
}

static void give_up(struct settings *value, void *calls)
{
    (void)calls;
    panic("settings %p", (void *)value);
}

static void a_call_after_a_panicked_initialiser_panics(void **state)
{
    static settings_once once;
    static int calls = 0;
    (void)state;
    EXPECT_PANIC("settings", (void)settings_once_call(&once, give_up, &calls));
    EXPECT_PANIC("waits for itself", (void)settings_once_call(&once, set_to_7, &calls));
    assert_int_equal(calls, 0);
}

enum { THREADS = 10, ROUNDS = 200 };

/* One object for each round, and a gate that lets the threads go at the same time. */
static settings_once stampede[ROUNDS];
static pthread_barrier_t gate;
static unsigned runs;

static void set_slowly(struct settings *value, void *thread)
{
    __atomic_fetch_add(&runs, 1, __ATOMIC_RELAXED);
    value->first = (int)(intptr_t)thread;
    for (volatile int i = 0; i < 1000; i++) {
    }
    value->second = value->first;
}

static void *run_with_the_herd(void *thread)
{
    intptr_t torn = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        pthread_barrier_wait(&gate);
        struct settings *value = settings_once_call(&stampede[round], set_slowly, thread);
        if (value->first == 0 || value->second != value->first || settings_once_get(&stampede[round]) != value)
            torn++;
    }
    return (void *)torn;
}

static void a_stampede_of_threads_initialises_once(void **state)
{
    pthread_t threads[THREADS];
    (void)state;
    assert_int_equal(pthread_barrier_init(&gate, NULL, THREADS), 0);
    for (intptr_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_with_the_herd, (void *)(i + 1)), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *torn;
        assert_int_equal(pthread_join(threads[i], &torn), 0);
        assert_null(torn);
    }
    assert_int_equal(runs, ROUNDS);
    pthread_barrier_destroy(&gate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_initialiser_runs_and_the_second_is_ignored),
        cmocka_unit_test(get_finds_nothing_before_the_first_call),
        cmocka_unit_test(a_failed_initialiser_leaves_it_to_the_next_call),
        cmocka_unit_test(call_after_a_failed_try_starts_from_zeros),
        cmocka_unit_test(an_initialiser_that_calls_itself_panics),
        cmocka_unit_test(a_call_after_a_panicked_initialiser_panics),
        cmocka_unit_test(a_stampede_of_threads_initialises_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
