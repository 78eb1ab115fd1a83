/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/panic.h>
#include <tenorite/task/join_all.h>

static const struct future_set ended = {.futures = NULL};

void join_all_init(struct join_all *self, struct future_set set)
{
    ASSERT(set.futures, "join_all: no array");
    ASSERT(set.count <= JOIN_ALL_LIMIT, "join_all: %u futures, at most %u", set.count, JOIN_ALL_LIMIT);
    pin_init(&self->pin);
    self->set = set;
    self->live = future_set_count_live(set);
    self->first = 0;
    self->failed = 0;
    self->error = 0;
}

/* False: it has failed, and the join with it. */
static bool poll_child(struct join_all *self, uint32_t index, struct context *context)
{
    struct dyn_future *child = &self->set.futures[index];

    if (!dyn_future_is_live(child) || dyn_future_poll(child, context) == POLL_PENDING)
        return true;
    self->live--;
    if (!child->error || !*child->error)
        return true;
    self->failed = index;
    self->error = *child->error;
    return false;
}

enum poll join_all_poll(struct join_all *self, struct context *context)
{
    uint32_t first = self->first;

    pin_check(&self->pin, "join_all");
    ASSERT(self->set.futures, "join_all %p: polled after completion", (void *)self);
    for (uint32_t i = 0; i < self->set.count; i++) {
        if (!poll_child(self, future_set_rotated(self->set, first, i), context)) {
            join_all_drop(self);
            return POLL_READY;
        }
    }
    if (!self->live) {
        self->set = ended;
        return POLL_READY;
    }
    self->first = future_set_rotated(self->set, first, 1);
    return POLL_PENDING;
}

void join_all_drop(struct join_all *self)
{
    struct future_set set = self->set;

    pin_check(&self->pin, "join_all");
    self->set = ended;
    future_set_drop(set);
}

void join_all_trace(void *self, struct tracer *tracer)
{
    future_set_trace(((struct join_all *)self)->set, tracer);
}
