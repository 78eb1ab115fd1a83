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

/* Steps as a boot loader's report: their kinds are enum boot_region_kind; others are no part of it. Where `to` lies
 * below `from`, the length passes 2^64. */
enum { BOOT_REGION_KINDS = BOOT_REGION_DEFECTIVE + 1 };
extern const char *const boot_region_kind_names[BOOT_REGION_KINDS];

/* Writes the report, at most MAX_STEPS regions, and returns their number. */
size_t region_case_report(const struct region_case *tested, struct boot_region *reported);

/* What the report leaves for use, by what region.h promises of region_list_normalise(). `cells` are empty before. */
void region_case_model(const struct region_case *tested, struct cells *cells);

/* What is wrong with what the code under test makes of the case; NULL for nothing. */
typedef const char *(*region_property)(const struct region_case *tested);

/* A number below `limit`, which is not 0. Starts from the seed in every program. */
uint64_t random_below(uint64_t limit);

/* Up to MAX_STEPS steps of kinds below `kind_count`. Many start or end where an earlier one does; half of the cases
 * begin with a step of kind 0 over nearly all of the world, for the others to cut. */
void region_case_random(struct region_case *result, const struct world *world, unsigned kind_count);

/*
 * Tries the property on TENORITE_CASES random cases, by default `cases`, divided by 5 under AddressSanitizer. The
 * first that fails is made as small as it can be by leaving out steps and lowering numbers one by one, and then
 * fails the test; `kind_names` is for printing it.
 */
void region_property_check(region_property property, const struct world *const *worlds, size_t world_count,
                           const char *const *kind_names, unsigned kind_count, size_t cases);
