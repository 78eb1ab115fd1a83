/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <string.h>
#include <tenorite/task/budget.h>

char trace[256];
struct executor executor;

void probe_init(struct probe *self, struct probe_record *record)
{
    self->record = record;
}

enum poll probe_poll(struct probe *self, struct context *context)
{
    struct probe_record *record = self->record;
    size_t length = strlen(trace);

    record->polls++;
    record->waker = context->waker;
    if (record->letter && length + 1 < sizeof(trace))
        trace[length] = record->letter;
    for (unsigned i = 0; i < record->self_wakes; i++)
        waker_wake(context->waker);
    if (record->in_poll)
        record->in_poll(record, context);
    return record->ready_at_poll && record->polls >= record->ready_at_poll ? POLL_READY : POLL_PENDING;
}

void probe_drop(struct probe *self)
{
    self->record->drops++;
    if (self->record->in_drop)
        self->record->in_drop(self->record);
}

static void ring(void *unused)
{
    (void)unused;
    executor_alarm(&executor);
}

int task_test_setup(void **state)
{
    (void)state;
    memset(trace, 0, sizeof(trace));
    cpu_double_reset();
    clock_double_reset();
    assert_int_equal(timer_start(ring, NULL), TIMER_OK);
    heap_double_reset();
    executor_init(&executor, heap_double());
    executor.budget = POLL_BUDGET; /* for futures that a test polls itself */
    return 0;
}

/* Slabs stay for ever in a kernel; here the double frees them. */
int task_test_teardown(void **state)
{
    (void)state;
    executor_check(&executor);
    heap_double_reset();
    return 0;
}

struct task_handle spawn_probe(struct probe_record *record)
{
    struct spawn_result result = SPAWN(&executor, probe, NULL, record);

    assert_int_equal(result.error, SPAWN_OK);
    return result.task;
}

void run(void)
{
    executor_run_until_idle(&executor);
    executor_check(&executor);
}

void wake_in_handler(struct waker waker)
{
    IN_HANDLER
    {
        waker_wake(waker);
    }
}

unsigned count_tasks(void)
{
    struct task_cursor cursor = {};
    struct task_info info;
    unsigned count = 0;

    while (executor_next_task(&executor, &cursor, &info))
        count++;
    return count;
}
