/* SPDX-License-Identifier: MIT */
/* gcc: FUTURES: the array has as many entries as there are futures */
/* clang: FUTURES: the array has as many entries as there are futures */
#include <tenorite/task/boxed.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/select.h>
#include <tenorite/task/sleep.h>

ASYNC_FRAME(wait, struct heap *heap; struct sleep sleep; struct boxed box; struct dyn_future both[2];
            struct race race;);

ASYNC(wait)
{
    ASYNC_BEGIN;
#ifdef MISUSE
    AWAIT(race, &self->race, FUTURES(self->both, START(sleep, &self->sleep, MILLISECONDS(1))));
#else
    AWAIT(race, &self->race,
          FUTURES(self->both, START(sleep, &self->sleep, MILLISECONDS(1)),
                  START(boxed, &self->box, BOX(self->heap, sleep, MILLISECONDS(2)))));
#endif
    ASYNC_END;
}
