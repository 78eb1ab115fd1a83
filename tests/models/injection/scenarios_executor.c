/* SPDX-License-Identifier: MIT */
/* Waking, polling, spawning, cancelling, ending, and the way into the CPU's sleep. */
#include <string.h>

#include "heap/heap_double.h"
#include "scenarios.h"

static struct mailbox a, b, c;

static void fresh_mailboxes(void)
{
    memset(&a, 0, sizeof(a));
    memset(&b, 0, sizeof(b));
    memset(&c, 0, sizeof(c));
}

static void post_a(void)
{
    mailbox_post(&a);
}

static void post_b(void)
{
    mailbox_post(&b);
}

static void cancel_b(void)
{
    (void)executor_cancel(b.task);
}

/* Nothing is ready: the loop looks, looks again, and sleeps. */
static void two_tasks_wait(void)
{
    fresh_mailboxes();
    mailbox_spawn(&a);
    mailbox_spawn(&b);
    executor_run_until_idle(&injection_executor);
}

static void wake_b_once(struct mailbox *mailbox, struct context *context)
{
    (void)context;
    if (mailbox->polls == 2)
        post_b();
}

static void wake_itself_twice(struct mailbox *mailbox, struct context *context)
{
    if (mailbox->polls == 2) {
        waker_wake(context->waker);
        mailbox_post(&a);
    }
}

static void a_wakes_b_and_itself(void)
{
    two_tasks_wait();
    a.in_poll = wake_b_once;
    b.in_poll = wake_itself_twice;
}

static void spawn_c_once(struct mailbox *mailbox, struct context *context)
{
    (void)context;
    if (mailbox->polls == 2)
        mailbox_spawn(&c);
}

static void a_spawns(void)
{
    two_tasks_wait();
    a.in_poll = spawn_c_once;
}

static void c_was_spawned(void)
{
    INJECTION_EXPECT(c.spawns == 1 && c.polls >= 1);
}

static void cancel_b_then_spawn_c(struct mailbox *mailbox, struct context *context)
{
    (void)context;
    if (mailbox->polls == 2)
        (void)executor_cancel(b.task);
    if (mailbox->polls == 2)
        waker_wake(a.waker);
    if (mailbox->polls == 3)
        mailbox_spawn(&c); /* perhaps in b's slot */
}

static void a_cancels_b(void)
{
    two_tasks_wait();
    a.in_poll = cancel_b_then_spawn_c;
}

static void b_was_dropped_once(void)
{
    INJECTION_EXPECT(b.drops == 1);
    INJECTION_EXPECT(executor_cancel(b.task) == CANCEL_TOO_LATE);
    INJECTION_EXPECT(c.drops == 0 && executor_cancel(a.task) == CANCEL_REQUESTED);
}

/* b ends by itself while others wake and cancel it; a's next poll spawns a successor. */
static void b_ends(void)
{
    two_tasks_wait();
    b.wanted = 1;
    a.in_poll = spawn_c_once;
}

static void post_b_then_a(void)
{
    post_b();
    post_a();
}

static void b_has_ended_once(void)
{
    INJECTION_EXPECT((b.drops == 1) != (b.seen >= b.wanted));
    INJECTION_EXPECT(c.polls >= 1);
}

static void a_is_woken_by_b(struct mailbox *mailbox, struct context *context)
{
    (void)mailbox;
    (void)context;
    if (b.polls == 2)
        post_a();
}

static void two_tasks_that_wake_each_other(void)
{
    two_tasks_wait();
    a.in_poll = wake_b_once;
    b.in_poll = a_is_woken_by_b;
}

const struct injection_scenario scenarios_executor[] = {
    {"idle", two_tasks_wait, NULL, {post_a, post_b}, post_a, NULL},
    {"wake by a task", two_tasks_wait, post_a, {post_a, post_b}, post_b, NULL},
    {"poll wakes others and itself", a_wakes_b_and_itself, post_a, {post_a, post_b}, post_a, NULL},
    {"ping and pong", two_tasks_that_wake_each_other, post_a, {post_a, post_b}, post_b, NULL},
    {"spawn", a_spawns, post_a, {post_a, post_b}, post_b, c_was_spawned},
    {"cancel by a task", a_cancels_b, post_a, {post_b, cancel_b}, post_b, b_was_dropped_once},
    {"cancel by a handler", two_tasks_wait, post_a, {cancel_b, post_b}, post_a, NULL},
    {"end", b_ends, post_b_then_a, {post_b, cancel_b}, post_b, b_has_ended_once},
};
const size_t scenarios_executor_count = sizeof(scenarios_executor) / sizeof(*scenarios_executor);
