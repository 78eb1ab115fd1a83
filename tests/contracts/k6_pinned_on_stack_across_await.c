/* SPDX-License-Identifier: MIT */
/* gcc: switch jumps over variable initialization */
/* clang: cannot jump from switch statement to this case label */
#include <tenorite/task/coroutine.h>
#include <tenorite/task/pinned.h>
#include <tenorite/task/yield.h>

ASYNC_FRAME(look, struct yield yield;);

ASYNC(look)
{
    ASYNC_BEGIN;
    {
        PIN_ON_STACK(yield, other);
        if (pinned_poll(&other, context) == POLL_READY)
            ASYNC_RETURN;
#ifdef MISUSE
        AWAIT(yield, &self->yield);
#endif
    }
    AWAIT(yield, &self->yield);
    ASYNC_END;
}
