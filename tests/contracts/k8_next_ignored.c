/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of .*next */
/* clang: ignoring return value of function declared with .nodiscard. attribute */
#include <tenorite/task/generator.h>

GENERATOR_FRAME(unsigned, count, unsigned i;);

unsigned second(struct count *count);
unsigned second(struct count *count)
{
#ifdef MISUSE
    count_resume(count);
#else
    if (count_resume(count) == NEXT_END)
        return 0;
#endif
    return count_resume(count) == NEXT_ITEM ? count->item : 0;
}
