/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/app/commands.h>

/* `log` shows the log's filter, `log FILTER` sets it. */
void run_log(const struct command_environment *environment, struct console *output, const char *arguments);

/* `dmesg` prints what is left of the log, `dmesg LEVEL` what is as bad as LEVEL or worse. */
void begin_dmesg(const struct command_environment *environment, struct console *output, const char *arguments,
                 struct command_rest *rest);
