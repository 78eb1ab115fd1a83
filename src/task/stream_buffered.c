/* SPDX-License-Identifier: MIT */
#include <tenorite/task/stream_adapters.h>
#include <tenorite/task/stream_buffered.h>

void buffered_init(struct buffered *self)
{
    pin_init(&self->pin);
    self->first = 0;
    self->count = 0;
    self->has_source_ended = false;
}

static struct dyn_future *entry(const struct buffered *self, struct future_set ring, uint32_t i)
{
    return &ring.futures[future_set_rotated(ring, self->first, i)];
}

static void poll_running(struct buffered *self, struct future_set ring, struct context *context)
{
    for (uint32_t i = 0; i < self->count; i++)
        if (dyn_future_is_live(entry(self, ring, i)))
            (void)dyn_future_poll(entry(self, ring, i), context);
}

enum next buffered_poll(struct buffered *self, struct future_set ring, struct context *context)
{
    if (!self->count)
        return self->has_source_ended ? NEXT_END : NEXT_PENDING;
    if (dyn_future_is_live(entry(self, ring, 0)))
        poll_running(self, ring, context);
    if (dyn_future_is_live(entry(self, ring, 0)))
        return NEXT_PENDING;
    self->first = future_set_rotated(ring, self->first, 1);
    self->count--;
    return NEXT_ITEM;
}

struct size_hint buffered_size_hint(const struct buffered *self, struct size_hint source)
{
    if (self->has_source_ended)
        source = (struct size_hint){};
    return size_hint_sum(source, (struct size_hint){self->count, self->count});
}

void buffered_drop(struct buffered *self, struct future_set ring)
{
    pin_check(&self->pin, "buffered");
    for (uint32_t i = 0; i < self->count; i++)
        dyn_future_drop(entry(self, ring, i));
    self->count = 0;
    self->has_source_ended = true;
}

void buffered_trace(const struct buffered *self, struct future_set ring, struct tracer *tracer)
{
    for (uint32_t i = 0; i < self->count; i++)
        dyn_future_trace(entry(self, ring, i), tracer);
}
