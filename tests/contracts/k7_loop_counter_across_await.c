/* SPDX-License-Identifier: MIT */
/* gcc: switch jumps over variable initialization */
/* clang: variable .i. (may be|is used) uninitialized */
#include <tenorite/task/coroutine.h>
#include <tenorite/task/sleep.h>

ASYNC_FRAME(repeat, struct sleep sleep; unsigned i;);

ASYNC(repeat)
{
    ASYNC_BEGIN;
#ifdef MISUSE
    for (unsigned i = 0; i < 3; i++)
#else
    for (self->i = 0; self->i < 3; self->i++)
#endif
        AWAIT(sleep, &self->sleep, MILLISECONDS(1));
    ASYNC_END;
}
