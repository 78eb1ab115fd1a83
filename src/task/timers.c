/* SPDX-License-Identifier: MIT */
/*
 * The timer queue: a hierarchical timing wheel over whole nanoseconds, which is a radix heap with digits of 6 bits.
 *
 * A deadline is a number of eleven digits to the base 64. Where a timer stands follows from its deadline and from
 * `elapsed`, the time the queue has reached: its level is the highest digit in which the two differ (0 if they are
 * equal), its slot in that level is the deadline's digit there.
 *
 *      elapsed = 3 1 5      deadline 3 1 7  ->  level 0, slot 7      64 slots of 1 ns
 *                           deadline 3 2 0  ->  level 1, slot 2      64 slots of 64 ns
 *                           deadline 4 0 0  ->  level 2, slot 4      64 slots of 4096 ns
 *
 * All of a lower level is earlier than all of a higher one, and in a level the slots stand in the order of time. So the
 * first occupied slot of the lowest occupied level holds the earliest deadline; two bit scans find it. Once that slot
 * is due, `elapsed` is set to its least deadline: its timers that are due then fire, the others, which now have a digit
 * more in common with `elapsed`, move to lower levels. The timers of other slots stay where they are: they still
 * differ from `elapsed` first in the same digit. Nothing is rounded, nothing wraps.
 *
 * `least` of a slot is not corrected when a timer is removed. It may then be too early, and costs one look at the clock
 * for nothing; but thanks to it the CPU is not woken for timers to change their level.
 *
 * Invariants (timer_queue_check verifies them)
 *   T1  a timer stands in the slot that follows from `elapsed` and its deadline
 *   T2  a timer's `queue` is set exactly while it is in one of that queue's slots, and `count` is their number
 *   T3  every neighbour's link points back
 *   T4  elapsed <= least of a slot <= every deadline in it
 *   T5  a bit of `occupied` is set exactly if the slot has a timer, a bit of `levels` if the level has
 *   T6  next_ns is the least of the first slot, UINT64_MAX without timers
 *   T7  timers with equal deadlines stand in the order of insertion: they always share a slot, and moving keeps order
 *
 * UINT64_MAX is never reached: such a timer only waits for its removal.
 *
 * References: G. Varghese and T. Lauck, "Hashed and Hierarchical Timing Wheels" (1987), scheme 7; R. Ahuja et al.,
 * "Faster Algorithms for the Shortest Path Problem" (1990), for the radix heap.
 */
#include <tenorite/lib/panic.h>
#include <tenorite/lib/text.h>
#include <tenorite/task/timers.h>

struct place {
    unsigned level;
    unsigned index;
};

void timer_queue_init(struct timer_queue *queue)
{
    memset(queue, 0, sizeof(*queue));
    queue->next_ns = UINT64_MAX;
}

ALWAYS_INLINE struct timer *timer_of(struct timer_link *link)
{
    return CONTAINER_OF(link, struct timer, link);
}

ALWAYS_INLINE struct place place_of(const struct timer_queue *queue, uint64_t deadline_ns)
{
    unsigned highest_bit = 63 - (unsigned)__builtin_clzll((queue->elapsed_ns ^ deadline_ns) | 1);
    unsigned level = highest_bit / TIMER_DIGIT_BITS;

    return (struct place){level, deadline_ns >> (level * TIMER_DIGIT_BITS) & (TIMER_SLOTS - 1)};
}

/* The slot with the earliest deadline. There is at least one timer. */
ALWAYS_INLINE struct place first_place(const struct timer_queue *queue)
{
    unsigned level = (unsigned)__builtin_ctz(queue->levels);

    return (struct place){level, (unsigned)__builtin_ctzll(queue->occupied[level])};
}

ALWAYS_INLINE uint64_t earliest(const struct timer_queue *queue)
{
    struct place place;

    if (!queue->levels)
        return UINT64_MAX;
    place = first_place(queue);
    return queue->slots[place.level][place.index].least_ns;
}

ALWAYS_INLINE void mark_occupied(struct timer_queue *queue, struct place place)
{
    queue->occupied[place.level] |= 1ull << place.index;
    queue->levels |= 1u << place.level;
}

ALWAYS_INLINE void mark_empty(struct timer_queue *queue, struct place place)
{
    queue->occupied[place.level] &= ~(1ull << place.index);
    if (!queue->occupied[place.level])
        queue->levels &= ~(1u << place.level);
}

/* Puts a timer with a deadline behind those of its slot. */
ALWAYS_INLINE void append(struct timer_queue *queue, struct timer *timer)
{
    struct place place = place_of(queue, timer->deadline_ns);
    struct timer_slot *slot = &queue->slots[place.level][place.index];

    if (!(queue->occupied[place.level] >> place.index & 1)) {
        slot->ends = (struct timer_link){&slot->ends, &slot->ends};
        slot->least_ns = timer->deadline_ns;
        mark_occupied(queue, place);
    } else if (timer->deadline_ns < slot->least_ns) {
        slot->least_ns = timer->deadline_ns;
    }
    timer->link = (struct timer_link){&slot->ends, slot->ends.previous};
    slot->ends.previous->next = &timer->link;
    slot->ends.previous = &timer->link;
}

void timer_queue_insert(struct timer_queue *queue, struct timer *timer, uint64_t deadline_ns, struct waker waker)
{
    ASSERT(!timer_is_waiting(timer), "timer %p already waits", (void *)timer);
    timer->queue = queue;
    timer->deadline_ns = deadline_ns < queue->elapsed_ns ? queue->elapsed_ns : deadline_ns;
    timer->waker = waker;
    queue->count++;
    append(queue, timer);
    if (timer->deadline_ns < queue->next_ns)
        queue->next_ns = timer->deadline_ns;
}

void timer_remove(struct timer *timer)
{
    struct timer_queue *queue = timer->queue;
    struct timer_link *next = timer->link.next, *previous = timer->link.previous;

    if (!queue)
        return;
    ASSERT(next->previous == &timer->link && previous->next == &timer->link, "T3: timer %p has moved", (void *)timer);
    next->previous = previous;
    previous->next = next;
    if (next == previous) { /* it is the slot, and nothing is left in it */
        mark_empty(queue, place_of(queue, timer->deadline_ns));
        queue->next_ns = earliest(queue);
    }
    timer->queue = NULL;
    queue->count--;
}

ALWAYS_INLINE void fire(struct timer_queue *queue, struct timer *timer)
{
    timer->queue = NULL;
    queue->count--;
    waker_wake(timer->waker);
}

/* Wakes at most `limit` of a slot of level 0: all its deadlines are equal. */
static size_t fire_slot(struct timer_queue *queue, struct place place, size_t limit)
{
    struct timer_slot *slot = &queue->slots[0][place.index];
    struct timer_link *link = slot->ends.next;
    size_t fired = 0;

    for (; link != &slot->ends && fired < limit; fired++) {
        struct timer *timer = timer_of(link);

        link = link->next;
        fire(queue, timer);
    }
    slot->ends.next = link;
    link->previous = &slot->ends;
    if (link == &slot->ends)
        mark_empty(queue, place);
    return fired;
}

/* `elapsed` has become the least deadline of a slot: wakes at most `limit` of those that are due, and moves the others to
 * lower levels.
 *
 * The timers lie all over the memory, and who goes from one to the next waits for each. So the list is also walked from
 * its far end, only to have that half in the cache: the two walks wait at the same time. Past the middle `far` goes on
 * among timers that have moved, to no use and no harm: whatever it comes to was in the queue when this began, and
 * nothing goes away before it returns, as a wake runs nobody. */
static size_t cascade(struct timer_queue *queue, struct place place, size_t limit)
{
    struct timer_slot *slot = &queue->slots[place.level][place.index];
    struct timer_link *link = slot->ends.next, *far = slot->ends.previous;
    size_t fired = 0;

    mark_empty(queue, place);
    while (link != &slot->ends) {
        struct timer *timer = timer_of(link);

        far = far->previous;
        __builtin_prefetch(far);
        link = link->next;
        if (timer->deadline_ns == queue->elapsed_ns && fired < limit) {
            fire(queue, timer);
            fired++;
        } else {
            append(queue, timer);
        }
    }
    return fired;
}

size_t timer_queue_expire(struct timer_queue *queue, uint64_t now_ns, size_t limit)
{
    size_t fired = 0;

    while (fired < limit && timer_queue_is_due(queue, now_ns)) {
        struct place place = first_place(queue);

        queue->elapsed_ns = queue->next_ns;
        if (place.level == 0)
            fired += fire_slot(queue, place, limit - fired);
        else
            fired += cascade(queue, place, limit - fired);
        queue->next_ns = earliest(queue);
    }
    return fired;
}

/* Returns how many timers the slot has. */
static size_t check_slot(const struct timer_queue *queue, struct place place)
{
    const struct timer_slot *slot = &queue->slots[place.level][place.index];
    const struct timer_link *previous = &slot->ends;
    size_t count = 0;

    if (!(queue->occupied[place.level] >> place.index & 1))
        return 0;
    ASSERT(slot->least_ns >= queue->elapsed_ns, "T4: slot %u of level %u begins before the time reached", place.index,
           place.level);
    for (struct timer_link *link = slot->ends.next; link != &slot->ends; link = link->next, count++) {
        struct timer *timer = timer_of(link);
        struct place expected = place_of(queue, timer->deadline_ns);

        ASSERT(link->previous == previous, "T3: timer %p: its predecessor is another", (void *)timer);
        ASSERT(timer->queue == queue, "T2: timer %p stands in a foreign queue", (void *)timer);
        ASSERT(expected.level == place.level && expected.index == place.index,
               "T1: timer %p stands in slot %u of level %u", (void *)timer, place.index, place.level);
        ASSERT(timer->deadline_ns >= slot->least_ns, "T4: timer %p is due before its slot", (void *)timer);
        previous = link;
    }
    ASSERT(slot->ends.previous == previous, "T3: slot %u of level %u has another last timer", place.index,
           place.level);
    ASSERT(count, "T5: slot %u of level %u is marked, but empty", place.index, place.level);
    return count;
}

void timer_queue_check(const struct timer_queue *queue)
{
    size_t count = 0;

    for (unsigned level = 0; level < TIMER_LEVELS; level++) {
        for (unsigned index = 0; index < TIMER_SLOTS; index++)
            count += check_slot(queue, (struct place){level, index});
        ASSERT((queue->levels >> level & 1) == !!queue->occupied[level], "T5: level %u is marked wrongly", level);
    }
    ASSERT(queue->next_ns == earliest(queue), "T6: the next deadline is %llu", (unsigned long long)queue->next_ns);
    ASSERT(count == queue->count, "T2: %zu timers wait, %zu are counted", count, queue->count);
}
