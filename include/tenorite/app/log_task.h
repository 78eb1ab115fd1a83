/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/coroutine.h>
#include <tenorite/task/doorbell.h>
#include <tenorite/task/yield.h>

/* Drains the kernel's log to the consoles, whenever a line was printed. There is one: printk has one listener. */
ASYNC_FRAME(log_task, struct doorbell_wait wait; struct yield yield;);

void log_task_init(struct log_task *self);
