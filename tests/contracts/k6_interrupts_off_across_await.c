/* SPDX-License-Identifier: MIT */
/* gcc: switch jumps over variable initialization */
/* clang: cannot jump from switch statement to this case label */
#include <tenorite/arch/interrupts.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/sleep.h>

ASYNC_FRAME(count, struct sleep sleep; unsigned value;);

ASYNC(count)
{
    ASYNC_BEGIN;
#ifdef MISUSE
    WITHOUT_INTERRUPTS {
        self->value++;
        AWAIT(sleep, &self->sleep, MILLISECONDS(1));
    }
#else
    WITHOUT_INTERRUPTS {
        self->value++;
    }
    AWAIT(sleep, &self->sleep, MILLISECONDS(1));
#endif
    ASYNC_END;
}
