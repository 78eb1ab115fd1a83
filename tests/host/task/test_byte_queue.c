/* SPDX-License-Identifier: MIT */
/* Linked with --wrap=waker_slot_register: a handler can run just before, or just after, a reader registers. */
#include "task_test.h"

#include <tenorite/task/budget.h>
#include <tenorite/task/byte_queue.h>
#include <tenorite/task/coroutine.h>

static uint8_t storage[8];
static struct byte_queue queue;
static void (*before_register)(void);
static void (*after_register)(void);

void __real_waker_slot_register(struct waker_slot *slot, struct waker waker);
void __wrap_waker_slot_register(struct waker_slot *slot, struct waker waker);

static void call_once(void (**hook)(void))
{
    void (*handler)(void) = *hook;

    *hook = NULL;
    if (!handler)
        return;
    IN_HANDLER
    {
        handler();
    }
}

void __wrap_waker_slot_register(struct waker_slot *slot, struct waker waker)
{
    call_once(&before_register);
    __real_waker_slot_register(slot, waker);
    call_once(&after_register);
}

static int queue_setup(void **state)
{
    byte_queue_init(&queue, storage, sizeof(storage));
    before_register = after_register = NULL;
    return task_test_setup(state);
}

#define QUEUE_TEST(function) cmocka_unit_test_setup_teardown(function, queue_setup, task_test_teardown)

static void push(const char *bytes)
{
    IN_HANDLER
    {
        for (; *bytes; bytes++)
            byte_queue_push(&queue, (uint8_t)*bytes);
    }
}

static void push_x(void)
{
    byte_queue_push(&queue, 'x');
}

/* Reads for ever; what it read is in `text`. */
static char text[64];
static unsigned text_length;

ASYNC_STATIC_FRAME(reader, struct byte_read read;);

static void reader_init(struct reader *self)
{
    coroutine_init(&self->coroutine);
    text_length = 0;
}

ASYNC(reader)
{
    ASYNC_BEGIN;
    for (;;) {
        AWAIT(byte_read, &self->read, &queue);
        text[text_length++] = (char)self->read.result;
        text[text_length] = 0;
    }
    ASYNC_END;
}

static struct task_handle spawn_reader(void)
{
    struct spawn_result result = SPAWN(&executor, reader, "reader");

    assert_int_equal(result.error, SPAWN_OK);
    text[0] = 0;
    return result.task;
}

static void bytes_come_out_in_order(void **state)
{
    (void)state;
    spawn_reader();
    run();
    push("abc");
    push("de");
    run();
    assert_string_equal(text, "abcde");
    assert_int_equal(executor.statistics.polls, 2);
}

static void bytes_from_before_the_reader_are_read(void **state)
{
    (void)state;
    push("ab");
    spawn_reader();
    run();
    assert_string_equal(text, "ab");
}

static void a_full_queue_drops_the_newest_and_counts(void **state)
{
    (void)state;
    push("0123456789abc");
    assert_int_equal(byte_queue_dropped(&queue), 5);
    spawn_reader();
    run();
    assert_string_equal(text, "01234567");
    push("z");
    run();
    assert_string_equal(text, "01234567z");
}

static void the_ring_wraps_and_so_do_its_counts(void **state)
{
    uint8_t byte;

    (void)state;
    queue.read = queue.written = UINT32_MAX - 2;
    for (unsigned i = 0; i < 100; i++) {
        push("123");
        for (unsigned expected = '1'; expected <= '3'; expected++) {
            assert_true(byte_queue_take(&queue, &byte));
            assert_int_equal(byte, expected);
        }
        assert_false(byte_queue_take(&queue, &byte));
    }
    assert_int_equal(byte_queue_dropped(&queue), 0);
}

static void every_byte_value_passes(void **state)
{
    uint8_t byte;

    (void)state;
    for (unsigned value = 0; value < 256; value++) {
        byte_queue_push(&queue, (uint8_t)value);
        assert_true(byte_queue_take(&queue, &byte));
        assert_int_equal(byte, value);
    }
}

static void a_byte_between_the_look_and_the_registration_is_not_lost(void **state)
{
    (void)state;
    before_register = push_x;
    spawn_reader();
    run();
    assert_string_equal(text, "x");
}

static void a_byte_just_after_the_registration_is_not_lost(void **state)
{
    (void)state;
    after_register = push_x;
    spawn_reader();
    run();
    assert_string_equal(text, "x");
}

static void a_cancelled_reader_leaves_the_bytes(void **state)
{
    struct task_handle task = spawn_reader();

    (void)state;
    run();
    push("ab");
    assert_int_equal(executor_cancel(task), CANCEL_REQUESTED);
    run();
    assert_string_equal(text, "");
    assert_int_equal(queue.reader.bits, 0);
    spawn_reader();
    run();
    assert_string_equal(text, "ab");
}

static void a_cancelled_reader_is_forgotten(void **state)
{
    struct task_handle task = spawn_reader();

    (void)state;
    run();
    assert_int_not_equal(queue.reader.bits, 0);
    assert_int_equal(executor_cancel(task), CANCEL_REQUESTED);
    run();
    assert_int_equal(queue.reader.bits, 0);
    push("a");
    run();
    assert_int_equal(count_tasks(), 0);
}

static void pushing_allocates_nothing(void **state)
{
    size_t blocks;

    (void)state;
    spawn_reader();
    run();
    blocks = heap_double_live_blocks();
    heap_double_fail_at(1);
    push("abc");
    run();
    assert_int_equal(heap_double_live_blocks(), blocks);
    assert_string_equal(text, "abc");
}

static void a_capacity_that_is_no_power_of_two_panics(void **state)
{
    (void)state;
    EXPECT_PANIC("capacity 6", { byte_queue_init(&queue, storage, 6); });
    EXPECT_PANIC("capacity 0", { byte_queue_init(&queue, storage, 0); });
}

/* A context whose waker is a live task's. */
static struct context context_of(struct probe_record *record)
{
    spawn_probe(record);
    run();
    return (struct context){.executor = &executor, .waker = record->waker};
}

static void a_read_that_is_ready_leaves_no_waker_behind(void **state)
{
    struct probe_record record = {};
    struct context context = context_of(&record);
    struct byte_read read;

    (void)state;
    byte_read_init(&read, &queue);
    before_register = push_x;
    assert_int_equal(byte_read_poll(&read, &context), POLL_READY);
    assert_int_equal(read.result, 'x');
    assert_int_equal(queue.reader.bits, 0);
}

static void dropping_an_ended_read_leaves_its_successor_registered(void **state)
{
    struct probe_record record = {};
    struct context context = context_of(&record);
    struct byte_read first, second;

    (void)state;
    byte_read_init(&first, &queue);
    assert_int_equal(byte_read_poll(&first, &context), POLL_PENDING);
    push("a");
    assert_int_equal(byte_read_poll(&first, &context), POLL_READY);
    byte_read_init(&second, &queue);
    assert_int_equal(byte_read_poll(&second, &context), POLL_PENDING);
    byte_read_drop(&first);
    assert_int_equal(queue.reader.bits, context.waker.bits);
    byte_read_drop(&second);
    assert_int_equal(queue.reader.bits, 0);
}

static void a_poll_after_completion_panics_and_takes_no_byte(void **state)
{
    struct probe_record record = {};
    struct context context = context_of(&record);
    struct byte_read read;
    uint8_t byte;

    (void)state;
    byte_read_init(&read, &queue);
    push("ab");
    assert_int_equal(byte_read_poll(&read, &context), POLL_READY);
    EXPECT_PANIC("polled after completion", { (void)byte_read_poll(&read, &context); });
    assert_int_equal(read.result, 'a');
    assert_true(byte_queue_take(&queue, &byte));
    assert_int_equal(byte, 'b');
}

enum { LOTS = 1024 };

static unsigned taken, taken_when_another_ran;

ASYNC_STATIC_FRAME(greedy, struct byte_read read;);

static void greedy_init(struct greedy *self)
{
    coroutine_init(&self->coroutine);
    taken = 0;
}

ASYNC(greedy)
{
    ASYNC_BEGIN;
    for (; taken < LOTS; taken++)
        AWAIT(byte_read, &self->read, &queue);
    ASYNC_END;
}

static void look_at_the_greedy(struct probe_record *record, struct context *context)
{
    (void)record, (void)context;
    taken_when_another_ran = taken;
}

static void a_full_queue_does_not_keep_the_others_waiting(void **state)
{
    static uint8_t many_bytes[LOTS];
    struct probe_record other = {.in_poll = look_at_the_greedy};

    (void)state;
    byte_queue_init(&queue, many_bytes, LOTS);
    for (unsigned i = 0; i < LOTS; i++)
        byte_queue_push(&queue, (uint8_t)i);
    assert_int_equal(SPAWN(&executor, greedy, NULL).error, SPAWN_OK);
    spawn_probe(&other);
    run();
    assert_int_equal(taken_when_another_ran, POLL_BUDGET);
    assert_int_equal(taken, LOTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(bytes_come_out_in_order),
        QUEUE_TEST(bytes_from_before_the_reader_are_read),
        QUEUE_TEST(a_full_queue_drops_the_newest_and_counts),
        QUEUE_TEST(the_ring_wraps_and_so_do_its_counts),
        QUEUE_TEST(every_byte_value_passes),
        QUEUE_TEST(a_byte_between_the_look_and_the_registration_is_not_lost),
        QUEUE_TEST(a_byte_just_after_the_registration_is_not_lost),
        QUEUE_TEST(a_cancelled_reader_leaves_the_bytes),
        QUEUE_TEST(a_cancelled_reader_is_forgotten),
        QUEUE_TEST(a_read_that_is_ready_leaves_no_waker_behind),
        QUEUE_TEST(dropping_an_ended_read_leaves_its_successor_registered),
        QUEUE_TEST(a_poll_after_completion_panics_and_takes_no_byte),
        QUEUE_TEST(pushing_allocates_nothing),
        QUEUE_TEST(a_capacity_that_is_no_power_of_two_panics),
        QUEUE_TEST(a_full_queue_does_not_keep_the_others_waiting),
    };

    return cmocka_run_group_tests_name("byte_queue", tests, NULL, NULL);
}
