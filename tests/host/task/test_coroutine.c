/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <stdlib.h>
#include <string.h>
#include <tenorite/task/coroutine.h>

static char story[128];

static void tell(const char *words)
{
    strncat(story, words, sizeof(story) - strlen(story) - 1);
}

static int story_setup(void **state)
{
    story[0] = 0;
    return task_test_setup(state);
}

#define STORY_TEST(function) cmocka_unit_test_setup_teardown(function, story_setup, task_test_teardown)

static struct context context_of_test(void)
{
    return (struct context){.executor = &executor};
}

/* Pending `times` times, then ready. */
struct pause {
    unsigned times;
};

static void pause_init(struct pause *self, unsigned times)
{
    self->times = times;
}

static enum poll pause_poll(struct pause *self, struct context *context)
{
    (void)context;
    return self->times-- ? POLL_PENDING : POLL_READY;
}

static void pause_drop(struct pause *self)
{
    (void)self;
    tell("[pause dropped]");
}

FUTURE_TYPE(pause);

ASYNC_STATIC_FRAME(child, const char *name; struct pause pause;);
/* Children that are never awaited at the same time share their memory. */
union parent_children {
    struct child child;
    struct pause pause;
};

ASYNC_STATIC_FRAME(parent, bool returns_early; unsigned i; union parent_children children;);

static void child_init(struct child *self, const char *name)
{
    coroutine_init(&self->coroutine);
    self->name = name;
}

/* Two awaits in one source line. */
#define PAUSE_TWICE                                                                                                  \
    AWAIT(pause, &self->pause, 0);                                                                                   \
    AWAIT(pause, &self->pause, 0)

ASYNC(child)
{
    ASYNC_BEGIN;
    tell(self->name);
    AWAIT(pause, &self->pause, 1);
    tell("-");
    PAUSE_TWICE;
    ASYNC_CLEANUP;
    tell("[child cleanup]");
    ASYNC_END;
}

static void parent_init(struct parent *self, bool returns_early)
{
    coroutine_init(&self->coroutine);
    self->returns_early = returns_early;
}

static unsigned line_of_last_await;

ASYNC(parent)
{
    ASYNC_BEGIN;
    for (self->i = 0; self->i < 2; self->i++) {
        AWAIT(child, &self->children.child, self->i ? "two" : "one");
        if (self->returns_early)
            ASYNC_RETURN;
    }
    tell("after");
    line_of_last_await = __LINE__ + 1;
    AWAIT(pause, &self->children.pause, 2);
    tell("end");
    ASYNC_CLEANUP;
    tell("[parent cleanup]");
    ASYNC_END;
}

static enum poll poll_parent(struct parent *parent)
{
    struct context context = context_of_test();

    return parent_poll(parent, &context);
}

static unsigned polls_until_ready(struct parent *parent)
{
    unsigned polls = 1;

    while (poll_parent(parent) == POLL_PENDING)
        polls++;
    return polls;
}

static void the_body_runs_from_top_to_bottom(void **state)
{
    struct parent parent;

    (void)state;
    parent_init(&parent, false);
    assert_int_equal(polls_until_ready(&parent), 5);
    assert_string_equal(story, "one-[child cleanup]two-[child cleanup]afterend[parent cleanup]");
    assert_true(coroutine_has_ended(&parent.coroutine));
}

static void return_goes_to_the_cleanup(void **state)
{
    struct parent parent;

    (void)state;
    parent_init(&parent, true);
    assert_int_equal(polls_until_ready(&parent), 2);
    assert_string_equal(story, "one-[child cleanup][parent cleanup]");
}

static void the_frame_knows_the_awaited_line(void **state)
{
    struct parent parent;

    (void)state;
    parent_init(&parent, false);
    assert_int_equal(parent_type.awaited_line(&parent), 0);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(poll_parent(&parent), POLL_PENDING);
    assert_int_equal(parent_type.awaited_line(&parent), line_of_last_await);
    parent_drop(&parent);
}

static void dropped_before_the_first_poll_only_cleanup_runs(void **state)
{
    struct parent parent;

    (void)state;
    parent_init(&parent, false);
    parent_drop(&parent);
    assert_string_equal(story, "[parent cleanup]");
    assert_true(coroutine_has_ended(&parent.coroutine));
}

static void dropping_drops_the_awaited_child_first(void **state)
{
    struct parent parent;

    (void)state;
    parent_init(&parent, false);
    assert_int_equal(poll_parent(&parent), POLL_PENDING);
    parent_drop(&parent);
    assert_string_equal(story, "one[pause dropped][child cleanup][parent cleanup]");
}

static void dropping_leaves_a_finished_child_alone(void **state)
{
    struct parent parent;

    (void)state;
    parent_init(&parent, false);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(poll_parent(&parent), POLL_PENDING);
    story[0] = 0;
    parent_drop(&parent);
    assert_string_equal(story, "[pause dropped][parent cleanup]");
}

static void dropping_twice_cleans_up_once(void **state)
{
    struct parent parent;

    (void)state;
    parent_init(&parent, false);
    parent_drop(&parent);
    parent_drop(&parent);
    assert_string_equal(story, "[parent cleanup]");
}

static void dropping_after_completion_does_nothing(void **state)
{
    struct parent parent;

    (void)state;
    parent_init(&parent, true);
    polls_until_ready(&parent);
    story[0] = 0;
    parent_drop(&parent);
    assert_string_equal(story, "");
}

static void a_poll_after_completion_panics(void **state)
{
    struct parent parent;

    (void)state;
    parent_init(&parent, true);
    polls_until_ready(&parent);
    EXPECT_PANIC("parent_poll: polled after completion", { (void)poll_parent(&parent); });
}

static void a_frame_that_was_not_initialised_panics(void **state)
{
    struct parent parent = {.coroutine.resume = 1234};

    (void)state;
    EXPECT_PANIC("parent_poll: no resume point 1234", { (void)poll_parent(&parent); });
}

static void a_moved_frame_panics(void **state)
{
    struct parent here, there;

    (void)state;
    parent_init(&here, false);
    assert_int_equal(poll_parent(&here), POLL_PENDING);
    memcpy(&there, &here, sizeof(there));
    EXPECT_PANIC("must not move", { (void)poll_parent(&there); });
    EXPECT_PANIC("must not move", { parent_drop(&there); });
    parent_drop(&here);
}

static void a_frame_may_move_before_its_first_poll(void **state)
{
    struct parent here, there;

    (void)state;
    parent_init(&here, true);
    memcpy(&there, &here, sizeof(there));
    assert_int_equal(polls_until_ready(&there), 2);
}

ASYNC_STATIC_FRAME(simple, struct pause pause;);

static void simple_init(struct simple *self)
{
    coroutine_init(&self->coroutine);
}

ASYNC(simple)
{
    ASYNC_BEGIN;
    AWAIT(pause, &self->pause, 1);
    tell("done");
    ASYNC_END;
}

ASYNC_STATIC_FRAME(hasty, struct pause pause;);

static void hasty_init(struct hasty *self)
{
    coroutine_init(&self->coroutine);
}

/* Kernel code with this body does not compile (contract k8_return_in_body). */
ASYNC(hasty)
{
    ASYNC_BEGIN;
    AWAIT(pause, &self->pause, 1);
    return POLL_READY;
    ASYNC_CLEANUP;
    tell("[cleanup]");
    ASYNC_END;
}

static void a_return_by_hand_panics_where_it_compiles(void **state)
{
    struct context context = context_of_test();
    struct hasty hasty;

    (void)state;
    hasty_init(&hasty);
    assert_int_equal(hasty_poll(&hasty, &context), POLL_PENDING);
    EXPECT_PANIC("no `return` in a coroutine", { (void)hasty_poll(&hasty, &context); });
}

static void a_cleanup_section_is_optional(void **state)
{
    struct context context = context_of_test();
    struct simple runs, is_dropped;

    (void)state;
    simple_init(&runs);
    assert_int_equal(simple_poll(&runs, &context), POLL_PENDING);
    assert_int_equal(simple_poll(&runs, &context), POLL_READY);
    assert_string_equal(story, "done");
    simple_init(&is_dropped);
    assert_int_equal(simple_poll(&is_dropped, &context), POLL_PENDING);
    simple_drop(&is_dropped);
    assert_string_equal(story, "done[pause dropped]");
    assert_true(coroutine_has_ended(&is_dropped.coroutine));
}

/* A chain of awaits as deep as its parameter: each level boxes the next. */
ASYNC_STATIC_FRAME(chain, unsigned depth; struct chain * next; struct pause pause;);

static void chain_init(struct chain *self, unsigned depth)
{
    coroutine_init(&self->coroutine);
    self->depth = depth;
    self->next = depth ? malloc(sizeof(*self->next)) : NULL;
}

ASYNC(chain)
{
    ASYNC_BEGIN;
    if (self->depth)
        AWAIT(chain, self->next, self->depth - 1);
    else
        AWAIT(pause, &self->pause, 3);
    ASYNC_CLEANUP;
    free(self->next);
    ASYNC_END;
}

static void a_chain_a_thousand_deep_completes(void **state)
{
    struct context context = context_of_test();
    struct chain chain;
    unsigned polls = 1;

    (void)state;
    chain_init(&chain, 1000);
    while (chain_poll(&chain, &context) == POLL_PENDING)
        polls++;
    assert_int_equal(polls, 4);
    chain_init(&chain, 1000);
    assert_int_equal(chain_poll(&chain, &context), POLL_PENDING);
    chain_drop(&chain);
}

static void a_coroutine_runs_as_a_task(void **state)
{
    struct task_cursor cursor = {};
    struct task_info info;

    (void)state;
    assert_int_equal(SPAWN(&executor, parent, "story", false).error, SPAWN_OK);
    run();
    assert_true(executor_next_task(&executor, &cursor, &info));
    assert_string_equal(info.name, "story");
    assert_true(info.awaited_line > 0);
    assert_int_equal(executor_cancel(info.handle), CANCEL_REQUESTED);
    run();
    assert_string_equal(story, "one[pause dropped][child cleanup][parent cleanup]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(the_body_runs_from_top_to_bottom),
        STORY_TEST(return_goes_to_the_cleanup),
        STORY_TEST(the_frame_knows_the_awaited_line),
        STORY_TEST(dropped_before_the_first_poll_only_cleanup_runs),
        STORY_TEST(dropping_drops_the_awaited_child_first),
        STORY_TEST(dropping_leaves_a_finished_child_alone),
        STORY_TEST(dropping_twice_cleans_up_once),
        STORY_TEST(dropping_after_completion_does_nothing),
        STORY_TEST(a_poll_after_completion_panics),
        STORY_TEST(a_frame_that_was_not_initialised_panics),
        STORY_TEST(a_moved_frame_panics),
        STORY_TEST(a_frame_may_move_before_its_first_poll),
        STORY_TEST(a_return_by_hand_panics_where_it_compiles),
        STORY_TEST(a_cleanup_section_is_optional),
        STORY_TEST(a_chain_a_thousand_deep_completes),
        STORY_TEST(a_coroutine_runs_as_a_task),
    };

    return cmocka_run_group_tests_name("coroutine", tests, NULL, NULL);
}
