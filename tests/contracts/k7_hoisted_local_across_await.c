/* SPDX-License-Identifier: MIT */
/* gcc: .level. may be used uninitialized */
/* clang: variable .level. (may be|is used) uninitialized */
#include <tenorite/task/coroutine.h>
#include <tenorite/task/sleep.h>

unsigned measure(void);
void report(unsigned level);

ASYNC_FRAME(observe, struct sleep sleep;);

ASYNC(observe)
{
    unsigned level;

    ASYNC_BEGIN;
#ifdef MISUSE
    level = measure();
    AWAIT(sleep, &self->sleep, MILLISECONDS(1));
#else
    AWAIT(sleep, &self->sleep, MILLISECONDS(1));
    level = measure();
#endif
    report(level);
    ASYNC_END;
}
