/* SPDX-License-Identifier: MIT */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tenorite/lib/log_ring.h>

/* A ring, records that tell which they are, and producers that run at once. */
static struct log_ring ring;

static inline int set_up(void **state)
{
    (void)state;
    memset(&ring, 0, sizeof ring);
    return 0;
}

static inline struct log_record numbered(uint64_t number)
{
    struct log_record record = {.time_ns = number};
    snprintf(record.text, sizeof record.text, "line %llu", (unsigned long long)number);
    return record;
}

static inline void push(uint64_t number)
{
    struct log_record record = numbered(number);
    log_ring_push(&ring, &record);
}

static inline void expect_next(uint64_t number)
{
    struct log_record record, expected = numbered(number);
    assert_int_equal(log_ring_read(&ring, &record), LOG_RING_RECORD);
    assert_memory_equal(&record, &expected, sizeof record);
    log_ring_advance(&ring);
}

static inline void expect_result(enum log_ring_result expected)
{
    struct log_record record;
    assert_int_equal(log_ring_read(&ring, &record), expected);
}

enum { PRODUCERS = 3, LINES_EACH = 40000 };

/* Every word of the record depends on who pushed it and which of his it is. */
static inline struct log_record signed_record(uint64_t producer, uint64_t number)
{
    struct log_record record = {.time_ns = producer << 32 | number};
    for (size_t i = 0; i + 1 < sizeof record.text; i++)
        record.text[i] = (char)('a' + (number * 7 + producer * 3 + i / 8) % 26);
    return record;
}

static inline void *produce(void *argument)
{
    uint64_t producer = (uint64_t)(uintptr_t)argument;
    for (uint64_t number = 0; number < LINES_EACH; number++) {
        struct log_record record = signed_record(producer, number);
        log_ring_push(&ring, &record);
    }
    return NULL;
}
