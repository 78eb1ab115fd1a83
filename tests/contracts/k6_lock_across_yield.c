/* SPDX-License-Identifier: MIT */
/* gcc: switch jumps over variable initialization */
/* clang: cannot jump from switch statement to this case label */
#include <tenorite/lib/mutex.h>
#include <tenorite/task/generator.h>

static MUTEX(unsigned) counter;

GENERATOR_FRAME(unsigned, count, unsigned value;);

GENERATOR(count)
{
    ASYNC_BEGIN;
#ifdef MISUSE
    WITH_LOCK(&counter, value) {
        ++*value;
        YIELD(*value);
    }
#else
    WITH_LOCK(&counter, value) {
        self->value = ++*value;
    }
    YIELD(self->value);
#endif
    ASYNC_END;
}
