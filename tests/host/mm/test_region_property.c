/* SPDX-License-Identifier: MIT */
/*
 * Region algebra against flags (region_model.h): random operations one after the other, and random memory maps. Each is
 * tried in a world of 1024 frames and in one of the numbers where arithmetic goes wrong.
 */
#include "region_case.h"

#include <stdlib.h>
#include <string.h>

enum { CASES = 1000000, CANARY = 0x5a };

static struct region places[2 * MAX_STEPS];

static struct region_case *draw_case(struct draws *draws, const char *const *kind_names, unsigned kind_count)
{
    static struct region_case drawn;
    const struct world *world = draw_bool(draws) ? world_of_frames() : world_of_limits();
    region_case_draw(draws, &drawn, world, kind_names, kind_count);
    return &drawn;
}

static size_t lower(size_t a, size_t b)
{
    return a < b ? a : b;
}

static struct region_list empty_list(size_t capacity)
{
    memset(places, CANARY, sizeof places);
    return (struct region_list){places, 0, lower(capacity, COUNT_OF(places))};
}

static bool is_canary_alive(const struct region_list *list)
{
    const unsigned char *bytes = (const unsigned char *)&places[list->capacity];
    for (size_t i = 0; i < sizeof places - list->capacity * sizeof places[0]; i++) {
        if (bytes[i] != CANARY)
            return false;
    }
    return true;
}

enum operation { ADD, SUBTRACT, RESERVE, CLIP, ROUND, OPERATIONS };
static const char *const operation_names[] = {"add", "subtract", "reserve", "clip", "round inward"};

static enum region_error apply(const struct world *world, struct region_list *list, const struct step *step)
{
    uint64_t from = world->edges[step->from], to = world->edges[step->to];
    switch ((enum operation)step->kind) {
    case ADD:
        return region_list_add(list, (struct region){from, to});
    case SUBTRACT:
        return region_list_subtract(list, (struct region){from, to});
    case RESERVE:
        return region_list_reserve(list, from, to - from);
    case CLIP:
        region_list_clip(list, (struct region){from, to});
        return REGION_OK;
    case ROUND:
        region_list_round_inward(list);
        return REGION_OK;
    case OPERATIONS:
        break;
    }
    abort();
    return REGION_OK;
}

/* A length that passes 2^64 (here: `to` below `from`) reserves all there is from `from` on. */
static void apply_to_model(const struct world *world, struct cells *cells, const struct step *step)
{
    switch ((enum operation)step->kind) {
    case ADD:
        cells_set(cells, step->from, step->to);
        return;
    case SUBTRACT:
        cells_clear(cells, step->from, step->to);
        return;
    case RESERVE:
        cells_clear_pages(world, cells, step->from, step->to < step->from ? world->cell_count : step->to);
        return;
    case CLIP:
        cells_clear(cells, 0, step->from);
        cells_clear(cells, step->to, world->cell_count);
        return;
    case ROUND:
        cells_keep_whole_pages(world, cells);
        return;
    case OPERATIONS:
        break;
    }
    abort();
}

static bool is_as_before(const struct region_list *list, const struct region *before, size_t count)
{
    return list->count == count && memcmp(list->regions, before, count * sizeof *before) == 0;
}

/* A step is refused exactly if its result has more ranges than there are places, and then changes nothing. */
static const char *operations_agree_with_the_model(struct draws *draws)
{
    const struct region_case *tested = draw_case(draws, operation_names, OPERATIONS);
    struct region_list list = empty_list(tested->capacity);
    struct region before[COUNT_OF(places)];
    struct cells cells = {}, wanted;
    for (size_t i = 0; i < tested->count; i++) {
        size_t count = list.count;
        memcpy(before, places, sizeof before);
        wanted = cells;
        apply_to_model(tested->world, &wanted, &tested->steps[i]);
        bool fits = cells_range_count(tested->world, &wanted) <= list.capacity;
        enum region_error error = apply(tested->world, &list, &tested->steps[i]);
        if (error != (fits ? REGION_OK : REGION_LIST_FULL))
            return fits ? "refused what fits" : "took what does not fit";
        if (error == REGION_LIST_FULL && !is_as_before(&list, before, count))
            return "changed by a step that was refused";
        if (error == REGION_OK)
            cells = wanted;
        const char *complaint = cells_complaint(tested->world, &cells, &list);
        if (complaint != NULL)
            return complaint;
    }
    return is_canary_alive(&list) ? NULL : "wrote behind the last place";
}

/* A list with a place for each report always does; a shorter one may be refused, and is empty then. What was in the
 * list before means nothing. */
static const char *map_complaint(const struct region_case *tested)
{
    struct region_list list = empty_list(tested->capacity);
    if (region_list_add(&list, (struct region){0, UINT64_MAX}) == REGION_LIST_FULL && list.capacity != 0)
        return "no place in an empty list";
    struct boot_region reported[MAX_STEPS];
    struct cells cells = {};
    const uint64_t *edges = tested->world->edges;
    struct region limit = {edges[tested->limits.from], edges[tested->limits.to]};
    size_t count = region_case_report(tested, reported);
    enum region_error error = region_list_normalise(&list, reported, count, limit);
    if (error == REGION_OK)
        region_case_model(tested, &cells);
    else if (list.capacity >= tested->count)
        return "refused a list with a place for each report";
    const char *complaint = cells_complaint(tested->world, &cells, &list);
    if (complaint != NULL)
        return complaint;
    return is_canary_alive(&list) ? NULL : "wrote behind the last place";
}

static const char *a_map_agrees_with_the_model(struct draws *draws)
{
    return map_complaint(draw_case(draws, boot_region_kind_names, BOOT_REGION_KINDS));
}

/* All orders of a map that says the same mean the same. */
static const char *the_order_of_a_map_means_nothing(struct draws *draws)
{
    const struct region_case *tested = draw_case(draws, boot_region_kind_names, BOOT_REGION_KINDS);
    struct region_case turned = *tested;
    turned.capacity = MAX_STEPS;
    const char *complaint = map_complaint(&turned);
    for (size_t i = 0; i < tested->count; i++)
        turned.steps[i] = tested->steps[tested->count - 1 - i];
    struct region_list list = empty_list(MAX_STEPS), other = {(struct region[MAX_STEPS]){}, 0, MAX_STEPS};
    struct boot_region reported[MAX_STEPS];
    const struct region everywhere = {0, UINT64_MAX};
    size_t count = region_case_report(tested, reported);
    enum region_error error = region_list_normalise(&list, reported, count, everywhere);
    count = region_case_report(&turned, reported);
    enum region_error other_error = region_list_normalise(&other, reported, count, everywhere);
    if (error != REGION_OK || other_error != REGION_OK || !is_as_before(&other, list.regions, list.count))
        return "another result in the opposite order";
    return complaint;
}

int main(int argument_count, char **arguments)
{
    const struct property properties[] = {
        PROPERTY(operations_agree_with_the_model, CASES),
        PROPERTY(a_map_agrees_with_the_model, CASES),
        PROPERTY(the_order_of_a_map_means_nothing, CASES / 10),
    };
    return property_main(argument_count, arguments, properties, COUNT_OF(properties));
}
