/* SPDX-License-Identifier: MIT */
#include <tenorite/task/stream.h>

void stream_next_init(struct stream_next *self, struct dyn_stream stream)
{
    self->stream = stream;
    self->result = NEXT_PENDING;
}

enum poll stream_next_poll(struct stream_next *self, struct context *context)
{
    ASSERT(self->stream.frame, "stream_next %p: polled after completion", (void *)self);
    self->result = self->stream.type->next(self->stream.frame, context);
    if (self->result == NEXT_PENDING)
        return POLL_PENDING;
    self->stream.frame = NULL;
    return POLL_READY;
}

void stream_next_drop(struct stream_next *self)
{
    self->stream.frame = NULL;
}

void stream_next_trace(void *self, struct tracer *tracer)
{
    const struct dyn_stream *stream = &((struct stream_next *)self)->stream;

    if (stream->frame)
        future_trace(&stream->type->future, stream->frame, tracer);
}
