/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/log_ring.h>
#include <tenorite/lib/text.h>

/*
 * A producer takes a ticket by one atomic addition; ticket t belongs to slot t % LOG_RING_RECORDS. It claims the slot
 * by moving its sequence number to WRITING(t), stores the record, and publishes it by COMMITTED(t). The reader follows
 * the tickets with its cursor, copies a committed record, and keeps the copy only if the sequence number is still the
 * same.
 *
 * Invariants
 *   L1  a slot's sequence number never falls. It is 0 at first, odd while its one writer is at work, even otherwise.
 *   L2  a slot has at most one writer: it can be claimed only while the number is even and older than the ticket. Who
 *       cannot claim it leaves the ring untouched, except for `refused`.
 *   L3  refused is 0, or 1 more than the newest ticket that met a slot which an older ticket was still writing. The
 *       number alone could not tell the reader that this ticket will never be committed.
 *   L4  the words of a record are stored with release and loaded with acquire order: a reader that saw one word of a
 *       newer record sees that record's WRITING number too, and drops the copy.
 *   L5  cursor <= next_ticket. Every ticket below the cursor was read or counted in `lost`, never both.
 *
 * References: H.-J. Boehm, "Can Seqlocks Get Along With Programming Language Memory Models?", MSPC 2012.
 */
#define WRITING(ticket) (2 * (ticket) + 1)
#define COMMITTED(ticket) (2 * (ticket) + 2)

union record_words {
    struct log_record record;
    uint64_t words[COUNT_OF(((struct log_slot *)NULL)->words)];
};
static_assert(sizeof(union record_words) == sizeof(struct log_record), "a record is a whole number of words");

static struct log_slot *slot_of(struct log_ring *ring, uint64_t ticket)
{
    return &ring->slots[ticket % LOG_RING_RECORDS];
}

static void refuse(struct log_slot *slot, uint64_t ticket)
{
    uint64_t newest = __atomic_load_n(&slot->refused, __ATOMIC_RELAXED);
    while (newest < ticket + 1 && !__atomic_compare_exchange_n(&slot->refused, &newest, ticket + 1, false,
                                                               __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        ;
}

struct log_reservation log_ring_reserve(struct log_ring *ring)
{
    uint64_t ticket = __atomic_fetch_add(&ring->next_ticket, 1, __ATOMIC_RELAXED);
    struct log_slot *slot = slot_of(ring, ticket);
    uint64_t sequence = __atomic_load_n(&slot->sequence, __ATOMIC_RELAXED);
    do {
        if (sequence > WRITING(ticket)) /* overtaken between ticket and claim; the reader sees the newer number */
            return (struct log_reservation){NULL, ticket};
        if (sequence % 2 != 0) {
            refuse(slot, ticket);
            return (struct log_reservation){NULL, ticket};
        }
    } while (!__atomic_compare_exchange_n(&slot->sequence, &sequence, WRITING(ticket), false, __ATOMIC_ACQ_REL,
                                          __ATOMIC_RELAXED));
    return (struct log_reservation){slot, ticket};
}

void log_ring_commit(struct log_reservation reservation, const struct log_record *record)
{
    struct log_slot *slot = reservation.slot;
    if (slot == NULL)
        return;
    union record_words copy = {.record = *record};
    for (size_t i = 0; i < COUNT_OF(copy.words); i++)
        __atomic_store_n(&slot->words[i], copy.words[i], __ATOMIC_RELEASE);
    __atomic_store_n(&slot->sequence, COMMITTED(reservation.ticket), __ATOMIC_RELEASE);
}

void log_ring_push(struct log_ring *ring, const struct log_record *record)
{
    log_ring_commit(log_ring_reserve(ring), record);
}

static void move_cursor(struct log_ring *ring, uint64_t to, uint64_t lost)
{
    __atomic_store_n(&ring->lost, ring->lost + lost, __ATOMIC_RELAXED);
    __atomic_store_n(&ring->cursor, to, __ATOMIC_RELAXED);
}

/* Copies the slot's record if it is that of `ticket`, before and after. */
static bool copy_record(const struct log_slot *slot, uint64_t ticket, struct log_record *record)
{
    union record_words copy;
    for (size_t i = 0; i < COUNT_OF(copy.words); i++)
        copy.words[i] = __atomic_load_n(&slot->words[i], __ATOMIC_ACQUIRE);
    if (__atomic_load_n(&slot->sequence, __ATOMIC_RELAXED) != COMMITTED(ticket))
        return false;
    *record = copy.record;
    return true;
}

/* Each further round means that the ring was filled once more meanwhile, or a refused ticket less. */
enum log_ring_result log_ring_read(struct log_ring *ring, struct log_record *record)
{
    for (;;) {
        uint64_t ticket = ring->cursor, next = __atomic_load_n(&ring->next_ticket, __ATOMIC_ACQUIRE);
        if (ticket == next)
            return LOG_RING_EMPTY;
        if (next - ticket > LOG_RING_RECORDS) {
            move_cursor(ring, next - LOG_RING_RECORDS, next - LOG_RING_RECORDS - ticket);
            continue;
        }
        struct log_slot *slot = slot_of(ring, ticket);
        uint64_t sequence = __atomic_load_n(&slot->sequence, __ATOMIC_ACQUIRE);
        if (sequence == COMMITTED(ticket) && copy_record(slot, ticket, record))
            return LOG_RING_RECORD;
        if (sequence < COMMITTED(ticket)) {
            if (__atomic_load_n(&slot->refused, __ATOMIC_ACQUIRE) <= ticket)
                return LOG_RING_PENDING;
            move_cursor(ring, ticket + 1, 1);
        }
    }
}

void log_ring_advance(struct log_ring *ring)
{
    move_cursor(ring, ring->cursor + 1, 0);
}

void log_ring_skip(struct log_ring *ring)
{
    move_cursor(ring, ring->cursor + 1, 1);
}

struct log_walk log_ring_walk(const struct log_ring *ring)
{
    return (struct log_walk){.next_ticket = 0, .end_ticket = log_ring_pushed(ring)};
}

/* Leaves out the tickets whose slots later ones have taken meanwhile. */
static void catch_up(struct log_walk *walk, uint64_t pushed)
{
    uint64_t oldest = pushed > LOG_RING_RECORDS ? pushed - LOG_RING_RECORDS : 0;
    uint64_t to = oldest < walk->end_ticket ? oldest : walk->end_ticket;
    if (to > walk->next_ticket) {
        walk->missed += to - walk->next_ticket;
        walk->next_ticket = to;
    }
}

bool log_ring_walk_next(const struct log_ring *ring, struct log_walk *walk, struct log_record *record)
{
    for (;;) {
        catch_up(walk, log_ring_pushed(ring));
        if (walk->next_ticket == walk->end_ticket)
            return false;
        uint64_t ticket = walk->next_ticket++;
        const struct log_slot *slot = &ring->slots[ticket % LOG_RING_RECORDS];
        if (__atomic_load_n(&slot->sequence, __ATOMIC_ACQUIRE) == COMMITTED(ticket) &&
            copy_record(slot, ticket, record))
            return true;
        walk->missed++;
    }
}

uint64_t log_ring_pushed(const struct log_ring *ring)
{
    return __atomic_load_n(&ring->next_ticket, __ATOMIC_ACQUIRE);
}

uint64_t log_ring_lost(const struct log_ring *ring)
{
    return __atomic_load_n(&ring->lost, __ATOMIC_RELAXED);
}
