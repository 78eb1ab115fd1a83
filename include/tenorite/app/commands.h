/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/console.h>

struct boot_info;
struct executor;
struct frames;
struct heap;

/* What the shell's commands work on. */
struct command_environment {
    struct executor *executor;
    struct heap *heap;
    struct frames *frames;
    const struct boot_info *boot_info;
};

/* What is left of a long answer: it is printed in parts, so that other tasks run in between. All zero: nothing. */
struct command_rest {
    bool (*print_part)(const struct command_environment *environment, struct console *output, unsigned part);
    unsigned next_part;
};

/* Runs one command line, prints its answer, or returns what command_continue() is to print of it, on `output`. An empty
 * line does nothing; a line that is no command, or has wrong arguments, is answered with what is wrong. Task context; some
 * commands end the machine. */
struct command_rest command_execute(const struct command_environment *environment, struct console *output,
                                    const char *line) MUST_CHECK;

/* Prints the next part of an answer; false when nothing was left. Task context. */
bool command_continue(struct command_rest *rest, const struct command_environment *environment,
                      struct console *output) MUST_CHECK;
