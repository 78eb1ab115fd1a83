/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/timer.h>
#include <tenorite/task/interval.h>

enum interval_error interval_init(struct interval *self, duration period, enum interval_lateness lateness)
{
    self->period = period;
    self->lateness = lateness;
    self->next_ns = period.ns ? clock_ns() : UINT64_MAX;
    return period.ns ? INTERVAL_OK : INTERVAL_ZERO;
}

void interval_reset(struct interval *self)
{
    if (self->period.ns)
        self->next_ns = deadline_after(clock_ns(), self->period);
}

/* The first of the ticks after `tick_ns` that is not before `now_ns`. */
static uint64_t skip(uint64_t tick_ns, uint64_t now_ns, duration period)
{
    uint64_t missed = (now_ns - tick_ns - 1) / period.ns;

    return deadline_after(tick_ns + missed * period.ns, period);
}

/* The tick after the one at `tick_ns`, which was taken at `now_ns`. */
static uint64_t tick_after(const struct interval *self, uint64_t tick_ns, uint64_t now_ns)
{
    uint64_t next_ns = deadline_after(tick_ns, self->period);

    if (next_ns >= now_ns)
        return next_ns;
    switch (self->lateness) {
    case INTERVAL_BURST:
        return next_ns;
    case INTERVAL_DELAY:
        return deadline_after(now_ns, self->period);
    case INTERVAL_SKIP:
        return skip(tick_ns, now_ns, self->period);
    }
    __builtin_unreachable();
}

void interval_tick_init(struct interval_tick *self, struct interval *interval)
{
    self->interval = interval;
    sleep_until_init(&self->sleep, interval->next_ns);
}

enum poll interval_tick_poll(struct interval_tick *self, struct context *context)
{
    if (sleep_until_poll(&self->sleep, context) == POLL_PENDING)
        return POLL_PENDING;
    self->result = self->sleep.time_ns;
    self->interval->next_ns = tick_after(self->interval, self->result, clock_ns());
    return POLL_READY;
}

void interval_tick_drop(struct interval_tick *self)
{
    sleep_until_drop(&self->sleep);
}
