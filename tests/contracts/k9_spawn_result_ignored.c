/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of type .struct spawn_result. */
/* clang: ignoring return value of function declared with .nodiscard. attribute */
#include <tenorite/task/executor.h>
#include <tenorite/task/sleep.h>

bool start(struct executor *executor);
bool start(struct executor *executor)
{
#ifdef MISUSE
    SPAWN(executor, sleep, "sleep", MILLISECONDS(1));
    return true;
#else
    return SPAWN(executor, sleep, "sleep", MILLISECONDS(1)).error == SPAWN_OK;
#endif
}
