/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of .executor_block_on. declared with attribute .nodiscard.|ignoring return value of type .enum spawn_error. */
/* clang: ignoring return value of function declared with .nodiscard. attribute */
#include <tenorite/task/executor.h>
#include <tenorite/task/sleep.h>

bool wait(struct executor *executor);
bool wait(struct executor *executor)
{
    struct sleep frame;

#ifdef MISUSE
    BLOCK_ON(executor, sleep, &frame, MILLISECONDS(1));
    return true;
#else
    return BLOCK_ON(executor, sleep, &frame, MILLISECONDS(1)) == SPAWN_OK;
#endif
}
