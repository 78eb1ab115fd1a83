/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/console.h>

struct executor;
struct frames;
struct heap;

/* What the shell's commands work on. */
struct command_environment {
    struct executor *executor;
    struct heap *heap;
    struct frames *frames;
};

/* Runs one command line, prints its answer on `output`. An empty line does nothing; a line that is no command, or has
 * wrong arguments, is answered with what is wrong. Task context; some commands end the machine. */
void command_execute(const struct command_environment *environment, struct console *output, const char *line);
