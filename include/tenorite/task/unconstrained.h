/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/dyn_future.h>

/*
 * A future that is polled without a limit on how many ready results one poll takes (budget.h): it gives way only where it
 * waits. What is polled beside it, in the same task, has the limit as before. It may move; what it points to may not.
 *
 *     AWAIT(unconstrained, &self->all, START(drain_queue, &self->drain, &queue));
 */
struct unconstrained {
    struct dyn_future source;
};

void unconstrained_init(struct unconstrained *self, struct dyn_future source);
enum poll unconstrained_poll(struct unconstrained *self, struct context *context);
void unconstrained_drop(struct unconstrained *self);
void unconstrained_trace(void *self, struct tracer *tracer);
MOVABLE_FUTURE_TYPE(unconstrained, .trace = unconstrained_trace);
