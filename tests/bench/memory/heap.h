/* SPDX-License-Identifier: MIT */
#pragma once

#include "allocators.h"
#include "bench.h"
#include "heaps.h"
#include "traces.h"

/* The parts of the heap's benchmark: time of random traces and of pairs; the worst single operation; memory taken for
 * what lives. */
void heap_sample_times(const struct bench_plan *plan, const struct allocator *allocators, size_t count);
void heap_sample_worst(const struct bench_plan *plan, const struct allocator *allocators, size_t count);
void heap_sample_worst_fresh(const struct bench_plan *plan, const struct allocator *allocators, size_t count);
void heap_sample_resident(const struct bench_plan *plan, const struct allocator *allocators, size_t count);

/* Runs a trace in `blocks`, an array of its slots, all NULL before: the first word of each block is written. */
void heap_run_trace(const struct allocator *allocator, const struct trace *trace, uint32_t from, uint32_t to,
                    void **blocks);

/* The fragmenting pattern: HOLES blocks of 64 bytes, every other one freed, FILLERS blocks of 128 bytes. */
struct heap_pattern {
    uint32_t holes;
    uint32_t fillers;
};
struct heap_pattern heap_fragmenting_pattern(const struct bench_plan *plan);
