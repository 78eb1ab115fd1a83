/* SPDX-License-Identifier: MIT */
/* [quick] [alone] GROUP...: one sample after the other; see bench.h. `alone` leaves out the peers. */
#include "bench.h"

#include <stdio.h>
#include <string.h>

static bool run_group(const char *name, const struct bench_plan *plan)
{
    for (size_t i = 0; i < bench_group_count; i++) {
        if (strcmp(bench_groups[i].name, name) != 0)
            continue;
        bench_groups[i].run(plan);
        return true;
    }
    fprintf(stderr, "no group '%s'\n", name);
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
