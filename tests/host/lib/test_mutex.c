/* SPDX-License-Identifier: MIT */
#include "panic_double.h"

#include <pthread.h>
#include <tenorite/lib/mutex.h>

struct statistics {
    unsigned hits, misses;
};

static MUTEX(struct statistics) statistics;

static void the_value_is_initialised_and_kept(void **state)
{
    (void)state;
    static MUTEX(int) number = MUTEX_INIT(7);
    static MUTEX(struct statistics) both = MUTEX_INIT({.hits = 1, .misses = 2});
    WITH_LOCK(&number, n)
        assert_int_equal((*n)++, 7);
    WITH_LOCK(&number, n)
        assert_int_equal(*n, 8);
    WITH_LOCK(&both, b) {
        assert_int_equal(b->hits, 1);
        assert_int_equal(b->misses, 2);
    }
}

static void the_lock_is_held_inside_the_block_only(void **state)
{
    (void)state;
    unsigned rounds = 0;
    assert_false(statistics.lock.is_locked);
    WITH_LOCK(&statistics, s) {
        assert_true(statistics.lock.is_locked);
        s->hits++;
        rounds++;
    }
    assert_false(statistics.lock.is_locked);
    assert_int_equal(rounds, 1);
}

static unsigned return_from_the_block(void)
{
    WITH_LOCK(&statistics, s)
        return ++s->hits;
    return 0;
}

static void leave_by_goto(void)
{
    WITH_LOCK(&statistics, s) {
        s->misses++;
        goto out;
    }
out:
    return;
}

static void leaving_the_block_in_any_way_unlocks(void **state)
{
    (void)state;
    assert_int_not_equal(return_from_the_block(), 0);
    assert_false(statistics.lock.is_locked);
    leave_by_goto();
    assert_false(statistics.lock.is_locked);
    unsigned reached = 0;
    for (unsigned i = 0; i < 3; i++) {
        WITH_LOCK(&statistics, s) {
            s->hits = i;
            if (i == 1)
                break;
            if (i == 2)
                continue;
            reached += 10;
        }
        assert_false(statistics.lock.is_locked);
        reached++;
    }
    assert_int_equal(reached, 13);
}

static void two_locks_nest(void **state)
{
    (void)state;
    static MUTEX(unsigned) other;
    WITH_LOCK(&statistics, s) {
        WITH_LOCK(&other, o)
            *o = s->hits = 5;
        assert_false(other.lock.is_locked);
        assert_true(statistics.lock.is_locked);
    }
}

static void locking_twice_panics_instead_of_hanging(void **state)
{
    (void)state;
    EXPECT_PANIC("is held by its own waiter", {
        WITH_LOCK(&statistics, s)
            WITH_LOCK(&statistics, t)
                s->hits = t->hits;
    });
    statistics.lock.is_locked = false;
}

static void trying_a_held_lock_passes_the_block_over(void **state)
{
    (void)state;
    unsigned rounds = 0;
    WITH_LOCK(&statistics, s) {
        s->hits = 1;
        WITH_TRY_LOCK(&statistics, t)
            rounds++, t->hits++;
        assert_true(statistics.lock.is_locked);
        assert_int_equal(s->hits, 1);
    }
    assert_int_equal(rounds, 0);
    WITH_TRY_LOCK(&statistics, t) {
        assert_true(statistics.lock.is_locked);
        rounds++, t->hits++;
    }
    assert_false(statistics.lock.is_locked);
    assert_int_equal(rounds, 1);
    WITH_LOCK(&statistics, s)
        assert_int_equal(s->hits, 2);
}

static void a_lock_that_is_forced_open_can_be_taken(void **state)
{
    (void)state;
    struct mutex_lock lock = {.is_locked = false};
    assert_ptr_equal(mutex_lock(&lock), &lock);
    assert_null(mutex_try_lock(&lock));
    mutex_unlock(&lock);
    assert_ptr_equal(mutex_try_lock(&lock), &lock);
}

enum { THREADS = 4, ROUNDS = 20000 };

static void *count_many_times(void *unused)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        WITH_LOCK(&statistics, s)
            s->hits++;
        WITH_TRY_LOCK(&statistics, s) {
            s->hits++;
            s->misses++;
        }
    }
    return unused;
}

static void threads_count_exactly_under_the_lock(void **state)
{
    pthread_t threads[THREADS];
    (void)state;
    WITH_LOCK(&statistics, s)
        *s = (struct statistics){0, 0};
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count_many_times, NULL), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    WITH_LOCK(&statistics, s)
        assert_int_equal(s->hits - s->misses, THREADS * ROUNDS);
}

static void unlocking_an_unlocked_mutex_panics(void **state)
{
    (void)state;
    EXPECT_PANIC("is not locked", { mutex_unlock(&statistics.lock); });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_value_is_initialised_and_kept),
        cmocka_unit_test(the_lock_is_held_inside_the_block_only),
        cmocka_unit_test(leaving_the_block_in_any_way_unlocks),
        cmocka_unit_test(two_locks_nest),
        cmocka_unit_test(locking_twice_panics_instead_of_hanging),
        cmocka_unit_test(trying_a_held_lock_passes_the_block_over),
        cmocka_unit_test(a_lock_that_is_forced_open_can_be_taken),
        cmocka_unit_test(threads_count_exactly_under_the_lock),
        cmocka_unit_test(unlocking_an_unlocked_mutex_panics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
