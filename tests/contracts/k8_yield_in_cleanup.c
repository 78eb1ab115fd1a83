/* SPDX-License-Identifier: MIT */
/* gcc: .AWAIT_AND_ASYNC_RETURN_BELONG_BETWEEN_ASYNC_BEGIN_AND_ASYNC_CLEANUP. undeclared */
/* clang: undeclared identifier 'AWAIT_AND_ASYNC_RETURN_BELONG_BETWEEN_ASYNC_BEGIN_AND_ASYNC_CLEANUP' */
#include <tenorite/task/generator.h>

GENERATOR_FRAME(unsigned, count, unsigned cleanups;);

GENERATOR(count)
{
    ASYNC_BEGIN;
    YIELD(1);
    ASYNC_CLEANUP;
    self->cleanups++;
#ifdef MISUSE
    YIELD(2);
#endif
    ASYNC_END;
}
