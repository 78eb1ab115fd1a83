/* SPDX-License-Identifier: MIT */
/* gcc: switch jumps over variable initialization */
/* clang: variable .i. (may be|is) (used )?uninitialized */
#include <tenorite/task/generator.h>

GENERATOR_FRAME(unsigned, count, unsigned i;);

GENERATOR(count)
{
    ASYNC_BEGIN;
#ifdef MISUSE
    for (unsigned i = 0; i < 5; i++)
        YIELD(i);
#else
    for (self->i = 0; self->i < 5; self->i++)
        YIELD(self->i);
#endif
    ASYNC_END;
}
