/* SPDX-License-Identifier: MIT */
#pragma once

#include "bench.h"

void bench_mapper(const struct bench_plan *plan);
void bench_frames(const struct bench_plan *plan);
void bench_heap(const struct bench_plan *plan);
