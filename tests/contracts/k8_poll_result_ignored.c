/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of .*poll */
/* clang: ignoring return value of function declared with .nodiscard. attribute */
#include <tenorite/task/sleep.h>

void poke(struct sleep *sleep, struct context *context);
void poke(struct sleep *sleep, struct context *context)
{
#ifdef MISUSE
    sleep_poll(sleep, context);
#else
    if (sleep_poll(sleep, context) == POLL_READY)
        sleep_init(sleep, MILLISECONDS(1));
#endif
}
