/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/app/command_job.h>
#include <tenorite/app/line_editor.h>
#include <tenorite/app/terminal.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/select.h>

/* One session of the shell, on one terminal: reads lines, runs commands, for ever; Ctrl-C
 * ends the command that runs. Any number of sessions may run. */
ASYNC_FRAME(shell, struct terminal *terminal; const struct command_environment *environment;
            struct line_editor editor; struct terminal_read read; struct command_job job;
            struct terminal_interrupt interrupt; struct dyn_future branches[2]; struct race race;);

/* Terminal and environment must outlive the session. */
void shell_init(struct shell *self, struct terminal *terminal, const struct command_environment *environment);
