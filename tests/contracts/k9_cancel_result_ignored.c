/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of type .enum cancel_result. */
/* clang: ignoring return value of function declared with .nodiscard. attribute */
#include <tenorite/task/executor.h>

bool stop(struct task_handle task);
bool stop(struct task_handle task)
{
#ifdef MISUSE
    executor_cancel(task);
    return true;
#else
    return executor_cancel(task) == CANCEL_REQUESTED;
#endif
}
