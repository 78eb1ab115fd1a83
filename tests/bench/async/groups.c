/* SPDX-License-Identifier: MIT */
#include "async.h"

const struct bench_group bench_groups[] = {{"yield", bench_yield},
                                           {"wake", bench_wake},
                                           {"spawn", bench_spawn},
                                           {"join", bench_join},
                                           {"timers", bench_timers}};
const size_t bench_group_count = COUNT_OF(bench_groups);
