/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/console.h>
#include <tenorite/lib/printk.h>
#include <tenorite/mm/address_space.h>
#include <tenorite/mm/mapped_ranges.h>
#include <tenorite/task/duration.h>
#include <tenorite/task/executor.h>

struct boot_info;
struct frames;
struct heap;

/* What the shell's commands work on. */
struct command_environment {
    struct executor *executor;
    struct heap *heap;
    struct frames *frames;
    const struct address_space *space;
    const struct boot_info *boot_info;
};

/* What a command has yet to do: a long answer comes in portions, between which other tasks run. `print` prints the
 * next one and tells whether there may be more; NULL: nothing is left. The other fields are the command's own. */
struct command_rest {
    duration pause; /* passes before the answer goes on */
    bool (*print)(struct command_rest *rest, struct console *output);
    union {
        struct printk_history history; /* dmesg */
        struct {                       /* hwreport */
            const struct command_environment *environment;
            unsigned next_part;
        };
        struct { /* tasks */
            const struct executor *executor;
            struct task_cursor cursor;
        };
        struct { /* maps */
            struct mapped_ranges ranges;
            unsigned next_range, end_range;
        };
    };
};

/* Runs one command line, prints its answer on `output`. An empty line does nothing; a line that is no command, or has
 * wrong arguments, is answered with what is wrong. Task context; some commands end the machine. The caller goes on to
 * do *rest. */
void command_execute(const struct command_environment *environment, struct console *output, const char *line,
                     struct command_rest *rest);
