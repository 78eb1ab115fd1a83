/* SPDX-License-Identifier: MIT */
/*
 * Acquires of any size that are started, polled, dropped and released in any order, and a close, against a number and a
 * list of those who wait. The model also says who must have been woken by each operation, and that nobody else was.
 */
#include "property.h"
#include "sync_test.h"

#include <tenorite/task/semaphore.h>

enum { SLOTS = 6, PERMITS = 5 };

enum stage { FREE, QUEUED, GIVEN, TOLD_OF_THE_END, HOLDING };

static struct semaphore semaphore;
static struct semaphore_acquire acquires[SLOTS];
static struct puppet puppets[SLOTS];

static enum stage stages[SLOTS];
static uint32_t counts[SLOTS];
static unsigned queue[SLOTS], waiting;
static uint32_t permits;
static bool is_closed;

static void leave_queue(unsigned slot)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < waiting; i++) {
        if (queue[i] != slot)
            queue[kept++] = queue[i];
    }
    waiting = kept;
}

static void settle(void)
{
    while (waiting && (is_closed || counts[queue[0]] <= permits)) {
        unsigned slot = queue[0];

        leave_queue(slot);
        stages[slot] = is_closed ? TOLD_OF_THE_END : GIVEN;
        if (!is_closed)
            permits -= counts[slot];
    }
}

static void start(unsigned slot, uint32_t count)
{
    bool is_served = !waiting && count <= permits;
    enum poll poll;

    counts[slot] = count;
    semaphore_acquire_init(&acquires[slot], &semaphore, count);
    poll = POLL(semaphore_acquire, &acquires[slot], &puppets[slot]);
    PROPERTY_REQUIRE(poll == (is_closed || is_served ? POLL_READY : POLL_PENDING));
    if (poll == POLL_PENDING) {
        stages[slot] = QUEUED;
        queue[waiting++] = slot;
        return;
    }
    PROPERTY_REQUIRE(acquires[slot].error == (is_closed ? SEMAPHORE_CLOSED : SEMAPHORE_OK));
    if (is_closed)
        return;
    stages[slot] = HOLDING;
    permits -= count;
}

static void release(unsigned slot)
{
    semaphore_release(&semaphore, counts[slot]);
    permits += counts[slot];
    stages[slot] = FREE;
}

static void go_on(unsigned slot)
{
    enum stage stage = stages[slot];

    if (stage == HOLDING) {
        release(slot);
        return;
    }
    PROPERTY_REQUIRE(POLL(semaphore_acquire, &acquires[slot], &puppets[slot]) ==
                     (stage == QUEUED ? POLL_PENDING : POLL_READY));
    if (stage == QUEUED)
        return;
    PROPERTY_REQUIRE(acquires[slot].error == (stage == GIVEN ? SEMAPHORE_OK : SEMAPHORE_CLOSED));
    stages[slot] = stage == GIVEN ? HOLDING : FREE;
}

static void drop(unsigned slot)
{
    if (stages[slot] == FREE || stages[slot] == HOLDING)
        return;
    semaphore_acquire_drop(&acquires[slot]);
    if (stages[slot] == GIVEN)
        permits += counts[slot];
    leave_queue(slot);
    stages[slot] = FREE;
}

static void try_it(unsigned slot, uint32_t count)
{
    bool is_served = !is_closed && !waiting && count <= permits;

    if (stages[slot])
        return;
    PROPERTY_REQUIRE(semaphore_try_acquire(&semaphore, count) == (is_closed   ? SEMAPHORE_CLOSED
                                                                  : is_served ? SEMAPHORE_OK
                                                                              : SEMAPHORE_NOT_ENOUGH));
    if (!is_served)
        return;
    counts[slot] = count;
    stages[slot] = HOLDING;
    permits -= count;
}

static void expect_wakes(const enum stage *before)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        bool is_due = before[i] == QUEUED && stages[i] != QUEUED;

        if (puppet_was_woken(&puppets[i]) != is_due)
            property_fail("%u was%s woken", i, is_due ? " not" : "");
    }
}

enum operation { GO_ON, DROP, TRY, CLOSE };

static void operate(struct draws *draws)
{
    static const unsigned weights[] = {20, 5, 4, 1};
    static const char *const names[] = {"go on with", "drop", "try", "close"};
    enum operation operation = draw_weighted(draws, weights, COUNT_OF(weights));
    unsigned slot = (unsigned)draw_below(draws, SLOTS);
    uint32_t count = (uint32_t)draw_between(draws, 1, PERMITS);

    property_note(draws, "%s %u, %u permits\n", names[operation], slot, count);
    switch (operation) {
    case GO_ON:
        if (stages[slot])
            go_on(slot);
        else
            start(slot, count);
        break;
    case DROP:
        drop(slot);
        break;
    case TRY:
        try_it(slot, count);
        break;
    case CLOSE:
        semaphore_close(&semaphore);
        is_closed = true;
        break;
    }
}

static const char *a_semaphore_agrees_with_a_number_and_a_list(struct draws *draws)
{
    task_test_setup(NULL);
    semaphore_init(&semaphore, PERMITS, PERMITS);
    for (unsigned i = 0; i < SLOTS; i++) {
        puppet_start(&puppets[i]);
        stages[i] = FREE;
    }
    waiting = 0;
    permits = PERMITS;
    is_closed = false;
    while (draw_more(draws, 60)) {
        enum stage before[SLOTS];

        operate(draws);
        memcpy(before, stages, sizeof(before));
        settle();
        expect_wakes(before);
        PROPERTY_REQUIRE(semaphore.permits == permits);
    }
    for (unsigned i = 0; i < SLOTS; i++) {
        drop(i);
        if (stages[i] == HOLDING)
            release(i);
    }
    PROPERTY_REQUIRE(semaphore.permits == PERMITS);
    PROPERTY_REQUIRE(!wait_queue_first(&semaphore.waiters));
    task_test_teardown(NULL);
    return NULL;
}

int main(int count, char **arguments)
{
    const struct property properties[] = {PROPERTY(a_semaphore_agrees_with_a_number_and_a_list, 20000)};

    return property_main(count, arguments, properties, COUNT_OF(properties));
}
