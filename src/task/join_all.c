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

/* Counts a child that is ready. False: it has failed, and the join with it. */
static bool end_child(struct join_all *self, struct dyn_future *child)
{
    child->frame = NULL;
    self->live--;
    if (!child->error || !*child->error)
        return true;
    self->failed = (uint32_t)(child - self->set.futures);
    self->error = *child->error;
    return false;
}

/* Polls the children from `first` on that are before `end`. False: one has failed. */
static bool poll_children(struct join_all *self, uint32_t first, uint32_t end, struct context *context)
{
    for (struct dyn_future *child = &self->set.futures[first]; child < &self->set.futures[end]; child++) {
        if (!dyn_future_is_live(child) || child->type->poll(child->frame, context) == POLL_PENDING)
            continue;
        if (!end_child(self, child))
            return false;
    }
    return true;
}

enum poll join_all_poll(struct join_all *self, struct context *context)
{
    uint32_t first = self->first;

    pin_check(&self->pin, "join_all");
    ASSERT(self->set.futures, "join_all %p: polled after completion", (void *)self);
    if (!poll_children(self, first, self->set.count, context) || !poll_children(self, 0, first, context)) {
        join_all_drop(self);
        return POLL_READY;
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
