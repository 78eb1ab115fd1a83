/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/console.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/sleep.h>

/* A demonstration task: sleeps three times for `pause` and says so. */
ASYNC_FRAME(sleeper, struct console *output; unsigned number; duration pause; unsigned round; struct sleep sleep;);

void sleeper_init(struct sleeper *self, struct console *output, unsigned number, duration pause);
