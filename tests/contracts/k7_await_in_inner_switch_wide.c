/* SPDX-License-Identifier: MIT */
/* gcc: duplicate case value */
/* clang: duplicate case value */
#include <tenorite/task/coroutine.h>
#include <tenorite/task/sleep.h>

ASYNC_FRAME(choose, struct sleep sleep; unsigned long long choice;);

ASYNC(choose)
{
    ASYNC_BEGIN;
#ifdef MISUSE
    switch (self->choice) {
    case 0:
        AWAIT(sleep, &self->sleep, MILLISECONDS(1));
        break;
    default:
        break;
    }
#else
    if (self->choice == 0)
        AWAIT(sleep, &self->sleep, MILLISECONDS(1));
#endif
    ASYNC_END;
}
