/* SPDX-License-Identifier: MIT */
#include "traces.h"

#include "bench.h"

#include <math.h>
#include <stdlib.h>

struct trace trace_log_uniform(const char *name, uint32_t low, uint32_t high, uint32_t slots, uint32_t steps)
{
    struct trace trace = {name, slots, slots + steps, malloc((slots + steps) * sizeof *trace.steps)};
    uint64_t seed = 0x853c49e6748fea9b;
    bench_expect(trace.steps != NULL, "no memory for a trace");
    for (uint32_t i = 0; i < trace.count; i++) {
        double random = (double)(bench_random(&seed) >> 11) / (double)(1ull << 53);
        uint32_t slot = i < slots ? i : (uint32_t)(bench_random(&seed) % slots);
        trace.steps[i] = (struct trace_step){slot, (uint32_t)(low * exp2(random * log2((double)high / low)))};
    }
    return trace;
}

uint64_t trace_live_bytes(const struct trace *trace)
{
    uint32_t *sizes = calloc(trace->slots, sizeof *sizes);
    uint64_t bytes = 0;
    bench_expect(sizes != NULL, "no memory for sizes");
    for (uint32_t i = 0; i < trace->count; i++)
        sizes[trace->steps[i].slot] = trace->steps[i].bytes;
    for (uint32_t i = 0; i < trace->slots; i++)
        bytes += sizes[i];
    free(sizes);
    return bytes;
}
