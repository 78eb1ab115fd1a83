/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <stdio.h>
#include <string.h>
#include <tenorite/task/boxed.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/join_all.h>
#include <tenorite/task/yield.h>

static struct context polling = {.executor = &executor};

/* The recursion that needs boxes: a coroutine that joins two instances of itself. */
struct fibonacci_value {
    enum boxed_error error;
    unsigned number;
};

static unsigned live_frames, most_live_frames;

ASYNC_STATIC_FRAME_OF(struct fibonacci_value, fibonacci, unsigned n; struct boxed left, right;
                      struct fibonacci_value first, second; struct dyn_future both[2]; struct join_all join;
                      struct yield yield;);

static void fibonacci_init(struct fibonacci *self, unsigned n)
{
    coroutine_init(&self->coroutine);
    self->n = n;
    self->first = self->second = (struct fibonacci_value){};
    live_frames++;
    if (live_frames > most_live_frames)
        most_live_frames = live_frames;
}

static struct fibonacci_value sum_of(const struct fibonacci *self)
{
    struct fibonacci_value value = {.error = self->join.error ? BOXED_NO_MEMORY : self->first.error};

    if (!value.error)
        value.error = self->second.error;
    value.number = self->first.number + self->second.number;
    return value;
}

ASYNC(fibonacci)
{
    ASYNC_BEGIN;
    if (self->n < 2) {
        AWAIT(yield, &self->yield);
        self->result = (struct fibonacci_value){.number = self->n};
        ASYNC_RETURN;
    }
    AWAIT(join_all, &self->join,
          FUTURES(self->both,
                  TRY_START(boxed, &self->left, BOX_OF(heap_double(), &self->first, fibonacci, self->n - 1)),
                  TRY_START(boxed, &self->right, BOX_OF(heap_double(), &self->second, fibonacci, self->n - 2))));
    self->result = sum_of(self);
    ASYNC_CLEANUP;
    live_frames--;
    ASYNC_END;
}

static int boxed_setup(void **state)
{
    live_frames = most_live_frames = 0;
    return task_test_setup(state);
}

#define BOXED_TEST(function) cmocka_unit_test_setup_teardown(function, boxed_setup, task_test_teardown)

static struct fibonacci_value run_fibonacci(unsigned n)
{
    struct fibonacci_value value = {};
    struct boxed boxed;

    boxed_init(&boxed, BOX_OF(heap_double(), &value, fibonacci, n));
    while (boxed_poll(&boxed, &polling) == POLL_PENDING)
        ;
    if (boxed.error)
        value.error = boxed.error;
    return value;
}

static void a_coroutine_joins_two_boxed_instances_of_itself(void **state)
{
    (void)state;
    assert_int_equal(run_fibonacci(15).number, 610);
    assert_int_equal(most_live_frames, 2 * 987 - 1);
    assert_int_equal(live_frames, 0);
    assert_int_equal(heap_double_live_blocks(), 0);
}

static void without_memory_anywhere_the_error_comes_up_and_nothing_is_lost(void **state)
{
    unsigned allocations = 2 * 13 - 1;

    (void)state;
    for (unsigned k = 1; k <= allocations; k++) {
        heap_double_fail_at(k);
        assert_int_equal(run_fibonacci(6).error, BOXED_NO_MEMORY);
        assert_int_equal(heap_double_live_blocks(), 0);
        assert_int_equal(live_frames, 0);
    }
    heap_double_fail_at(0);
    assert_int_equal(run_fibonacci(6).error, BOXED_OK);
    assert_int_equal(run_fibonacci(6).number, 8);
}

static void dropping_a_box_drops_the_whole_tree_and_frees_it(void **state)
{
    struct fibonacci_value value = {};
    struct boxed boxed;

    (void)state;
    boxed_init(&boxed, BOX_OF(heap_double(), &value, fibonacci, 10));
    assert_int_equal(boxed_poll(&boxed, &polling), POLL_PENDING);
    assert_int_equal(live_frames, 2 * 89 - 1);
    boxed_drop(&boxed);
    assert_int_equal(live_frames, 0);
    assert_int_equal(heap_double_live_blocks(), 0);
    boxed_drop(&boxed);
    EXPECT_PANIC("polled after completion", { (void)boxed_poll(&boxed, &polling); });
}

static struct probe_record record;

static struct boxed box_of_probe(unsigned ready_at_poll)
{
    struct boxed boxed;

    record = (struct probe_record){.ready_at_poll = ready_at_poll};
    boxed_init(&boxed, BOX(heap_double(), probe, &record));
    return boxed;
}

static void a_box_frees_its_block_when_the_future_is_ready(void **state)
{
    struct boxed boxed = box_of_probe(2);

    (void)state;
    assert_int_equal(boxed_poll(&boxed, &polling), POLL_PENDING);
    assert_int_equal(heap_double_live_blocks(), 1);
    assert_int_equal(boxed_poll(&boxed, &polling), POLL_READY);
    assert_int_equal(heap_double_live_blocks(), 0);
    assert_int_equal(record.drops, 0);
    EXPECT_PANIC("polled after completion", { (void)boxed_poll(&boxed, &polling); });
    boxed_drop(&boxed);
    assert_int_equal(record.drops, 0);
}

static void a_box_that_was_never_polled_is_dropped_once(void **state)
{
    struct boxed boxed = box_of_probe(1);

    (void)state;
    boxed_drop(&boxed);
    assert_int_equal(record.polls, 0);
    assert_int_equal(record.drops, 1);
    assert_int_equal(heap_double_live_blocks(), 0);
}

static void a_box_without_memory_is_ready_with_the_error(void **state)
{
    struct boxed polled, dropped;

    (void)state;
    heap_double_fail_at(1);
    polled = box_of_probe(1);
    assert_int_equal(polled.error, BOXED_NO_MEMORY);
    assert_int_equal(boxed_poll(&polled, &polling), POLL_READY);
    heap_double_fail_at(1);
    dropped = box_of_probe(1);
    boxed_drop(&dropped);
    assert_int_equal(record.polls + record.drops, 0);
}

/* The box may move; the frame in it is pinned and stays. */
static void a_box_may_move_between_polls(void **state)
{
    struct boxed here, there;
    struct fibonacci_value value = {};

    (void)state;
    boxed_init(&here, BOX_OF(heap_double(), &value, fibonacci, 1));
    assert_int_equal(boxed_poll(&here, &polling), POLL_PENDING);
    boxed_move(&there, &here);
    assert_int_equal(boxed_poll(&there, &polling), POLL_READY);
    assert_int_equal(value.number, 1);
}

static void a_frame_that_moves_out_of_its_box_panics(void **state)
{
    struct boxed boxed;
    struct fibonacci moved;

    (void)state;
    boxed_init(&boxed, BOX(heap_double(), fibonacci, 1));
    assert_int_equal(boxed_poll(&boxed, &polling), POLL_PENDING);
    memcpy(&moved, boxed.box.future.frame, sizeof(moved));
    EXPECT_PANIC("must not move", { (void)fibonacci_poll(&moved, &polling); });
    boxed_drop(&boxed);
}

static char shown[64];

static void show(struct tracer *tracer, const struct future_type *type, const void *future)
{
    size_t length = strlen(shown);

    (void)future;
    snprintf(shown + length, sizeof(shown) - length, "%u %s\n", tracer->depth, type->name);
}

static void a_trace_shows_what_is_in_the_box(void **state)
{
    struct boxed boxed = box_of_probe(0);
    struct tracer tracer;

    (void)state;
    tracer_init(&tracer, show);
    future_trace(&boxed_type, &boxed, &tracer);
    assert_string_equal(shown, "0 boxed\n1 probe\n");
    boxed_drop(&boxed);
}

static unsigned results_dropped;

static void drop_number(void *result)
{
    results_dropped += *(unsigned *)result;
}

/* Ready with a result that somebody has to drop. */
struct owner {
    unsigned result;
};

static void owner_init(struct owner *self)
{
    self->result = 0;
}

static enum poll owner_poll(struct owner *self, struct context *context)
{
    (void)context;
    self->result = 7;
    return POLL_READY;
}

static void owner_drop(struct owner *self)
{
    (void)self;
}
FUTURE_TYPE(owner, FUTURE_RESULT(owner), .drop_result = drop_number);

static void a_result_that_nobody_wants_is_dropped(void **state)
{
    struct boxed boxed;

    (void)state;
    results_dropped = 0;
    boxed_init(&boxed, BOX(heap_double(), owner));
    assert_int_equal(boxed_poll(&boxed, &polling), POLL_READY);
    assert_int_equal(results_dropped, 7);
    assert_int_equal(heap_double_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOXED_TEST(a_coroutine_joins_two_boxed_instances_of_itself),
        BOXED_TEST(without_memory_anywhere_the_error_comes_up_and_nothing_is_lost),
        BOXED_TEST(dropping_a_box_drops_the_whole_tree_and_frees_it),
        BOXED_TEST(a_box_frees_its_block_when_the_future_is_ready),
        BOXED_TEST(a_box_that_was_never_polled_is_dropped_once),
        BOXED_TEST(a_box_without_memory_is_ready_with_the_error),
        BOXED_TEST(a_box_may_move_between_polls),
        BOXED_TEST(a_frame_that_moves_out_of_its_box_panics),
        BOXED_TEST(a_trace_shows_what_is_in_the_box),
        BOXED_TEST(a_result_that_nobody_wants_is_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
