/* SPDX-License-Identifier: MIT */
#include <tenorite/app/command_job.h>

void command_job_init(struct command_job *self, const struct command_environment *environment, struct console *output,
                      const char *line)
{
    coroutine_init(&self->coroutine);
    self->environment = environment;
    self->output = output;
    self->line = line;
}

static bool print_rest(struct command_job *self)
{
    return self->rest.print != NULL && self->rest.print(&self->rest, self->output);
}

ASYNC(command_job)
{
    ASYNC_BEGIN;
    command_execute(self->environment, self->output, self->line, &self->rest);
    AWAIT(sleep, &self->sleep, self->rest.pause);
    while (print_rest(self))
        AWAIT(yield, &self->yield);
    ASYNC_END;
}
