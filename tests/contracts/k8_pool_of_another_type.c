/* SPDX-License-Identifier: MIT */
/* gcc: the pool is for futures of another type */
/* clang: the pool is for futures of another type */
#include <tenorite/task/sleep.h>
#include <tenorite/task/task_pool.h>
#include <tenorite/task/yield.h>

TASK_POOL(sleepers, sleep, 2);

bool start(void);
bool start(void)
{
#ifdef MISUSE
    return POOL_SPAWN(sleepers, yield, "yield").error == SPAWN_OK;
#else
    return POOL_SPAWN(sleepers, sleep, "sleep", MILLISECONDS(1)).error == SPAWN_OK;
#endif
}
