/* SPDX-License-Identifier: MIT */
/* gcc: assignment of read-only location */
/* clang: cannot assign to lvalue with (nested )?const-qualified data member */
#include <tenorite/task/executor.h>

void restart(struct executor *executor, struct heap *heap);
void restart(struct executor *executor, struct heap *heap)
{
#ifdef MISUSE
    static struct executor fresh;
    executor_init(&fresh, heap);
    *executor = fresh;
#else
    executor_init(executor, heap);
#endif
}
