/* SPDX-License-Identifier: MIT */
#include "property.h"

#include <tenorite/task/timers.h>

/*
 * The timer queue against a list of what waits, which is searched afresh for the earliest each time. The time starts
 * near a power of 64 or near 2^64, where places in the wheel change. The linker puts __wrap_waker_wake() in place of
 * waker_wake() (--wrap): a timer's waker is its number, counted from 1.
 */
enum { TIMERS = 12, CASES = 6000 };

struct waiting {
    unsigned timer;
    uint64_t deadline_ns;
};

static struct timer_queue queue;
static struct timer timers[TIMERS];
static struct waiting model[TIMERS]; /* in the order of insertion */
static size_t model_count;
static uint64_t now_ns;
static unsigned fired[TIMERS + 1];
static size_t fired_count;

void __wrap_waker_wake(struct waker waker);

void __wrap_waker_wake(struct waker waker)
{
    PROPERTY_REQUIRE(fired_count < COUNT_OF(fired));
    fired[fired_count++] = (unsigned)waker.bits - 1;
}

static uint64_t power_of_64(unsigned exponent)
{
    return exponent * 6 < 64 ? 1ull << exponent * 6 : 0;
}

/* Up to two away from a power of 64; 2^64, which is 0, among them. */
static uint64_t draw_near_power(struct draws *draws)
{
    return power_of_64((unsigned)draw_between(draws, 0, 11)) + (uint64_t)draw_signed(draws, -2, 2);
}

static uint64_t add_saturating(uint64_t time_ns, uint64_t span_ns)
{
    return time_ns + span_ns < time_ns ? UINT64_MAX : time_ns + span_ns;
}

static uint64_t draw_span(struct draws *draws)
{
    switch (draw_below(draws, 4)) {
    case 0:
        return draw_between(draws, 0, 3);
    case 1:
        return draw_near_power(draws);
    case 2:
        return draw_below(draws, 300000);
    default:
        return draw_below(draws, UINT64_MAX) >> draw_below(draws, 64);
    }
}

static void model_remove_at(size_t at)
{
    for (model_count--; at < model_count; at++)
        model[at] = model[at + 1];
}

static void model_remove(unsigned timer)
{
    for (size_t at = 0; at < model_count; at++)
        if (model[at].timer == timer)
            model_remove_at(at);
}

/* Where the earliest stands in the model, the first of equal ones; model_count: nothing will ever be due. */
static size_t model_first(void)
{
    size_t first = model_count;

    for (size_t at = 0; at < model_count; at++)
        if (model[at].deadline_ns != UINT64_MAX &&
            (first == model_count || model[at].deadline_ns < model[first].deadline_ns))
            first = at;
    return first;
}

/* What is late already counts as due at the time that the queue has reached. */
static void insert(unsigned timer, uint64_t deadline_ns)
{
    timer_queue_insert(&queue, &timers[timer], deadline_ns, (struct waker){timer + 1});
    if (deadline_ns < queue.elapsed_ns)
        deadline_ns = queue.elapsed_ns;
    model[model_count++] = (struct waiting){timer, deadline_ns};
}

static void start_or_stop(struct draws *draws)
{
    unsigned timer = (unsigned)draw_below(draws, TIMERS);

    if (timer_is_waiting(&timers[timer])) {
        property_note(draws, "stop %u\n", timer);
        timer_remove(&timers[timer]);
        model_remove(timer);
    } else {
        uint64_t span = draw_span(draws);
        uint64_t deadline_ns =
            draw_rarely(draws, 8) ? now_ns - (span < now_ns ? span : now_ns) : add_saturating(now_ns, span);

        property_note(draws, "start %u: %#llx\n", timer, (unsigned long long)deadline_ns);
        insert(timer, deadline_ns);
    }
}

static void expire(size_t limit)
{
    uint64_t elapsed_before = queue.elapsed_ns;
    size_t expected = 0, first;

    fired_count = 0;
    PROPERTY_REQUIRE(timer_queue_expire(&queue, now_ns, limit) == fired_count);
    while (expected < limit && (first = model_first()) < model_count && model[first].deadline_ns <= now_ns) {
        PROPERTY_REQUIRE(expected < fired_count && fired[expected] == model[first].timer);
        PROPERTY_REQUIRE(!timer_is_waiting(&timers[model[first].timer]));
        model_remove_at(first);
        expected++;
    }
    PROPERTY_REQUIRE(fired_count == expected);
    PROPERTY_REQUIRE(fired_count == limit || !timer_queue_is_due(&queue, now_ns));
    PROPERTY_REQUIRE(queue.elapsed_ns >= elapsed_before && queue.elapsed_ns <= now_ns);
}

static void advance(struct draws *draws)
{
    size_t limit = draw_bool(draws) ? (size_t)draw_between(draws, 1, 3) : TIMERS;

    now_ns = add_saturating(now_ns, draw_span(draws));
    property_note(draws, "at %#llx fire at most %zu\n", (unsigned long long)now_ns, limit);
    expire(limit);
}

static void check_next_deadline(void)
{
    size_t first = model_first();
    uint64_t next_ns = timer_queue_next_deadline(&queue);

    PROPERTY_REQUIRE(first == model_count || next_ns <= model[first].deadline_ns);
    PROPERTY_REQUIRE(model_count || next_ns == UINT64_MAX);
    PROPERTY_REQUIRE(queue.count == model_count);
}

/* Brings the queue, and not the clock alone, to its start. */
static void begin(struct draws *draws)
{
    timer_queue_init(&queue);
    for (unsigned i = 0; i < TIMERS; i++)
        timers[i].queue = NULL;
    model_count = 0;
    now_ns = draw_near_power(draws);
    property_note(draws, "from %#llx\n", (unsigned long long)now_ns);
    if (draw_bool(draws) || now_ns == UINT64_MAX)
        return;
    insert(0, now_ns);
    expire(TIMERS);
    PROPERTY_REQUIRE(queue.elapsed_ns == now_ns);
}

static const char *timers_fire_as_a_sorted_list_would(struct draws *draws)
{
    begin(draws);
    while (draw_more(draws, 30)) {
        if (draw_below(draws, 3))
            start_or_stop(draws);
        else
            advance(draws);
        timer_queue_check(&queue);
        check_next_deadline();
    }
    return NULL;
}

/* Without removals the earliest deadline is exact: no look at the clock is for nothing. */
static const char *the_next_deadline_is_exact_unless_timers_were_removed(struct draws *draws)
{
    begin(draws);
    while (draw_more(draws, 30)) {
        unsigned timer = (unsigned)draw_below(draws, TIMERS);
        size_t first;

        if (!timer_is_waiting(&timers[timer]))
            insert(timer, add_saturating(now_ns, draw_span(draws)));
        else
            advance(draws);
        first = model_first();
        PROPERTY_REQUIRE(timer_queue_next_deadline(&queue) ==
                         (first < model_count ? model[first].deadline_ns : UINT64_MAX));
    }
    return NULL;
}

int main(int count, char **arguments)
{
    const struct property properties[] = {
        PROPERTY(timers_fire_as_a_sorted_list_would, CASES),
        PROPERTY(the_next_deadline_is_exact_unless_timers_were_removed, CASES),
    };
    return property_main(count, arguments, properties, COUNT_OF(properties));
}
