/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/future.h>

/*
 * A poll may take POLL_BUDGET ready results from queues, locks and the like; then the task has to give way, so that one
 * that always finds something ready holds up nobody. A leaf future that may be ready for ever takes a unit when it is
 * about to be ready: after it has stood in its queue, never before, or the queue would not be fair.
 */
enum { POLL_BUDGET = 128 };

/* Takes one unit. False: none is left; the task has been woken, and the future returns POLL_PENDING with its place in
 * the queue, and what it was given there, kept. Without an executor (NAME_resume of a generator) there is always one. Task
 * context, during a poll. */
bool budget_take(struct context *context) MUST_CHECK;

/* What is left. budget_set is for futures that lift the limit for a child, and put it back afterwards. */
uint32_t budget_left(const struct context *context);
void budget_set(struct context *context, uint32_t units);
