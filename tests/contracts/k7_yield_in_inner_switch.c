/* SPDX-License-Identifier: MIT */
/* gcc: duplicate case value */
/* clang: duplicate case value */
#include <tenorite/task/generator.h>

GENERATOR_FRAME(unsigned, choose, int choice;);

GENERATOR(choose)
{
    ASYNC_BEGIN;
#ifdef MISUSE
    switch (self->choice) {
    case 0:
        YIELD(1);
        break;
    default:
        break;
    }
#else
    if (self->choice == 0)
        YIELD(1);
#endif
    ASYNC_END;
}
