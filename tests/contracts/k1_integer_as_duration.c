/* SPDX-License-Identifier: MIT */
/* gcc: incompatible type for argument 2 of .sleep_init. */
/* clang: passing .int. to parameter of incompatible type .duration. */
#include <tenorite/task/coroutine.h>
#include <tenorite/task/sleep.h>

ASYNC_FRAME(wait, struct sleep sleep;);

ASYNC(wait)
{
    ASYNC_BEGIN;
#ifdef MISUSE
    AWAIT(sleep, &self->sleep, 500);
#else
    AWAIT(sleep, &self->sleep, MILLISECONDS(500));
#endif
    ASYNC_END;
}
