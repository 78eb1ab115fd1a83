/* SPDX-License-Identifier: MIT */
#include "region_case.h"

/* Any edge, that of an earlier step, or one that is near. */
static size_t draw_edge(struct draws *draws, const struct region_case *drawn, size_t near)
{
    enum { ANY, NEAR, EARLIER, NEAR_EDGES = 40 };
    static const unsigned weights[] = {[ANY] = 1, [NEAR] = 5, [EARLIER] = 2};
    size_t kind = draw_weighted(draws, weights, COUNT_OF(weights));
    if (kind == EARLIER && drawn->count > 0) {
        const struct step *earlier = &drawn->steps[draw_below(draws, drawn->count)];
        return draw_bool(draws) ? earlier->to : earlier->from;
    }
    size_t edge =
        kind == NEAR ? near + draw_below(draws, NEAR_EDGES) : draw_below(draws, drawn->world->cell_count + 1);
    return edge < drawn->world->cell_count ? edge : drawn->world->cell_count;
}

static struct step draw_step(struct draws *draws, const struct region_case *drawn, unsigned kind_count)
{
    unsigned kind = (unsigned)draw_below(draws, kind_count);
    size_t from = draw_edge(draws, drawn, draw_below(draws, drawn->world->cell_count + 1));
    size_t to = draw_edge(draws, drawn, from);
    if (to < from && !draw_rarely(draws, 8))
        return (struct step){kind, to, from};
    return (struct step){kind, from, to};
}

static void note_case(struct draws *draws, const struct region_case *drawn, const char *const *kind_names)
{
    const uint64_t *edges = drawn->world->edges;
    property_note(draws, "in the world of %s, %zu places, limits %#llx to %#llx:\n", drawn->world->name,
                  drawn->capacity, (unsigned long long)edges[drawn->limits.from],
                  (unsigned long long)edges[drawn->limits.to]);
    for (size_t i = 0; i < drawn->count; i++)
        property_note(draws, "  %-12s %#llx to %#llx\n", kind_names[drawn->steps[i].kind],
                      (unsigned long long)edges[drawn->steps[i].from], (unsigned long long)edges[drawn->steps[i].to]);
}

void region_case_draw(struct draws *draws, struct region_case *drawn, const struct world *world,
                      const char *const *kind_names, unsigned kind_count)
{
    drawn->world = world;
    drawn->count = 0;
    drawn->capacity = draw_below(draws, draw_rarely(draws, 4) ? 4 : MAX_STEPS);
    if (draw_bool(draws)) {
        struct step *all = &drawn->steps[drawn->count++];
        *all = (struct step){.from = draw_below(draws, 4)};
        all->to = world->cell_count - draw_below(draws, 4);
    }
    while (drawn->count < MAX_STEPS && draw_more(draws, MAX_STEPS / 2)) {
        drawn->steps[drawn->count] = draw_step(draws, drawn, kind_count);
        drawn->count++;
    }
    drawn->limits = (struct step){0, 0, world->cell_count};
    if (draw_bool(draws))
        drawn->limits = draw_step(draws, drawn, 1);
    if (property_is_noting(draws))
        note_case(draws, drawn, kind_names);
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
