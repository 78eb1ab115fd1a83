/* SPDX-License-Identifier: MIT */
#include "region_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* How gcc says that it compiles for AddressSanitizer; clang has __has_feature. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
enum { SLOWER = 5 };
#else
enum { SLOWER = 1 };
#endif

static uint64_t random_state;

static uint64_t environment_number(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    char *end;
    if (text == NULL)
        return otherwise;
    uint64_t number = strtoull(text, &end, 0);
    if (end == text || *end != '\0')
        fail_msg("%s=%s in the environment is not a number", name, text);
    return number;
}

static uint64_t seed(void)
{
    return environment_number("TENORITE_SEED", 0x7e40217e);
}

/* splitmix64: any seed will do, 0 too. */
uint64_t random_below(uint64_t limit)
{
    static bool is_seeded;
    if (!is_seeded)
        random_state = seed();
    is_seeded = true;
    uint64_t bits = random_state += 0x9e3779b97f4a7c15;
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111eb;
    return (bits ^ bits >> 31) % limit;
}

/* An edge of an earlier step, or any: then often one that is near. */
static size_t random_edge(const struct region_case *drawn, size_t near)
{
    enum { NEAR_EDGES = 40 };
    size_t edge_count = drawn->world->cell_count + 1;
    uint64_t choice = random_below(8);
    if (choice < 2 && drawn->count > 0) {
        const struct step *earlier = &drawn->steps[random_below(drawn->count)];
        return choice == 0 ? earlier->from : earlier->to;
    }
    size_t edge = choice < 7 ? near + random_below(NEAR_EDGES) : random_below(edge_count);
    return edge < edge_count ? edge : edge_count - 1;
}

static struct step random_step(const struct region_case *drawn, unsigned kind_count)
{
    size_t from = random_edge(drawn, random_below(drawn->world->cell_count + 1));
    size_t to = random_edge(drawn, from);
    bool is_turned_round = to < from && random_below(8) != 0;
    return (struct step){(unsigned)random_below(kind_count), is_turned_round ? to : from,
                         is_turned_round ? from : to};
}

void region_case_random(struct region_case *result, const struct world *world, unsigned kind_count)
{
    result->world = world;
    result->capacity = random_below(4) == 0 ? random_below(4) : random_below(MAX_STEPS);
    result->count = 0;
    size_t count = random_below(MAX_STEPS + 1);
    while (result->count < count) {
        result->steps[result->count] = random_step(result, kind_count);
        result->count++;
    }
    if (random_below(2) == 0)
        result->steps[0] = (struct step){0, random_below(4), world->cell_count - random_below(4)};
    result->limits = random_step(result, 1);
    if (random_below(2) == 0)
        result->limits = (struct step){0, 0, world->cell_count};
}

const char *const boot_region_kind_names[] = {"usable", "reserved", "reclaimable", "nvs", "defective"};

size_t region_case_report(const struct region_case *tested, struct boot_region *reported)
{
    const uint64_t *edges = tested->world->edges;
    size_t count = 0;
    for (size_t i = 0; i < tested->count; i++) {
        const struct step *step = &tested->steps[i];
        if (step->kind < BOOT_REGION_KINDS)
            reported[count++] = (struct boot_region){edges[step->from], edges[step->to] - edges[step->from],
                                                     (enum boot_region_kind)step->kind};
    }
    return count;
}

void region_case_model(const struct region_case *tested, struct cells *cells)
{
    size_t cell_count = tested->world->cell_count;
    for (size_t i = 0; i < tested->count; i++) {
        if (tested->steps[i].kind == BOOT_REGION_USABLE)
            cells_set(cells, tested->steps[i].from, tested->steps[i].to);
    }
    for (size_t i = 0; i < tested->count; i++) {
        const struct step *step = &tested->steps[i];
        if (step->kind != BOOT_REGION_USABLE && step->kind < BOOT_REGION_KINDS)
            cells_clear(cells, step->from, step->to < step->from ? cell_count : step->to);
    }
    cells_clear(cells, 0, tested->limits.from);
    cells_clear(cells, tested->limits.to, cell_count);
    cells_keep_whole_pages(tested->world, cells);
}

static bool still_fails(struct region_case *smaller, const struct region_case *candidate, region_property property)
{
    if (property(candidate) == NULL)
        return false;
    *smaller = *candidate;
    return true;
}

static bool shrink_number(struct region_case *failing, struct region_case *candidate, size_t *number,
                          region_property property)
{
    size_t value = *number;
    const size_t lower[] = {0, value / 2, value - 1};
    for (size_t i = 0; i < COUNT_OF(lower) && value > 0; i++) {
        *number = lower[i];
        if (still_fails(failing, candidate, property))
            return true;
    }
    *number = value;
    return false;
}

static bool shrink_step(struct region_case *failing, size_t at, region_property property)
{
    struct region_case candidate = *failing;
    candidate.count--;
    for (size_t i = at; i < candidate.count; i++)
        candidate.steps[i] = candidate.steps[i + 1];
    if (still_fails(failing, &candidate, property))
        return true;
    candidate = *failing;
    return shrink_number(failing, &candidate, &candidate.steps[at].from, property) ||
           shrink_number(failing, &candidate, &candidate.steps[at].to, property);
}

/* One smaller case that fails as well; false if there is none to be found. */
static bool shrink_once(struct region_case *failing, region_property property)
{
    struct region_case candidate = *failing;
    for (size_t i = 0; i < failing->count; i++) {
        if (shrink_step(failing, i, property))
            return true;
    }
    return shrink_number(failing, &candidate, &candidate.capacity, property) ||
           shrink_number(failing, &candidate, &candidate.limits.from, property);
}

static void print_case(const struct region_case *failing, const char *const *kind_names)
{
    const uint64_t *edges = failing->world->edges;
    print_error("in the world of %s, %zu places, limits %#llx to %#llx:\n", failing->world->name, failing->capacity,
                (unsigned long long)edges[failing->limits.from], (unsigned long long)edges[failing->limits.to]);
    for (size_t i = 0; i < failing->count; i++)
        print_error("  %-12s %#llx to %#llx\n", kind_names[failing->steps[i].kind],
                    (unsigned long long)edges[failing->steps[i].from],
                    (unsigned long long)edges[failing->steps[i].to]);
}

void region_property_check(region_property property, const struct world *const *worlds, size_t world_count,
                           const char *const *kind_names, unsigned kind_count, size_t cases)
{
    static struct region_case tried;
    cases = environment_number("TENORITE_CASES", cases / SLOWER);
    print_message("TENORITE_SEED=%#llx TENORITE_CASES=%zu\n", (unsigned long long)seed(), cases);
    for (size_t i = 0; i < cases; i++) {
        region_case_random(&tried, worlds[i % world_count], kind_count);
        if (property(&tried) == NULL)
            continue;
        while (shrink_once(&tried, property))
            ;
        print_case(&tried, kind_names);
        fail_msg("case %zu: %s", i, property(&tried));
    }
}
