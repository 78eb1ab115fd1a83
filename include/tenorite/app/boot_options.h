/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* Applies the options on the kernel's command line that concern printing: log= and console= (docs/tour.md). What is wrong
 * is said in the log, and left as it was. Early boot, once the consoles are registered. */
void boot_options_apply(const char *command_line);
