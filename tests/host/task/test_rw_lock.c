/* SPDX-License-Identifier: MIT */
#include "sync_test.h"

#include <tenorite/task/rw_lock.h>

enum { MANY = 6 };

typedef RW_LOCK(unsigned) number_lock;

static number_lock number;
static struct semaphore_guard guards[MANY];
static struct rw_lock_read reads[MANY];
static struct rw_lock_write writes[MANY];
static struct puppet puppets[MANY];

static int lock_setup(void **state)
{
    static const number_lock fresh = RW_LOCK_INIT(7);
    int result = task_test_setup(state);

    memcpy(&number, &fresh, sizeof(number));
    for (unsigned i = 0; i < MANY; i++) {
        puppet_start(&puppets[i]);
        semaphore_guard_init(&guards[i]);
    }
    return result;
}

#define LOCK_TEST(function) cmocka_unit_test_setup_teardown(function, lock_setup, task_test_teardown)

static enum poll read_lock(unsigned i)
{
    rw_lock_read_init(&reads[i], &number.lock, &guards[i]);
    return POLL(rw_lock_read, &reads[i], &puppets[i]);
}

static enum poll write_lock(unsigned i)
{
    rw_lock_write_init(&writes[i], &number.lock, &guards[i]);
    return POLL(rw_lock_write, &writes[i], &puppets[i]);
}

#define ASSERT_READS(i) ASSERT_WOKEN_AND_READY(rw_lock_read, &reads[i], &puppets[i])
#define ASSERT_WRITES(i) ASSERT_WOKEN_AND_READY(rw_lock_write, &writes[i], &puppets[i])
#define ASSERT_WAITS_TO_READ(i) ASSERT_STILL_WAITING(rw_lock_read, &reads[i], &puppets[i])
#define ASSERT_WAITS_TO_WRITE(i) ASSERT_STILL_WAITING(rw_lock_write, &writes[i], &puppets[i])

static void readers_share_and_a_writer_is_alone(void **state)
{
    (void)state;
    assert_int_equal(read_lock(0), POLL_READY);
    assert_int_equal(read_lock(1), POLL_READY);
    assert_int_equal(*RW_LOCK_VALUE(&number, &guards[0]), 7);
    assert_int_equal(write_lock(2), POLL_PENDING);
    semaphore_guard_release(&guards[0]);
    ASSERT_WAITS_TO_WRITE(2);
    semaphore_guard_release(&guards[1]);
    ASSERT_WRITES(2);
    *RW_LOCK_VALUE_TO_WRITE(&number, &guards[2]) = 8;
    assert_int_equal(read_lock(3), POLL_PENDING);
    assert_int_equal(write_lock(4), POLL_PENDING);
    semaphore_guard_release(&guards[2]);
    ASSERT_READS(3);
    assert_int_equal(*RW_LOCK_VALUE(&number, &guards[3]), 8);
    ASSERT_WAITS_TO_WRITE(4);
}

static void later_readers_do_not_starve_a_writer(void **state)
{
    (void)state;
    assert_int_equal(read_lock(0), POLL_READY);
    assert_int_equal(write_lock(1), POLL_PENDING);
    assert_int_equal(read_lock(2), POLL_PENDING);
    assert_int_equal(read_lock(3), POLL_PENDING);
    assert_false(rw_lock_try_read(&number.lock, &guards[5]));
    semaphore_guard_release(&guards[0]);
    ASSERT_WRITES(1);
    ASSERT_WAITS_TO_READ(2);
    semaphore_guard_release(&guards[1]);
    ASSERT_READS(2);
    ASSERT_READS(3);
    assert_true(rw_lock_try_read(&number.lock, &guards[5]));
}

static void a_writer_that_gives_up_lets_readers_pass(void **state)
{
    (void)state;
    assert_int_equal(read_lock(0), POLL_READY);
    assert_int_equal(write_lock(1), POLL_PENDING);
    assert_int_equal(read_lock(2), POLL_PENDING);
    rw_lock_write_drop(&writes[1]);
    ASSERT_READS(2);
}

static void a_downgrade_lets_readers_in_and_no_writer(void **state)
{
    (void)state;
    assert_int_equal(write_lock(0), POLL_READY);
    assert_int_equal(read_lock(1), POLL_PENDING);
    assert_int_equal(read_lock(2), POLL_PENDING);
    assert_int_equal(write_lock(3), POLL_PENDING);
    *RW_LOCK_VALUE_TO_WRITE(&number, &guards[0]) = 9;
    rw_lock_downgrade(&guards[0]);
    ASSERT_READS(1);
    ASSERT_READS(2);
    ASSERT_WAITS_TO_WRITE(3);
    assert_int_equal(*RW_LOCK_VALUE(&number, &guards[0]), 9);
    EXPECT_PANIC("holds 1 permits", { (void)RW_LOCK_VALUE_TO_WRITE(&number, &guards[0]); });
    for (unsigned i = 0; i < 3; i++)
        semaphore_guard_release(&guards[i]);
    ASSERT_WRITES(3);
}

static void trying_takes_what_is_free(void **state)
{
    (void)state;
    assert_true(rw_lock_try_write(&number.lock, &guards[0]));
    assert_false(rw_lock_try_write(&number.lock, &guards[1]));
    assert_false(rw_lock_try_read(&number.lock, &guards[1]));
    semaphore_guard_release(&guards[0]);
    assert_true(rw_lock_try_read(&number.lock, &guards[0]));
    assert_true(rw_lock_try_read(&number.lock, &guards[1]));
    assert_false(rw_lock_try_write(&number.lock, &guards[2]));
    EXPECT_PANIC("holds 0 permits", { (void)RW_LOCK_VALUE(&number, &guards[2]); });
}

static void a_reader_dropped_while_it_waits_or_when_chosen_holds_nothing(void **state)
{
    (void)state;
    assert_int_equal(write_lock(0), POLL_READY);
    assert_int_equal(read_lock(1), POLL_PENDING);
    assert_int_equal(read_lock(2), POLL_PENDING);
    rw_lock_read_drop(&reads[1]);
    semaphore_guard_release(&guards[0]);
    rw_lock_read_drop(&reads[2]);
    assert_true(rw_lock_try_write(&number.lock, &guards[3]));
}

static void a_downgrade_of_a_reader_panics(void **state)
{
    (void)state;
    assert_int_equal(read_lock(0), POLL_READY);
    EXPECT_PANIC("holds 1 permits", { rw_lock_downgrade(&guards[0]); });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOCK_TEST(readers_share_and_a_writer_is_alone),
        LOCK_TEST(later_readers_do_not_starve_a_writer),
        LOCK_TEST(a_writer_that_gives_up_lets_readers_pass),
        LOCK_TEST(a_downgrade_lets_readers_in_and_no_writer),
        LOCK_TEST(trying_takes_what_is_free),
        LOCK_TEST(a_reader_dropped_while_it_waits_or_when_chosen_holds_nothing),
        LOCK_TEST(a_downgrade_of_a_reader_panics),
    };

    return cmocka_run_group_tests_name("rw_lock", tests, NULL, NULL);
}
