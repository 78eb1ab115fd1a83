/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * Bytes that end where readable memory ends: a page without any permission follows, so that reading one byte too many
 * is a fault, with or without a sanitizer.
 */
struct guarded_bytes {
    uint8_t *end;
    size_t capacity;
};

static inline struct guarded_bytes guarded_bytes_new(size_t at_least)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t capacity = (at_least + page - 1) / page * page;
    uint8_t *start = mmap(NULL, capacity + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED || mprotect(start + capacity, page, PROT_NONE) != 0)
        abort();
    return (struct guarded_bytes){start + capacity, capacity};
}

/* The last `length` bytes, filled from `bytes`. Invalidates what the last call returned. */
static inline uint8_t *guarded_bytes_place(struct guarded_bytes *guarded, const void *bytes, size_t length)
{
    if (length > guarded->capacity)
        abort();
    memcpy(guarded->end - length, bytes, length);
    return guarded->end - length;
}
