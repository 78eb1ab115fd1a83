/* SPDX-License-Identifier: MIT */
/* gcc: .context. is deprecated: the cleanup section has no context: a drop comes without an executor and a waker */
/* clang: .context. is deprecated: the cleanup section has no context: a drop comes without an executor and a waker */
#include <tenorite/task/coroutine.h>
#include <tenorite/task/executor.h>
#include <tenorite/task/sleep.h>

ASYNC_FRAME(wait, struct executor *executor; struct sleep sleep; bool is_followed;);

ASYNC(wait)
{
    ASYNC_BEGIN;
    self->executor = context->executor;
    AWAIT(sleep, &self->sleep, MILLISECONDS(1));
    ASYNC_CLEANUP;
#ifdef MISUSE
    self->is_followed = SPAWN(context->executor, sleep, "next", MILLISECONDS(1)).error == SPAWN_OK;
#else
    if (self->executor) /* NULL, by wait_init, if the task was cancelled before its first poll */
        self->is_followed = SPAWN(self->executor, sleep, "next", MILLISECONDS(1)).error == SPAWN_OK;
#endif
    ASYNC_END;
}
