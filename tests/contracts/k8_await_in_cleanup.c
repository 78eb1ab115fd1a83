/* SPDX-License-Identifier: MIT */
/* gcc: .AWAIT_AND_ASYNC_RETURN_BELONG_BETWEEN_ASYNC_BEGIN_AND_ASYNC_CLEANUP. undeclared */
/* clang: use of undeclared identifier .AWAIT_AND_ASYNC_RETURN_BELONG_BETWEEN_ASYNC_BEGIN_AND_ASYNC_CLEANUP. */
#include <tenorite/task/coroutine.h>
#include <tenorite/task/sleep.h>

ASYNC_FRAME(wait, struct sleep sleep; unsigned cleanups;);

ASYNC(wait)
{
    ASYNC_BEGIN;
#ifndef MISUSE
    AWAIT(sleep, &self->sleep, MILLISECONDS(1));
#endif
    ASYNC_CLEANUP;
    self->cleanups++;
#ifdef MISUSE
    AWAIT(sleep, &self->sleep, MILLISECONDS(1));
#endif
    ASYNC_END;
}
