/* SPDX-License-Identifier: MIT */
/* The executor and interrupt handlers: wakes at awkward moments, and the way into the CPU's sleep. */
#include "task_test.h"

static void wakes_by_handlers_keep_their_order(void **state)
{
    struct probe_record a = {.letter = 'a'}, b = {.letter = 'b'}, c = {.letter = 'c'}, d = {.letter = 'd'};

    (void)state;
    spawn_probe(&a);
    spawn_probe(&b);
    spawn_probe(&c);
    spawn_probe(&d);
    run();
    waker_wake(d.waker);
    wake_in_handler(b.waker);
    wake_in_handler(a.waker);
    wake_in_handler(c.waker);
    executor_check(&executor);
    run();
    assert_string_equal(trace, "abcddbac");
}

static void wake_self_in_handler(struct probe_record *record, struct context *context)
{
    (void)record;
    wake_in_handler(context->waker);
}

static void a_task_woken_by_a_handler_during_its_poll_is_polled_again(void **state)
{
    struct probe_record record = {.in_poll = wake_self_in_handler, .ready_at_poll = 3};

    (void)state;
    spawn_probe(&record);
    run();
    assert_int_equal(record.polls, 3);
}

/* The FIFO may be half way through an append when a handler runs. */
static void a_handler_touches_the_inbox_alone(void **state)
{
    struct probe_record a = {}, b = {};
    struct task_fifo before;

    (void)state;
    spawn_probe(&a);
    spawn_probe(&b);
    run();
    waker_wake(a.waker);
    before = executor.ready[TASK_PRIORITY_DEFAULT];
    wake_in_handler(b.waker);
    assert_memory_equal(&executor.ready[TASK_PRIORITY_DEFAULT], &before, sizeof(before));
    assert_null(*before.last_link);
    assert_non_null(executor.inbox);
}

static struct probe_record victim;
static struct task_handle victim_task;
static unsigned interrupts_taken;

static void wake_the_victim(void)
{
    interrupts_taken++;
    waker_wake(victim.waker);
}

static void cancel_the_victim(void)
{
    interrupts_taken++;
    (void)executor_cancel(victim_task);
}

/* A task's life, with an interrupt after the nth change of a state word; false if it has fewer. */
static bool live_with_an_interrupt_after(unsigned nth, void (*handler)(void))
{
    struct probe_record successor = {};

    interrupts_taken = 0;
    victim = (struct probe_record){.ready_at_poll = 4, .self_wakes = 1};
    victim_task = spawn_probe(&victim);
    cpu_double_interrupt_after(nth, handler);
    run();
    cpu_double_interrupt_after(0, handler);
    assert_int_equal(victim.drops + (victim.polls >= 4), 1);
    assert_int_equal(count_tasks(), 0);
    executor_check(&executor);
    victim_task = spawn_probe(&successor);
    run();
    assert_int_equal(successor.polls, 1);
    assert_int_equal(executor_cancel(victim_task), CANCEL_REQUESTED);
    run();
    return interrupts_taken > 0;
}

static void a_wake_after_any_change_of_a_state_word_is_harmless(void **state)
{
    unsigned nth = 1;

    (void)state;
    while (live_with_an_interrupt_after(nth, wake_the_victim))
        nth++;
    assert_true(nth > 8);
}

static void a_cancel_after_any_change_of_a_state_word_is_harmless(void **state)
{
    unsigned nth = 1;

    (void)state;
    while (live_with_an_interrupt_after(nth, cancel_the_victim))
        nth++;
    assert_true(nth > 8);
}

static jmp_buf left_idle;
static struct probe_record wakened;
static bool interrupts_were_enabled_in_idle;

static void handler_wakes_twice_then_leaves(void)
{
    interrupts_were_enabled_in_idle |= interrupts_are_enabled();
    assert_null(executor.ready[TASK_PRIORITY_DEFAULT].first);
    assert_null(executor.inbox);
    if (cpu_double_idle_count > 2)
        longjmp(left_idle, 1);
    wake_in_handler(wakened.waker);
}

static void the_cpu_sleeps_with_interrupts_off_and_nothing_ready(void **state)
{
    (void)state;
    wakened = (struct probe_record){};
    interrupts_were_enabled_in_idle = false;
    cpu_double_on_idle = handler_wakes_twice_then_leaves;
    spawn_probe(&wakened);
    if (!setjmp(left_idle))
        executor_run(&executor);
    assert_false(interrupts_were_enabled_in_idle);
    assert_int_equal(wakened.polls, 3);
    assert_int_equal(executor.statistics.idles, 3);
}

static void wake_wakened(void)
{
    waker_wake(wakened.waker);
}

static void leave(void)
{
    longjmp(left_idle, 1);
}

/* The pass has found nothing more to do, the CPU is about to sleep: the last interrupt before that wakes a task. */
static void a_wake_just_before_interrupts_go_off_is_not_slept_through(void **state)
{
    (void)state;
    wakened = (struct probe_record){};
    cpu_double_on_idle = leave;
    spawn_probe(&wakened);
    cpu_double_last_interrupt = wake_wakened;
    if (!setjmp(left_idle))
        executor_run(&executor);
    assert_int_equal(wakened.polls, 2);
    assert_int_equal(cpu_double_idle_count, 1);
}

static void a_tick(void)
{
    clock_double_set_ns(5);
}

static void a_tick_just_before_interrupts_go_off_is_not_slept_through(void **state)
{
    struct timer timer = {};

    (void)state;
    wakened = (struct probe_record){};
    cpu_double_on_idle = leave;
    spawn_probe(&wakened);
    run();
    timer_queue_insert(&executor.timers, &timer, 5, wakened.waker);
    cpu_double_last_interrupt = a_tick;
    if (!setjmp(left_idle))
        executor_run(&executor);
    assert_int_equal(wakened.polls, 2);
}

static void time_passes_then_leave(void)
{
    if (cpu_double_idle_count > 3)
        longjmp(left_idle, 1);
    clock_double_advance_ns(1000);
}

static void a_due_timer_keeps_the_cpu_awake(void **state)
{
    struct probe_record record = {};
    struct timer timer = {};

    (void)state;
    cpu_double_on_idle = time_passes_then_leave;
    spawn_probe(&record);
    run();
    timer_queue_insert(&executor.timers, &timer, 2000, record.waker);
    if (!setjmp(left_idle))
        executor_run(&executor);
    assert_int_equal(record.polls, 2);
    assert_int_equal(cpu_double_idle_count, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TASK_TEST(wakes_by_handlers_keep_their_order),
        TASK_TEST(a_task_woken_by_a_handler_during_its_poll_is_polled_again),
        TASK_TEST(a_handler_touches_the_inbox_alone),
        TASK_TEST(a_wake_after_any_change_of_a_state_word_is_harmless),
        TASK_TEST(a_cancel_after_any_change_of_a_state_word_is_harmless),
        TASK_TEST(the_cpu_sleeps_with_interrupts_off_and_nothing_ready),
        TASK_TEST(a_wake_just_before_interrupts_go_off_is_not_slept_through),
        TASK_TEST(a_tick_just_before_interrupts_go_off_is_not_slept_through),
        TASK_TEST(a_due_timer_keeps_the_cpu_awake),
    };

    return cmocka_run_group_tests_name("executor_interrupts", tests, NULL, NULL);
}
