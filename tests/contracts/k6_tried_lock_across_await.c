/* SPDX-License-Identifier: MIT */
/* gcc: switch jumps over variable initialization */
/* clang: cannot jump from switch statement to this case label */
#include <tenorite/lib/mutex.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/sleep.h>

static MUTEX(unsigned) counter;

ASYNC_FRAME(count, struct sleep sleep;);

ASYNC(count)
{
    ASYNC_BEGIN;
#ifdef MISUSE
    WITH_TRY_LOCK(&counter, value) {
        ++*value;
        AWAIT(sleep, &self->sleep, MILLISECONDS(1));
    }
#else
    WITH_TRY_LOCK(&counter, value) {
        ++*value;
    }
    AWAIT(sleep, &self->sleep, MILLISECONDS(1));
#endif
    ASYNC_END;
}
