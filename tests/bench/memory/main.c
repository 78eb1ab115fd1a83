/* SPDX-License-Identifier: MIT */
/* bench_memory [quick] [alone] GROUP...: one sample after the other; see bench.h. `alone` leaves out the peers. */
#include "bench.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    void (*run)(const struct bench_plan *plan);
} groups[] = {{"mapper", bench_mapper}, {"frames", bench_frames}, {"heap", bench_heap}};

static bool run_group(const char *name, const struct bench_plan *plan)
{
    for (size_t i = 0; i < COUNT_OF(groups); i++) {
        if (strcmp(groups[i].name, name) != 0)
            continue;
        groups[i].run(plan);
        return true;
    }
    fprintf(stderr, "bench_memory: no group '%s'\n", name);
    return false;
}

int main(int count, char **words)
{
    struct bench_plan plan = {.repeats = 3};
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 1; i < count; i++) {
        if (strcmp(words[i], "quick") == 0)
            plan.is_quick = true, plan.repeats = 1;
        else if (strcmp(words[i], "alone") == 0)
            plan.is_alone = true;
        else if (!run_group(words[i], &plan))
            return 2;
    }
    return 0;
}
