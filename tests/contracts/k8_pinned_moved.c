/* SPDX-License-Identifier: MIT */
/* gcc: implicit declaration of function .sleep_move. */
/* clang: implicit declaration of function 'sleep_move' */
#include <tenorite/task/boxed.h>
#include <tenorite/task/sleep.h>

struct pair {
    struct sleep sleep;
    struct boxed boxed;
};

void move(struct pair *to, struct pair *from);
void move(struct pair *to, struct pair *from)
{
#ifdef MISUSE
    sleep_move(&to->sleep, &from->sleep);
#endif
    boxed_move(&to->boxed, &from->boxed);
}
