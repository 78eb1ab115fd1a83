/* SPDX-License-Identifier: MIT */
#include <tenorite/task/future.h>

void tracer_init(struct tracer *tracer,
                 void (*visit)(struct tracer *tracer, const struct future_type *type, const void *future))
{
    *tracer = (struct tracer){.context.request = CONTEXT_TRACE, .visit = visit};
}

void future_trace(const struct future_type *type, void *future, struct tracer *tracer)
{
    tracer->visit(tracer, type, future);
    if (!type->trace)
        return;
    tracer->depth++;
    type->trace(future, tracer);
    tracer->depth--;
}
