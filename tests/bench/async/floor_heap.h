/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* A binary heap of deadlines, the least on top: what timers are measured against. An entry is a deadline and a pointer. */
struct floor_deadline {
    uint64_t deadline_ns;
    void *timer;
};

struct floor_heap {
    struct floor_deadline *entries; /* [0] is the least; room for as many as are ever pushed */
    size_t count;
};

void floor_heap_push(struct floor_heap *heap, struct floor_deadline entry);

/* Takes out the least; there must be one. */
struct floor_deadline floor_heap_pop(struct floor_heap *heap);
