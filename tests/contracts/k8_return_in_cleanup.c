/* SPDX-License-Identifier: MIT */
/* gcc: no .return. in a coroutine: ASYNC_RETURN goes to the cleanup section */
/* clang: no .return. in a coroutine: ASYNC_RETURN goes to the cleanup section */
#include <tenorite/task/coroutine.h>
#include <tenorite/task/sleep.h>

ASYNC_FRAME(wait, struct sleep sleep; unsigned cleanups;);

ASYNC(wait)
{
    ASYNC_BEGIN;
    AWAIT(sleep, &self->sleep, MILLISECONDS(1));
    ASYNC_CLEANUP;
#ifdef MISUSE
    if (self->cleanups)
        return POLL_READY;
    self->cleanups++;
#else
    if (!self->cleanups)
        self->cleanups++;
#endif
    ASYNC_END;
}
