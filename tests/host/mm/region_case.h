/* SPDX-License-Identifier: MIT */
#pragma once

#include "region_model.h"

/*
 * Random lists of ranges for property tests. A case is a list of steps, whose kinds mean what the property says
 * (operations, kinds of memory), and whose bounds are edges of a world.
 *
 * The environment chooses: TENORITE_SEED (a number; one is fixed otherwise, so that a build machine fails every time
 * or never) and TENORITE_CASES (how many a property is tried on).
 */
enum { MAX_STEPS = 24 };

struct step {
    unsigned kind;
    size_t from, to; /* edges; `to` may lie below `from` */
};

struct region_case {
    const struct world *world;
    size_t capacity;    /* for the list under test */
    struct step limits; /* a range of its own */
    size_t count;
    struct step steps[MAX_STEPS];
};

/* What is wrong with what the code under test makes of the case; NULL for nothing. */
typedef const char *(*region_property)(const struct region_case *tested);

/* A number below `limit`, which is not 0. Starts from the seed in every program. */
uint64_t random_below(uint64_t limit);

/* Up to MAX_STEPS steps of kinds below `kind_count`; many start or end where an earlier one does. */
void region_case_random(struct region_case *result, const struct world *world, unsigned kind_count);

/*
 * Tries the property on TENORITE_CASES random cases, by default `cases`, divided by 20 under AddressSanitizer. The
 * first that fails is made as small as it can be by leaving out steps and lowering numbers one by one, and then
 * fails the test; `kind_names` is for printing it.
 */
void region_property_check(region_property property, const struct world *const *worlds, size_t world_count,
                           const char *const *kind_names, unsigned kind_count, size_t cases);
