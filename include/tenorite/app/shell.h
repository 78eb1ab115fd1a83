/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/app/commands.h>
#include <tenorite/app/line_editor.h>
#include <tenorite/app/terminal.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/yield.h>

/* One session of the shell, on one terminal: reads lines, runs commands, for ever. Any number of sessions may run. */
ASYNC_FRAME(shell, struct terminal *terminal; const struct command_environment *environment;
            struct line_editor editor; struct byte_read read; struct command_rest rest; struct yield yield;);

/* Terminal and environment must outlive the session. */
void shell_init(struct shell *self, struct terminal *terminal, const struct command_environment *environment);
