/* SPDX-License-Identifier: MIT */
/* Linked with --wrap=wait_queue_wait: where a waiter registers, a handler tries to come in between. */
#include "sync_test.h"

#include <tenorite/task/coroutine.h>
#include <tenorite/task/pipe.h>

enum { CAPACITY = 7, MANY = 4 };

static uint8_t ring[1000];
static struct pipe pipe;
static struct pipe_read reads[MANY];
static struct pipe_write writes[MANY];
static struct puppet readers[MANY], writers[MANY];
static uint8_t buffers[MANY][1000];
static bool interrupts_at_registration;

void __real_wait_queue_wait(struct wait_queue *queue, struct waiter *waiter, struct waker waker);
void __wrap_wait_queue_wait(struct wait_queue *queue, struct waiter *waiter, struct waker waker);

static void write_x(void)
{
    IN_HANDLER
    {
        assert_int_equal(pipe_try_write(&pipe, (const uint8_t *)"x", 1), 1);
    }
}

/* A real handler waits until interrupts are on. */
void __wrap_wait_queue_wait(struct wait_queue *queue, struct waiter *waiter, struct waker waker)
{
    if (interrupts_at_registration && interrupts_are_enabled())
        write_x();
    __real_wait_queue_wait(queue, waiter, waker);
}

static int pipe_setup(void **state)
{
    int result = task_test_setup(state);

    pipe_init(&pipe, ring, CAPACITY);
    interrupts_at_registration = false;
    memset(buffers, 0, sizeof(buffers));
    for (unsigned i = 0; i < MANY; i++) {
        puppet_start(&readers[i]);
        puppet_start(&writers[i]);
    }
    return result;
}

#define PIPE_TEST(function) cmocka_unit_test_setup_teardown(function, pipe_setup, task_test_teardown)

static enum poll read_some(unsigned i, size_t length)
{
    pipe_read_init(&reads[i], &pipe, buffers[i], length);
    return POLL(pipe_read, &reads[i], &readers[i]);
}

static enum poll write_some(unsigned i, const char *text)
{
    pipe_write_init(&writes[i], &pipe, (const uint8_t *)text, strlen(text));
    return POLL(pipe_write, &writes[i], &writers[i]);
}

static size_t put(const char *text)
{
    return pipe_try_write(&pipe, (const uint8_t *)text, strlen(text));
}

#define ASSERT_READ(i, text)                                                                                         \
    do {                                                                                                             \
        assert_int_equal(reads[i].result, strlen(text));                                                             \
        assert_memory_equal(buffers[i], text, strlen(text));                                                         \
    } while (0)

#define ASSERT_READS(i, text)                                                                                        \
    do {                                                                                                             \
        assert_int_equal(read_some(i, 100), POLL_READY);                                                             \
        ASSERT_READ(i, text);                                                                                        \
    } while (0)

static void bytes_keep_their_order_where_the_ring_wraps(void **state)
{
    uint8_t written = 0, expected = 0;

    (void)state;
    for (unsigned round = 0; round < 300; round++) {
        uint8_t bytes[CAPACITY];
        size_t length = 1 + round % CAPACITY, count;

        for (size_t i = 0; i < length; i++)
            bytes[i] = (uint8_t)(written + i);
        written += (uint8_t)pipe_try_write(&pipe, bytes, length);
        assert_true(pipe.first < CAPACITY && pipe.count <= CAPACITY);
        count = pipe_try_read(&pipe, buffers[0], 1 + round % 5);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(buffers[0][i], expected++);
    }
    assert_true(written != 0);
}

static void a_write_takes_what_there_is_room_for(void **state)
{
    (void)state;
    assert_int_equal(write_some(0, "0123456789"), POLL_READY);
    assert_int_equal(writes[0].error, PIPE_OK);
    assert_int_equal(writes[0].result, CAPACITY);
    assert_int_equal(put("x"), 0);
    ASSERT_READS(0, "0123456");
    assert_int_equal(pipe_try_read(&pipe, buffers[0], 1), 0);
}

static void a_reader_waits_for_bytes_and_a_writer_for_room(void **state)
{
    (void)state;
    assert_int_equal(read_some(0, 100), POLL_PENDING);
    write_x();
    ASSERT_WOKEN_AND_READY(pipe_read, &reads[0], &readers[0]);
    ASSERT_READ(0, "x");
    assert_int_equal(put("0123456"), CAPACITY);
    assert_int_equal(write_some(0, "abc"), POLL_PENDING);
    assert_int_equal(read_some(0, 2), POLL_READY);
    ASSERT_READ(0, "01");
    ASSERT_WOKEN_AND_READY(pipe_write, &writes[0], &writers[0]);
    assert_int_equal(writes[0].result, 2);
    ASSERT_READS(0, "23456ab");
}

static void those_who_wait_get_their_turn_in_order(void **state)
{
    (void)state;
    assert_int_equal(read_some(0, 2), POLL_PENDING);
    assert_int_equal(read_some(1, 2), POLL_PENDING);
    assert_int_equal(put("abcd"), 4);
    ASSERT_WOKEN_AND_READY(pipe_read, &reads[0], &readers[0]);
    ASSERT_READ(0, "ab");
    ASSERT_WOKEN_AND_READY(pipe_read, &reads[1], &readers[1]);
    ASSERT_READ(1, "cd");
    assert_int_equal(put("0123456"), CAPACITY);
    assert_int_equal(write_some(0, "AB"), POLL_PENDING);
    assert_int_equal(write_some(1, "CD"), POLL_PENDING);
    ASSERT_READS(2, "0123456");
    ASSERT_WOKEN_AND_READY(pipe_write, &writes[0], &writers[0]);
    ASSERT_WOKEN_AND_READY(pipe_write, &writes[1], &writers[1]);
    ASSERT_READS(2, "ABCD");
}

/* Nobody waits for ever because one who was chosen gave up, or found nothing. */
static void a_turn_that_is_given_up_is_passed_on(void **state)
{
    (void)state;
    assert_int_equal(read_some(0, 2), POLL_PENDING);
    assert_int_equal(read_some(1, 2), POLL_PENDING);
    assert_int_equal(put("ab"), 2);
    pipe_read_drop(&reads[0]);
    ASSERT_WOKEN_AND_READY(pipe_read, &reads[1], &readers[1]);
    ASSERT_READ(1, "ab");
    assert_int_equal(put("0123456"), CAPACITY);
    assert_int_equal(write_some(0, "A"), POLL_PENDING);
    assert_int_equal(write_some(1, "B"), POLL_PENDING);
    assert_int_equal(pipe_try_read(&pipe, buffers[3], 1), 1);
    pipe_write_drop(&writes[0]);
    ASSERT_WOKEN_AND_READY(pipe_write, &writes[1], &writers[1]);
    ASSERT_READS(2, "123456B");
}

static void a_reader_that_finds_its_bytes_taken_keeps_its_turn(void **state)
{
    (void)state;
    assert_int_equal(read_some(0, 2), POLL_PENDING);
    assert_int_equal(put("a"), 1);
    assert_int_equal(pipe_try_read(&pipe, buffers[3], 1), 1);
    assert_true(puppet_was_woken(&readers[0]));
    assert_int_equal(POLL(pipe_read, &reads[0], &readers[0]), POLL_PENDING);
    assert_int_equal(read_some(1, 2), POLL_PENDING);
    assert_int_equal(POLL(pipe_read, &reads[0], &readers[2]), POLL_PENDING);
    assert_int_equal(put("b"), 1);
    ASSERT_STILL_WAITING(pipe_read, &reads[1], &readers[1]);
    assert_false(puppet_was_woken(&readers[0]));
    ASSERT_WOKEN_AND_READY(pipe_read, &reads[0], &readers[2]);
    ASSERT_READ(0, "b");
}

static void a_chosen_reader_is_not_overtaken(void **state)
{
    (void)state;
    assert_int_equal(read_some(0, 2), POLL_PENDING);
    assert_int_equal(put("a"), 1);
    assert_int_equal(read_some(1, 2), POLL_PENDING);
    ASSERT_WOKEN_AND_READY(pipe_read, &reads[0], &readers[0]);
    ASSERT_READ(0, "a");
    ASSERT_STILL_WAITING(pipe_read, &reads[1], &readers[1]);
}

/* Also while it is the turn of a future that nobody polls. */
static void after_the_close_nobody_waits_for_a_turn(void **state)
{
    (void)state;
    assert_int_equal(read_some(0, 2), POLL_PENDING);
    assert_int_equal(put("ab"), 2);
    assert_int_equal(read_some(1, 2), POLL_PENDING);
    pipe_close(&pipe);
    ASSERT_WOKEN_AND_READY(pipe_read, &reads[1], &readers[1]);
    ASSERT_READ(1, "ab");
    ASSERT_READS(2, "");
    ASSERT_WOKEN_AND_READY(pipe_read, &reads[0], &readers[0]);
    ASSERT_READ(0, "");
}

static void who_comes_later_waits_behind_those_who_wait(void **state)
{
    (void)state;
    assert_int_equal(put("0123456"), CAPACITY);
    assert_int_equal(write_some(0, "A"), POLL_PENDING);
    assert_int_equal(write_some(1, "B"), POLL_PENDING);
    assert_int_equal(pipe_try_read(&pipe, buffers[3], 2), 2);
    assert_int_equal(write_some(2, "C"), POLL_PENDING);
    ASSERT_WOKEN_AND_READY(pipe_write, &writes[0], &writers[0]);
    ASSERT_WOKEN_AND_READY(pipe_write, &writes[1], &writers[1]);
    assert_int_equal(POLL(pipe_write, &writes[2], &writers[2]), POLL_PENDING);
    ASSERT_READS(2, "23456AB");
    ASSERT_WOKEN_AND_READY(pipe_write, &writes[2], &writers[2]);
}

static void after_the_close_the_rest_is_read_and_then_the_end(void **state)
{
    (void)state;
    assert_int_equal(put("0123456"), CAPACITY);
    assert_int_equal(write_some(0, "A"), POLL_PENDING);
    assert_int_equal(write_some(1, "B"), POLL_PENDING);
    IN_HANDLER
    {
        pipe_close(&pipe);
    }
    for (unsigned i = 0; i < 2; i++) {
        ASSERT_WOKEN_AND_READY(pipe_write, &writes[i], &writers[i]);
        assert_int_equal(writes[i].error, PIPE_CLOSED);
        assert_int_equal(writes[i].result, 0);
    }
    assert_int_equal(write_some(0, "C"), POLL_READY);
    assert_int_equal(writes[0].error, PIPE_CLOSED);
    ASSERT_READS(0, "0123456");
    assert_int_equal(put("D"), 0);
    ASSERT_READS(0, "");
    ASSERT_READS(0, "");
}

static void the_close_wakes_all_readers(void **state)
{
    (void)state;
    for (unsigned i = 0; i < MANY; i++)
        assert_int_equal(read_some(i, 1), POLL_PENDING);
    pipe_close(&pipe);
    for (unsigned i = 0; i < MANY; i++) {
        ASSERT_WOKEN_AND_READY(pipe_read, &reads[i], &readers[i]);
        ASSERT_READ(i, "");
    }
}

static void no_more_than_a_piece_is_copied_at_a_time(void **state)
{
    (void)state;
    pipe_init(&pipe, ring, sizeof(ring));
    memset(buffers[3], 'z', sizeof(buffers[3]));
    assert_int_equal(pipe_try_write(&pipe, buffers[3], 1000), PIPE_PIECE_BYTES);
    assert_int_equal(pipe_try_write(&pipe, buffers[3], 1000), PIPE_PIECE_BYTES);
    assert_int_equal(pipe_try_read(&pipe, buffers[0], 1000), PIPE_PIECE_BYTES);
    assert_int_equal(buffers[0][PIPE_PIECE_BYTES - 1], 'z');
    assert_int_equal(buffers[0][PIPE_PIECE_BYTES], 0);
}

static void bytes_at_any_moment_of_a_read_are_not_lost(void **state)
{
    unsigned nth = 1;

    (void)state;
    for (bool has_come = true; has_come; nth++) {
        (void)puppet_was_woken(&readers[0]);
        interrupt_before_section(nth, write_x);
        enum poll poll = read_some(0, 1);
        has_come = interrupt_has_come();
        if (!has_come)
            write_x();
        if (poll == POLL_PENDING)
            ASSERT_WOKEN_AND_READY(pipe_read, &reads[0], &readers[0]);
        ASSERT_READ(0, "x");
        assert_int_equal(pipe_try_read(&pipe, buffers[0], 1), 0);
    }
    assert_true(nth > 2);
    interrupts_at_registration = true;
    if (read_some(0, 1) == POLL_PENDING) {
        write_x();
        ASSERT_WOKEN_AND_READY(pipe_read, &reads[0], &readers[0]);
    }
    ASSERT_READ(0, "x");
}

static void without_budget_a_read_keeps_its_turn(void **state)
{
    (void)state;
    assert_int_equal(put("ab"), 2);
    pipe_read_init(&reads[0], &pipe, buffers[0], 1);
    assert_int_equal(POLL_WITHOUT_BUDGET(pipe_read, &reads[0], &readers[0]), POLL_PENDING);
    ASSERT_WOKEN_AND_READY(pipe_read, &reads[0], &readers[0]);
    ASSERT_READ(0, "a");
    assert_int_equal(pipe.count, 1);
}

static void misuse_panics(void **state)
{
    (void)state;
    EXPECT_PANIC("of 0 bytes", { pipe_init(&pipe, ring, 0); });
    EXPECT_PANIC("nothing to write", { pipe_write_init(&writes[0], &pipe, ring, 0); });
    EXPECT_PANIC("no room to read to", { pipe_read_init(&reads[0], &pipe, ring, 0); });
    pipe_init(&pipe, ring, CAPACITY);
    assert_int_equal(write_some(0, "a"), POLL_READY);
    pipe_write_drop(&writes[0]);
    EXPECT_PANIC("polled after completion", { (void)POLL(pipe_write, &writes[0], &writers[0]); });
    assert_int_equal(read_some(0, 1), POLL_READY);
    pipe_read_drop(&reads[0]);
    EXPECT_PANIC("polled after completion", { (void)POLL(pipe_read, &reads[0], &readers[0]); });
}

/* Tasks pass a text that is far longer than the ring. */
enum { TEXT_BYTES = 5000 };

static uint8_t sent[TEXT_BYTES], received[TEXT_BYTES];
static size_t received_count;

ASYNC_STATIC_FRAME(sender, size_t done; struct pipe_write write;);

static void sender_init(struct sender *self)
{
    coroutine_init(&self->coroutine);
    self->done = 0;
}

ASYNC(sender)
{
    ASYNC_BEGIN;
    for (; self->done < TEXT_BYTES; self->done += self->write.result)
        AWAIT(pipe_write, &self->write, &pipe, sent + self->done, TEXT_BYTES - self->done);
    ASYNC_CLEANUP;
    pipe_close(&pipe);
    ASYNC_END;
}

ASYNC_STATIC_FRAME(receiver, struct pipe_read read;);

static void receiver_init(struct receiver *self)
{
    coroutine_init(&self->coroutine);
    received_count = 0;
}

ASYNC(receiver)
{
    ASYNC_BEGIN;
    do {
        AWAIT(pipe_read, &self->read, &pipe, received + received_count, TEXT_BYTES - received_count + 1);
        received_count += self->read.result;
    } while (self->read.result);
    ASYNC_END;
}

static void a_long_text_passes_between_tasks(void **state)
{
    (void)state;
    for (size_t i = 0; i < TEXT_BYTES; i++)
        sent[i] = (uint8_t)(i * 7 + i / 251);
    assert_int_equal(SPAWN(&executor, receiver, NULL).error, SPAWN_OK);
    assert_int_equal(SPAWN(&executor, sender, NULL).error, SPAWN_OK);
    run();
    assert_int_equal(received_count, TEXT_BYTES);
    assert_memory_equal(sent, received, TEXT_BYTES);
    assert_int_equal(count_tasks(), 2 * MANY);
}

static unsigned rest_comes_before_section;

static void write_xyz_and_close(void)
{
    assert_int_equal(pipe_try_write(&pipe, (const uint8_t *)"xyz", 3), 3);
    pipe_close(&pipe);
}

static void take_abc_and_send_the_rest_later(void)
{
    uint8_t taken[3];

    assert_int_equal(pipe_try_read(&pipe, taken, sizeof(taken)), sizeof(taken));
    interrupt_before_section(rest_comes_before_section, write_xyz_and_close);
}

/* The reader was let in for bytes that somebody else takes; the last ones come with the close. */
static void a_close_at_any_moment_of_a_read_hides_no_bytes(void **state)
{
    bool has_come = true;

    (void)state;
    for (rest_comes_before_section = 1; has_come; rest_comes_before_section++) {
        pipe_init(&pipe, ring, CAPACITY);
        assert_int_equal(pipe_try_write(&pipe, (const uint8_t *)"abc", 3), 3);
        (void)puppet_was_woken(&readers[0]);
        interrupt_before_section(2, take_abc_and_send_the_rest_later);
        enum poll poll = read_some(0, 3);
        has_come = interrupt_has_come();
        if (!has_come)
            write_xyz_and_close();
        if (poll == POLL_PENDING)
            ASSERT_WOKEN_AND_READY(pipe_read, &reads[0], &readers[0]);
        ASSERT_READ(0, "xyz");
    }
    assert_true(rest_comes_before_section > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PIPE_TEST(bytes_keep_their_order_where_the_ring_wraps),
        PIPE_TEST(a_write_takes_what_there_is_room_for),
        PIPE_TEST(a_reader_waits_for_bytes_and_a_writer_for_room),
        PIPE_TEST(those_who_wait_get_their_turn_in_order),
        PIPE_TEST(a_turn_that_is_given_up_is_passed_on),
        PIPE_TEST(a_reader_that_finds_its_bytes_taken_keeps_its_turn),
        PIPE_TEST(a_chosen_reader_is_not_overtaken),
        PIPE_TEST(after_the_close_nobody_waits_for_a_turn),
        PIPE_TEST(who_comes_later_waits_behind_those_who_wait),
        PIPE_TEST(after_the_close_the_rest_is_read_and_then_the_end),
        PIPE_TEST(the_close_wakes_all_readers),
        PIPE_TEST(no_more_than_a_piece_is_copied_at_a_time),
        PIPE_TEST(bytes_at_any_moment_of_a_read_are_not_lost),
        PIPE_TEST(without_budget_a_read_keeps_its_turn),
        PIPE_TEST(a_long_text_passes_between_tasks),
        PIPE_TEST(misuse_panics),
        PIPE_TEST(a_close_at_any_moment_of_a_read_hides_no_bytes),
    };

    return cmocka_run_group_tests_name("pipe", tests, NULL, NULL);
}
