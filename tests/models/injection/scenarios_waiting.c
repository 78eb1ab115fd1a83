/* SPDX-License-Identifier: MIT */
/* What tasks wait for: time, and what interrupt handlers send. */
#include <string.h>
#include <tenorite/task/byte_queue.h>
#include <tenorite/task/channel.h>
#include <tenorite/task/doorbell.h>
#include <tenorite/task/notify.h>
#include <tenorite/task/sleep.h>

#include "clock_double.h"
#include "scenarios.h"

enum { DEADLINE_NS = 1000, RING_BYTES = 4 };

static struct mailbox waiting, other;
static bool is_awaiting; /* the child of `waiting` has been initialised, and is not ready yet */
static struct sleep sleep;
static struct byte_queue ring;
static uint8_t ring_storage[RING_BYTES];
static struct byte_read read;
static struct doorbell doorbell;
static struct doorbell_wait doorbell_wait;
static struct notify notify;
static struct notify_wait notify_wait;

static void spawn_both(void (*look)(struct mailbox *mailbox, struct context *context))
{
    memset(&waiting, 0, sizeof(waiting));
    memset(&other, 0, sizeof(other));
    is_awaiting = false;
    waiting.look = look;
    mailbox_spawn(&waiting);
    mailbox_spawn(&other);
    executor_run_until_idle(&injection_executor);
}

static void post_other(void)
{
    mailbox_post(&other);
}

static void cancel_waiting(struct mailbox *mailbox, struct context *context)
{
    (void)context;
    if (mailbox->polls == 2)
        (void)executor_cancel(waiting.task);
}

/* Starts a future unless it waits already, and polls it; whether it has come to its end. */
static bool comes(const struct future_type *type, void *future, void (*start)(void), struct context *context)
{
    if (!is_awaiting)
        start();
    is_awaiting = type->poll(future, context) == POLL_PENDING;
    return !is_awaiting;
}

static void look_at_sleep(struct mailbox *mailbox, struct context *context)
{
    if (!is_awaiting)
        sleep_init(&sleep, (duration){DEADLINE_NS});
    is_awaiting = true;
    if (mailbox->seen == 0 && sleep_poll(&sleep, context) == POLL_READY)
        mailbox->seen = 1;
}

static void a_task_sleeps(void)
{
    spawn_both(look_at_sleep);
}

static void time_passes(void)
{
    waiting.posted = 1;
    clock_double_set_ns(DEADLINE_NS);
}

/* Hardware rings for needs of its own, too. */
static void alarm_for_nothing(void)
{
    executor_alarm(&injection_executor);
}

static void the_sleep_has_ended(void)
{
    INJECTION_EXPECT(waiting.seen == waiting.posted);
}

static void start_ring(void)
{
    byte_read_init(&read, &ring);
}

static void look_at_ring(struct mailbox *mailbox, struct context *context)
{
    for (; comes(&byte_read_type, &read, start_ring, context); mailbox->seen++) {
        INJECTION_EXPECT(read.result == mailbox->seen);
    }
}

static void a_task_reads(void)
{
    byte_queue_init(&ring, ring_storage, RING_BYTES);
    spawn_both(look_at_ring);
}

static void push(void)
{
    byte_queue_push(&ring, (uint8_t)waiting.posted++);
}

static void start_doorbell(void)
{
    doorbell_wait_init(&doorbell_wait, &doorbell);
}

static void look_at_doorbell(struct mailbox *mailbox, struct context *context)
{
    for (; comes(&doorbell_wait_type, &doorbell_wait, start_doorbell, context);) {
        mailbox->seen = mailbox->posted;
    }
}

static void a_task_waits_at_the_door(void)
{
    doorbell = (struct doorbell){};
    spawn_both(look_at_doorbell);
}

static void ring_the_bell(void)
{
    waiting.posted++;
    doorbell_ring(&doorbell);
}

static void start_notify(void)
{
    notify_wait_init(&notify_wait, &notify);
}

static void look_at_notify(struct mailbox *mailbox, struct context *context)
{
    for (; comes(&notify_wait_type, &notify_wait, start_notify, context);) {
        mailbox->seen = mailbox->posted;
    }
}

static void a_task_waits_for_notify(void)
{
    memset(&notify, 0, sizeof(notify));
    spawn_both(look_at_notify);
}

static void notify_it(void)
{
    waiting.posted++;
    notify_one(&notify);
}

DEFINE_CHANNEL(numbers, unsigned, 3);
static struct numbers numbers;
static struct numbers_receive receive;
static unsigned sent_by_handlers, received_of_handlers;
enum { BY_TASK = 100 };

static void start_receive(void)
{
    numbers_receive_init(&receive, &numbers);
}

static void look_at_channel(struct mailbox *mailbox, struct context *context)
{
    for (; comes(&numbers_receive_type, &receive, start_receive, context); mailbox->seen++) {
        INJECTION_EXPECT(receive.error == CHANNEL_OK);
        INJECTION_EXPECT(receive.result == BY_TASK || receive.result == received_of_handlers++);
    }
}

static void a_task_receives(void)
{
    memset((void *)&numbers, 0, sizeof(numbers));
    numbers_init(&numbers, NULL);
    sent_by_handlers = received_of_handlers = 0;
    spawn_both(look_at_channel);
}

/* Three places are enough for all that is sent. */
static void send_in_handler(void)
{
    waiting.posted++;
    INJECTION_EXPECT(numbers_try_send(&numbers, sent_by_handlers++) == CHANNEL_OK);
}

static void send_in_task(void)
{
    waiting.posted++;
    INJECTION_EXPECT(numbers_try_send(&numbers, BY_TASK) == CHANNEL_OK);
}

/* A handler takes the next message and sends another. Each message is a number of its own and comes out once. */
static unsigned sent, seen_numbers[16];

static void send_next(void)
{
    waiting.posted++;
    INJECTION_EXPECT(numbers_try_send(&numbers, sent++) == CHANNEL_OK);
}

static void receive_and_send(void)
{
    unsigned number = 0;

    if (numbers_try_receive(&numbers, &number) != CHANNEL_OK)
        return;
    INJECTION_EXPECT(seen_numbers[number]++ == 0);
    waiting.posted--;
    send_next();
}

static void look_at_numbers(struct mailbox *mailbox, struct context *context)
{
    for (; comes(&numbers_receive_type, &receive, start_receive, context); mailbox->seen++) {
        INJECTION_EXPECT(receive.error == CHANNEL_OK);
        INJECTION_EXPECT(seen_numbers[receive.result]++ == 0);
    }
}

static void a_task_counts(void)
{
    memset((void *)&numbers, 0, sizeof(numbers));
    numbers_init(&numbers, NULL);
    sent = 0;
    memset(seen_numbers, 0, sizeof(seen_numbers));
    spawn_both(look_at_numbers);
}

static void send_three(void)
{
    send_next();
    send_next();
    send_next();
}

static void a_sleep_is_cancelled(void)
{
    a_task_sleeps();
    other.in_poll = cancel_waiting;
}

static void it_was_dropped(void)
{
    INJECTION_EXPECT(waiting.drops == 1);
}

const struct injection_scenario scenarios_waiting[] = {
    {"sleep", a_task_sleeps, post_other, {time_passes, post_other}, post_other, the_sleep_has_ended},
    {"sleep, vain alarms",
     a_task_sleeps,
     post_other,
     {time_passes, alarm_for_nothing},
     post_other,
     the_sleep_has_ended},
    {"sleep of a cancelled task", a_sleep_is_cancelled, post_other, {time_passes, post_other}, NULL, it_was_dropped},
    {"bytes pushed", a_task_reads, post_other, {push, NULL}, NULL, NULL},
    {"doorbell rung", a_task_waits_at_the_door, ring_the_bell, {ring_the_bell, post_other}, ring_the_bell, NULL},
    {"channel, sent to by handlers", a_task_receives, post_other, {send_in_handler, post_other}, post_other, NULL},
    {"channel, sent to by all", a_task_receives, send_in_task, {send_in_handler, NULL}, post_other, NULL},
    {"channel, handlers receive", a_task_counts, send_three, {receive_and_send, NULL}, NULL, NULL},
    {"notify by a handler", a_task_waits_for_notify, notify_it, {notify_it, post_other}, NULL, NULL},
};
const size_t scenarios_waiting_count = sizeof(scenarios_waiting) / sizeof(*scenarios_waiting);
