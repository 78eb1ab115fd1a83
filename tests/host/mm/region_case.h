/* SPDX-License-Identifier: MIT */
#pragma once

#include "property.h"
#include "region_model.h"

/*
 * Lists of ranges for property tests. A case is a list of steps, whose kinds mean what the property says (operations,
 * kinds of memory), and whose bounds are edges of a world.
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

/* Up to MAX_STEPS steps of kinds below `kind_count`, whose names are noted. Many start or end where an earlier one
 * does; half of the cases begin with a step of kind 0 over nearly all of the world, for the others to cut. */
void region_case_draw(struct draws *draws, struct region_case *drawn, const struct world *world,
                      const char *const *kind_names, unsigned kind_count);

/* Steps as a boot loader's report: their kinds are enum boot_region_kind; others are no part of it. Where `to` lies
 * below `from`, the length passes 2^64. */
enum { BOOT_REGION_KINDS = BOOT_REGION_DEFECTIVE + 1 };
extern const char *const boot_region_kind_names[BOOT_REGION_KINDS];

/* Writes the report, at most MAX_STEPS regions, and returns their number. */
size_t region_case_report(const struct region_case *tested, struct boot_region *reported);

/* What the report leaves for use, by what region.h promises of region_list_normalise(). `cells` are empty before. */
void region_case_model(const struct region_case *tested, struct cells *cells);
