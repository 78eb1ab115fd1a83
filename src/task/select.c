/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/panic.h>
#include <tenorite/task/executor.h>
#include <tenorite/task/select.h>

static const struct future_set ended = {.futures = NULL};

/*
 * Where the poll of a fair set begins. A select in a loop is a new one each time, so the sequence is the executor's; it
 * is a pseudo-random one because two selects that take turns would each see only half of a counter's values, and always
 * begin at the same branch. (Full-period linear congruential generator; its upper bits decide.)
 */
static uint32_t draw_first(struct future_set set, struct executor *executor)
{
    if (set.order == FUTURES_BIASED)
        return 0;
    executor->draw = executor->draw * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)executor->draw * set.count >> 32);
}

/* `result` is the index of the one that is ready, or SELECT_NONE if none is live. */
static enum poll poll_until_ready(struct future_set set, struct context *context, uint32_t *result)
{
    uint32_t first = draw_first(set, context->executor);
    bool any_is_live = false;

    for (uint32_t i = 0; i < set.count; i++) {
        uint32_t index = future_set_rotated(set, first, i);

        if (!dyn_future_is_live(&set.futures[index]))
            continue;
        any_is_live = true;
        if (dyn_future_poll(&set.futures[index], context) == POLL_PENDING)
            continue;
        *result = index;
        return POLL_READY;
    }
    *result = SELECT_NONE;
    return any_is_live ? POLL_PENDING : POLL_READY;
}

void select_init(struct select *self, struct future_set set)
{
    ASSERT(set.futures, "select: no array");
    pin_init(&self->pin);
    self->set = set;
    self->result = SELECT_NONE;
}

enum poll select_poll(struct select *self, struct context *context)
{
    pin_check(&self->pin, "select");
    ASSERT(self->set.futures, "select %p: polled after completion", (void *)self);
    if (poll_until_ready(self->set, context, &self->result) == POLL_PENDING)
        return POLL_PENDING;
    self->set = ended;
    return POLL_READY;
}

void select_drop(struct select *self)
{
    struct future_set set = self->set;

    pin_check(&self->pin, "select");
    self->set = ended;
    future_set_drop(set);
}

void select_trace(void *self, struct tracer *tracer)
{
    future_set_trace(((struct select *)self)->set, tracer);
}

void race_init(struct race *self, struct future_set set)
{
    select_init(&self->select, set);
    self->result = SELECT_NONE;
}

enum poll race_poll(struct race *self, struct context *context)
{
    struct future_set set = self->select.set;

    if (select_poll(&self->select, context) == POLL_PENDING)
        return POLL_PENDING;
    self->result = self->select.result;
    future_set_drop(set);
    return POLL_READY;
}

void race_drop(struct race *self)
{
    select_drop(&self->select);
}

void race_trace(void *self, struct tracer *tracer)
{
    select_trace(&((struct race *)self)->select, tracer);
}
