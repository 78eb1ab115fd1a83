/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/app/commands.h>

/* The commands that look at tasks, start and end them. */
void begin_tasks(const struct command_environment *environment, struct console *output, const char *arguments,
                 struct command_rest *rest);
void begin_sleep(const struct command_environment *environment, struct console *output, const char *arguments,
                 struct command_rest *rest);
void run_task(const struct command_environment *environment, struct console *output, const char *arguments);
void run_top(const struct command_environment *environment, struct console *output, const char *arguments);
void run_stats(const struct command_environment *environment, struct console *output, const char *arguments);
void run_cancel(const struct command_environment *environment, struct console *output, const char *arguments);
void run_spawn(const struct command_environment *environment, struct console *output, const char *arguments);
