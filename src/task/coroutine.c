/* SPDX-License-Identifier: MIT */
#include <tenorite/task/coroutine.h>

enum poll coroutine_poll_ended(struct coroutine *self, const struct context *context, const char *function)
{
    ASSERT(coroutine_has_ended(self), "%s: no resume point %u: the frame was not initialised, or was overwritten",
           function, self->resume);
    ASSERT(context->request != CONTEXT_POLL, "%s: polled after completion", function);
    return POLL_READY;
}

void coroutine_panic_moved(const struct coroutine *self, const char *function)
{
    panic("%s: the frame at %p was first polled at %p: a future must not move after its first poll", function,
          (const void *)self, *self->first_address);
}
