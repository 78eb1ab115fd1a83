/* SPDX-License-Identifier: MIT */
/* gcc: AWAIT_TRY: self->error is of another type than the error of the child */
/* clang: AWAIT_TRY: self->error is of another type than the error of the child */
#include <tenorite/task/coroutine.h>
#include <tenorite/task/join.h>

enum fetch_error { FETCH_OK, FETCH_FAILED };

#ifdef MISUSE
#define ERROR enum fetch_error
#else
#define ERROR enum join_error
#endif

ASYNC_FRAME(fetch, ERROR error; struct task_handle task; struct join join;);

ASYNC(fetch)
{
    ASYNC_BEGIN;
    AWAIT_TRY(join, &self->join, self->task, JOIN_NOTHING);
    ASYNC_END;
}
