/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/app/commands.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/sleep.h>
#include <tenorite/task/yield.h>

/* A command line while it is being obeyed: lets other tasks run between the portions of a long answer. Dropping it is what
 * Ctrl-C does. */
ASYNC_FRAME(command_job, const struct command_environment *environment; struct console * output; const char *line;
            struct command_rest rest; struct sleep sleep; struct yield yield;);

/* The line must stay until the job has ended. */
void command_job_init(struct command_job *self, const struct command_environment *environment, struct console *output,
                      const char *line);
