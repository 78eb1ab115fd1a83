/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* Now, in instructions since some moment. */
uint64_t instructions_now(void);

/* A series of operations that is being counted: all of them, and the longest. Where it prints, a figure that ends in
 * _worst is the most that a single operation took. */
struct series {
    const char *figure;
    uint64_t total, worst, operations, start;
};

/* Once, before all others: finds out what counting itself takes, which is left out from then on. */
void series_calibrate(void);

void series_begin(struct series *series);
void series_end(struct series *series);
void series_print(const struct series *series);

/* A figure without a worst operation. */
void print_count(const char *figure, uint64_t instructions, uint64_t operations);
