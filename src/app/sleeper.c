/* SPDX-License-Identifier: MIT */
#include <tenorite/app/sleeper.h>

enum { SLEEPER_ROUNDS = 3 };

void sleeper_init(struct sleeper *self, struct console *output, unsigned number, duration pause)
{
    coroutine_init(&self->coroutine);
    self->output = output;
    self->number = number;
    self->pause = pause;
    self->round = 0;
}

ASYNC(sleeper)
{
    ASYNC_BEGIN;
    for (self->round = 1; self->round <= SLEEPER_ROUNDS; self->round++) {
        AWAIT(sleep, &self->sleep, self->pause);
        console_start_line_on(self->output); /* the shell's prompt may stand there */
        console_printf(self->output, "sleeper %u: round %u of %d\n", self->number, self->round, SLEEPER_ROUNDS);
    }
    ASYNC_END;
}
