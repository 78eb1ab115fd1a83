/* SPDX-License-Identifier: MIT */
#include "sync_test.h"

#include <tenorite/task/queue.h>

enum { MANY = 4 };

struct request {
    unsigned number;
    struct queue_link link;
};

DEFINE_QUEUE(request_queue, struct request, link);

static struct request_queue queue;
static struct request requests[100];
static struct request_queue_pop pops[MANY];
static struct puppet puppets[MANY];

static int queue_setup(void **state)
{
    int result = task_test_setup(state);

    request_queue_init(&queue);
    for (unsigned i = 0; i < COUNT_OF(requests); i++)
        requests[i] = (struct request){.number = i};
    for (unsigned i = 0; i < MANY; i++)
        puppet_start(&puppets[i]);
    return result;
}

#define QUEUE_TEST(function) cmocka_unit_test_setup_teardown(function, queue_setup, task_test_teardown)

static enum poll pop(unsigned i)
{
    request_queue_pop_init(&pops[i], &queue);
    return POLL(request_queue_pop, &pops[i], &puppets[i]);
}

static void objects_come_out_in_order_and_may_come_back(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < COUNT_OF(requests); i++)
            request_queue_push(&queue, &requests[i]);
        for (unsigned i = 0; i < COUNT_OF(requests); i++) {
            if (i % 2) {
                assert_ptr_equal(request_queue_try_pop(&queue), &requests[i]);
            } else {
                assert_int_equal(pop(0), POLL_READY);
                assert_ptr_equal(pops[0].result, &requests[i]);
            }
        }
        assert_null(request_queue_try_pop(&queue));
    }
    request_queue_push(&queue, &requests[3]);
    assert_ptr_equal(request_queue_try_pop(&queue), &requests[3]);
    request_queue_push(&queue, &requests[3]);
    assert_ptr_equal(request_queue_try_pop(&queue), &requests[3]);
}

static void those_who_wait_are_served_in_order(void **state)
{
    (void)state;
    for (unsigned i = 0; i < MANY; i++)
        assert_int_equal(pop(i), POLL_PENDING);
    for (unsigned i = 0; i < MANY; i++) {
        IN_HANDLER
        {
            request_queue_push(&queue, &requests[i]);
        }
        assert_null(request_queue_try_pop(&queue));
        if (i + 1 < MANY)
            ASSERT_STILL_WAITING(request_queue_pop, &pops[i + 1], &puppets[i + 1]);
        ASSERT_WOKEN_AND_READY(request_queue_pop, &pops[i], &puppets[i]);
        assert_ptr_equal(pops[i].result, &requests[i]);
    }
}

static void a_chosen_pop_that_is_dropped_leaves_the_object_to_the_next(void **state)
{
    (void)state;
    assert_int_equal(pop(0), POLL_PENDING);
    assert_int_equal(pop(1), POLL_PENDING);
    request_queue_push(&queue, &requests[0]);
    request_queue_pop_drop(&pops[0]);
    ASSERT_WOKEN_AND_READY(request_queue_pop, &pops[1], &puppets[1]);
    assert_ptr_equal(pops[1].result, &requests[0]);
    assert_int_equal(pop(2), POLL_PENDING);
    request_queue_push(&queue, &requests[1]);
    request_queue_pop_drop(&pops[2]);
    assert_ptr_equal(request_queue_try_pop(&queue), &requests[1]);
}

static void pushing_what_is_in_a_queue_panics(void **state)
{
    (void)state;
    request_queue_push(&queue, &requests[0]);
    EXPECT_PANIC("is in a queue already", { request_queue_push(&queue, &requests[0]); });
    interrupts_enable();
    request_queue_push(&queue, &requests[1]);
    EXPECT_PANIC("is in a queue already", { request_queue_push(&queue, &requests[0]); });
    interrupts_enable();
    assert_ptr_equal(request_queue_try_pop(&queue), &requests[0]);
    assert_ptr_equal(request_queue_try_pop(&queue), &requests[1]);
    assert_null(request_queue_try_pop(&queue));
}

static void push_99(void)
{
    request_queue_push(&queue, &requests[99]);
}

static void an_object_at_any_moment_of_a_pop_is_not_lost(void **state)
{
    unsigned nth = 1;

    (void)state;
    for (bool has_come = true; has_come; nth++) {
        (void)puppet_was_woken(&puppets[0]);
        interrupt_before_section(nth, push_99);
        enum poll poll = pop(0);
        has_come = interrupt_has_come();
        if (!has_come)
            push_99();
        if (poll == POLL_PENDING)
            ASSERT_WOKEN_AND_READY(request_queue_pop, &pops[0], &puppets[0]);
        assert_ptr_equal(pops[0].result, &requests[99]);
        assert_null(request_queue_try_pop(&queue));
    }
    assert_true(nth > 2);
}

static void an_object_at_any_moment_of_a_push_keeps_both(void **state)
{
    unsigned nth = 1;

    (void)state;
    for (bool has_come = true; has_come; nth++) {
        struct request *first, *second;

        interrupt_before_section(nth, push_99);
        request_queue_push(&queue, &requests[0]);
        has_come = interrupt_has_come();
        if (!has_come)
            push_99();
        first = request_queue_try_pop(&queue);
        second = request_queue_try_pop(&queue);
        assert_true(first && second && first != second);
        assert_null(request_queue_try_pop(&queue));
    }
    assert_true(nth > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(objects_come_out_in_order_and_may_come_back),
        QUEUE_TEST(those_who_wait_are_served_in_order),
        QUEUE_TEST(a_chosen_pop_that_is_dropped_leaves_the_object_to_the_next),
        QUEUE_TEST(pushing_what_is_in_a_queue_panics),
        QUEUE_TEST(an_object_at_any_moment_of_a_pop_is_not_lost),
        QUEUE_TEST(an_object_at_any_moment_of_a_push_keeps_both),
    };

    return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
