/* SPDX-License-Identifier: MIT */
#include <tenorite/app/log_task.h>

#include <tenorite/lib/printk.h>

static struct doorbell line_printed;

static void signal_line(void)
{
    doorbell_ring(&line_printed);
}

void log_task_init(struct log_task *self)
{
    coroutine_init(&self->coroutine);
}

/* Few lines at a time: a console can be slow, and others want the CPU too. */
ASYNC(log_task)
{
    enum { LINES_AT_A_TIME = 8 };
    ASYNC_BEGIN;
    printk_set_listener(signal_line);
    for (;;) {
        while (printk_drain(LINES_AT_A_TIME) == LINES_AT_A_TIME)
            AWAIT(yield, &self->yield);
        AWAIT(doorbell_wait, &self->wait, &line_printed);
    }
    ASYNC_END;
}
