/* SPDX-License-Identifier: MIT */
/* gcc: assignment of read-only location '\*to' */
/* clang: cannot assign to lvalue with nested const-qualified data member 'cannot_be_assigned' */
#include <tenorite/task/pin.h>
#include <tenorite/task/ready.h>
#include <tenorite/task/sleep.h>

/* Waits for nothing, or for a moment. */
struct moment {
    struct pending pending;
    struct sleep sleep;
};

enum poll moment_poll(struct moment *self, struct context *context);
void moment_drop(struct moment *self);
#ifdef MISUSE
MOVABLE_FUTURE_TYPE(moment);
#else
FUTURE_TYPE(moment);
#endif
