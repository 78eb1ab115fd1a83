/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/text.h>
#include <tenorite/task/boxed.h>

void boxed_init(struct boxed *self, struct box box)
{
    self->box = box;
    self->error = box.future.frame ? BOXED_OK : BOXED_NO_MEMORY;
    self->has_ended = false;
}

enum poll boxed_poll(struct boxed *self, struct context *context)
{
    struct box *box = &self->box;
    char *frame = box->future.frame;

    ASSERT(!self->has_ended, "boxed %p: polled after completion", (void *)self);
    if (frame) {
        if (dyn_future_poll(&box->future, context) == POLL_PENDING)
            return POLL_PENDING;
        if (box->value)
            memcpy(box->value, frame + box->future.type->result_offset, box->future.type->result_size);
        else if (box->future.type->drop_result)
            box->future.type->drop_result(frame + box->future.type->result_offset);
        heap_free(box->heap, frame);
    }
    self->has_ended = true;
    return POLL_READY;
}

void boxed_drop(struct boxed *self)
{
    void *frame = self->box.future.frame;

    self->has_ended = true;
    dyn_future_drop(&self->box.future);
    heap_free(self->box.heap, frame);
}

void boxed_trace(void *self, struct tracer *tracer)
{
    dyn_future_trace(&((struct boxed *)self)->box.future, tracer);
}
