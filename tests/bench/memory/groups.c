/* SPDX-License-Identifier: MIT */
#include "groups.h"

const struct bench_group bench_groups[] = {{"mapper", bench_mapper}, {"frames", bench_frames}, {"heap", bench_heap}};
const size_t bench_group_count = COUNT_OF(bench_groups);
