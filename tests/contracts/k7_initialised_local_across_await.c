/* SPDX-License-Identifier: MIT */
/* gcc: switch jumps over variable initialization */
/* clang: variable .level. (may be|is used) uninitialized */
#include <tenorite/task/coroutine.h>
#include <tenorite/task/sleep.h>

unsigned measure(void);
void report(unsigned level);

ASYNC_FRAME(observe, struct sleep sleep; unsigned level;);

ASYNC(observe)
{
    ASYNC_BEGIN;
#ifdef MISUSE
    unsigned level = measure();
    AWAIT(sleep, &self->sleep, MILLISECONDS(1));
    report(level);
#else
    self->level = measure();
    AWAIT(sleep, &self->sleep, MILLISECONDS(1));
    unsigned level = self->level;
    report(level);
#endif
    ASYNC_END;
}
