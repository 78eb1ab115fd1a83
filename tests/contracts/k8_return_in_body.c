/* SPDX-License-Identifier: MIT */
/* gcc: no .return. in a coroutine: ASYNC_RETURN goes to the cleanup section */
/* clang: no .return. in a coroutine: ASYNC_RETURN goes to the cleanup section */
#include <tenorite/task/coroutine.h>
#include <tenorite/task/sleep.h>

ASYNC_FRAME(wait, struct sleep sleep; unsigned times; unsigned cleanups;);

ASYNC(wait)
{
    ASYNC_BEGIN;
    while (self->times--) {
        AWAIT(sleep, &self->sleep, MILLISECONDS(1));
        if (self->cleanups)
#ifdef MISUSE
            return POLL_READY;
#else
            ASYNC_RETURN;
#endif
    }
    ASYNC_CLEANUP;
    self->cleanups++;
    ASYNC_END;
}
