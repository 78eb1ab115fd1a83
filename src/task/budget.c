/* SPDX-License-Identifier: MIT */
#include <tenorite/task/budget.h>
#include <tenorite/task/executor.h>

/* A generator may run without an executor: it may not wait then, and nobody else is held up. */
bool budget_take(struct context *context)
{
    struct executor *executor = context->executor;

    if (!executor)
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
    return context->executor ? context->executor->budget : UINT32_MAX;
}

void budget_set(struct context *context, uint32_t units)
{
    if (context->executor)
        context->executor->budget = units;
}
