/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/log_level.h>

/*
 * A ring of fixed-size records: many producers in any context (NMI handlers included), one reader at a time. A full
 * ring overwrites its oldest record. Nobody waits for anybody: a producer that was interrupted, for good or for a
 * while, costs its own record only. A ring of zeros is empty and ready.
 */
enum { LOG_RING_RECORDS = 128, LOG_TEXT_BYTES = 216 };

struct log_record {
    uint64_t time_ns;
    uint8_t level;                 /* enum log_level */
    char module[LOG_MODULE_BYTES]; /* closed with NUL; "": none */
    char text[LOG_TEXT_BYTES];     /* closed with NUL */
};

struct log_slot {
    uint64_t sequence;
    uint64_t refused;
    uint64_t words[sizeof(struct log_record) / sizeof(uint64_t)];
};
static_assert(sizeof(struct log_slot) == 256, "four cache lines");

struct log_ring {
    uint64_t next_ticket;
    uint64_t cursor; /* the reader's next ticket */
    uint64_t lost;
    struct log_slot slots[LOG_RING_RECORDS];
};

/* Appends a copy of `record`. It is lost, and counted, where the place it falls on is still being written by a
 * producer that LOG_RING_RECORDS others have overtaken. Constant cost. Any context. */
void log_ring_push(struct log_ring *ring, const struct log_record *record);

/* The two halves of log_ring_push(). A reservation that is never committed holds up a reader that does not
 * log_ring_skip(), until the ring has been filled once more. `slot` is NULL where the record is lost. */
struct log_reservation {
    struct log_slot *slot;
    uint64_t ticket;
};
struct log_reservation log_ring_reserve(struct log_ring *ring);
void log_ring_commit(struct log_reservation reservation, const struct log_record *record);

enum NODISCARD log_ring_result {
    LOG_RING_RECORD,  /* *record is the oldest record that is left; log_ring_advance() takes it off */
    LOG_RING_EMPTY,   /* *record is undefined */
    LOG_RING_PENDING, /* the oldest record is not committed yet; *record is undefined */
};

/* Copies the oldest record, whole or not at all. What was overwritten before it is counted as lost. The reader's side:
 * one at a time. */
enum log_ring_result log_ring_read(struct log_ring *ring, struct log_record *record);

/* After LOG_RING_RECORD: goes on to the next record. */
void log_ring_advance(struct log_ring *ring);

/* After LOG_RING_PENDING: gives that record up; it counts as lost, also if it is committed later. */
void log_ring_skip(struct log_ring *ring);

/*
 * Looks at the records that are there, without taking any off:
 *
 *     struct log_walk walk = log_ring_walk(&ring);
 *     while (log_ring_walk_next(&ring, &walk, &record)) { ... }
 *
 * from the oldest to what was pushed last before the walk began. Any number of walks at a time, in any context, beside
 * the reader, who takes nothing away from them, and beside producers, who may: `missed` counts the records that were
 * passed over, since the first that was ever pushed, because they were overwritten, refused or not committed.
 */
struct log_walk {
    uint64_t next_ticket, end_ticket;
    uint64_t missed;
};
struct log_walk log_ring_walk(const struct log_ring *ring);

/* Copies the walk's next record, whole; false at its end. Cost: at most LOG_RING_RECORDS looks at a slot in the whole
 * walk, and a copy for each record. */
bool log_ring_walk_next(const struct log_ring *ring, struct log_walk *walk, struct log_record *record) MUST_CHECK;

/* Records pushed so far, lost ones included; records lost so far. Any context. */
uint64_t log_ring_pushed(const struct log_ring *ring);
uint64_t log_ring_lost(const struct log_ring *ring);
