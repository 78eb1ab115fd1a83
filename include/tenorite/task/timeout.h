/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/dyn_future.h>
#include <tenorite/task/sleep.h>

/*
 * AWAIT(timeout, &self->timeout, SECONDS(1), START(byte_read, &self->read, &keys)): waits for a future of any type, a
 * second from the first poll on, no longer. If the time is up first, the future is dropped and self->timeout.error is
 * TIMEOUT_ELAPSED; otherwise it is TIMEOUT_OK and the result is in self->read. A future that is ready at the deadline,
 * or later but before anybody looked, wins. A future that has always something to do does not keep the time from being
 * up. FOR_EVER waits without end; zero polls the future once.
 *
 * Dropping the timeout drops the future. A poll after completion panics. Cost: that of a sleep, and an indirect call.
 */
enum NODISCARD timeout_error { TIMEOUT_OK, TIMEOUT_ELAPSED };

struct timeout {
    struct pin pin;
    struct sleep sleep;
    struct dyn_future future;
    enum timeout_error error;
};

void timeout_init(struct timeout *self, duration length, struct dyn_future future);
enum poll timeout_poll(struct timeout *self, struct context *context);
void timeout_drop(struct timeout *self);
void timeout_trace(void *self, struct tracer *tracer);
FUTURE_TYPE(timeout, .trace = timeout_trace);
