/* SPDX-License-Identifier: MIT */
/* Waking, polling, spawning, cancelling, ending, and the way into the CPU's sleep. */
#include <string.h>
#include <tenorite/task/join.h>
#include <tenorite/task/task_pool.h>

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

/* a joins b, which ends at its first post. */
static struct join join;
static unsigned joined;

static void spawn_joinable_b(void)
{
    struct spawn_result result = SPAWN_JOINABLE(&injection_executor, reader, "b", &b);

    if (result.error != SPAWN_OK)
        injection_fail("spawn", __LINE__);
    mailbox_watch(&b, result.task);
}

static void look_at_join(struct mailbox *mailbox, struct context *context)
{
    mailbox->seen = mailbox->posted;
    if (!joined && join_poll(&join, context) == POLL_READY)
        joined++;
}

static void a_joins_b(void)
{
    fresh_mailboxes();
    joined = 0;
    b.wanted = 1;
    spawn_joinable_b();
    a.look = look_at_join;
    join_init(&join, b.task, JOIN_NOTHING);
    mailbox_spawn(&a);
    executor_run_until_idle(&injection_executor);
}

static void a_joined_b_once(void)
{
    bool has_completed = b.seen >= b.wanted;

    INJECTION_EXPECT(joined == (has_completed || b.drops));
    INJECTION_EXPECT(!joined || join.error == (has_completed ? JOIN_OK : JOIN_CANCELLED));
    INJECTION_EXPECT(heap_double_live_blocks() == (joined ? 2 : 3)); /* the slab and the frames */
}

/* A handler spawns a task of a pool of two, in whose slot another has ended. */
static struct task_slot pool_slots[2];
static struct reader pool_frames[2];
static struct task_pool pool;
static struct mailbox pooled[3];
static unsigned pooled_count;

static void spawn_pooled(void)
{
    struct mailbox *mailbox = &pooled[pooled_count];
    struct spawn_result result = POOL_SPAWN(pool, reader, NULL, mailbox);

    if (result.error == SPAWN_NO_SLOT)
        return;
    pooled_count++;
    mailbox_watch(mailbox, result.task);
}

static void a_pool_has_had_a_task(void)
{
    two_tasks_wait();
    pool = (struct task_pool){.type = &reader_type, .slots = pool_slots, .frames = pool_frames, .count = 2};
    task_pool_init(&pool, &injection_executor);
    memset(pooled, 0, sizeof(pooled));
    pooled_count = 0;
    pooled[0].wanted = pooled[1].wanted = 1;
    spawn_pooled();
    executor_run_until_idle(&injection_executor);
}

static void end_the_pooled_one(void)
{
    mailbox_post(&pooled[0]);
}

static void each_pooled_task_was_polled(void)
{
    for (unsigned i = 0; i < pooled_count; i++)
        INJECTION_EXPECT(pooled[i].polls >= 1);
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
    {"join", a_joins_b, post_a, {post_b, cancel_b}, post_b, a_joined_b_once},
    {"spawn by a handler",
     a_pool_has_had_a_task,
     end_the_pooled_one,
     {spawn_pooled, post_a},
     post_b,
     each_pooled_task_was_polled},
    {"spawns by handlers",
     a_pool_has_had_a_task,
     end_the_pooled_one,
     {spawn_pooled, NULL},
     post_a,
     each_pooled_task_was_polled},
};
const size_t scenarios_executor_count = sizeof(scenarios_executor) / sizeof(*scenarios_executor);
