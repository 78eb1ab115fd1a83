/* SPDX-License-Identifier: MIT */
#include <tenorite/task/budget.h>
#include <tenorite/task/executor.h>

bool budget_take(struct context *context)
{
    struct executor *executor = context->executor;

    if (!executor) /* a generator that runs without one: it may not wait, and nobody else is held up */
        return true;
    if (executor->budget == 0) {
        context_wake(context);
        return false;
    }
    executor->budget--;
    return true;
}

uint32_t budget_left(const struct context *context)
{
    return context->executor->budget;
}

void budget_set(struct context *context, uint32_t units)
{
    context->executor->budget = units;
}
