/* SPDX-License-Identifier: MIT */
#include "mapper_machine.h"
#include "mapper_operation.h"
#include "paging_double.h"

#include <inttypes.h>

static struct mapper_model *const model = &mapper_operation_model;

/* Cells that follow each other: of one half, or of both, where operations on ranges refuse it. */
struct target {
    bool is_in_both;
    struct model_span span;  /* in the lower half, if it is in both: up to its end */
    struct model_span upper; /* in the upper half, if it is in both */
    page_range_4k pages;
};

static uint64_t pages_in(struct model_span span)
{
    return (model_address(span.half, span.end) - model_address(span.half, span.first)) / PAGE_4K_BYTES;
}

static struct target make_target(struct model_span span)
{
    page_4k first = page_4k_at(virt_addr_new(model_address(span.half, span.first)));
    return (struct target){.span = span, .pages = {first, pages_in(span)}};
}

/* The end of the lower half and the start of the upper one. */
static struct target make_target_in_both(unsigned first, unsigned end)
{
    struct target target = make_target((struct model_span){0, first, MODEL_CELLS});
    target.is_in_both = true;
    target.upper = (struct model_span){1, 0, end};
    target.pages.count += pages_in(target.upper);
    return target;
}

static struct target draw_target(struct draws *draws)
{
    enum { FEW_CELLS, PAGE_2M, PAGE_1G, MANY_CELLS, ALL_SMALL_CELLS, BOTH_HALVES, FEW = 6 };
    static const unsigned weights[] = {8, 2, 2, 4, 1, 1};
    size_t kind = draw_weighted(draws, weights, COUNT_OF(weights));
    unsigned half = draw_bool(draws), first = (unsigned)draw_below(draws, MODEL_CELLS);
    if (kind == PAGE_2M)
        return make_target(model_page(half, first, PAGE_2M_BYTES));
    if (kind == PAGE_1G)
        return make_target(model_page(half, first, PAGE_1G_BYTES));
    if (kind == ALL_SMALL_CELLS)
        return make_target((struct model_span){half, 1, MODEL_CELLS - 1});
    if (kind == BOTH_HALVES)
        return make_target_in_both(first, 1 + (unsigned)draw_below(draws, MODEL_CELLS));
    unsigned most = MODEL_CELLS - first;
    if (kind == FEW_CELLS && most > FEW)
        most = FEW;
    return make_target((struct model_span){half, first, first + (unsigned)draw_below(draws, most + 1)});
}

static void note_target(struct draws *draws, const char *verb, struct target target)
{
    property_note(draws, "  %s %#" PRIx64 " pages from %#" PRIx64 " on", verb, target.pages.count,
                  target.pages.first.start.value);
}

/* As far from a multiple of 1 GiB, or of 2 MiB, as the pages are: large pages fit, or some, or none. */
static uint64_t draw_frame(struct draws *draws, struct target target)
{
    uint64_t gib = draw_between(draws, 0, (1ull << model->features.physical_bits) / PAGE_1G_BYTES);
    uint64_t distance =
        target.pages.first.start.value % DRAW_FROM(draws, PAGE_1G_BYTES, PAGE_2M_BYTES, PAGE_4K_BYTES);
    return gib * PAGE_1G_BYTES + distance;
}

void mapper_try_map_range(struct draws *draws)
{
    struct target target = draw_target(draws);
    uint64_t physical = draw_frame(draws, target);
    page_flags flags = mapper_operation_draw_flags(draws);
    enum page_size largest = DRAW_FROM(draws, PAGE_SIZE_1G, PAGE_SIZE_2M, PAGE_SIZE_4K);
    note_target(draws, "map", target);
    property_note(draws, " to %#" PRIx64 ", flags %#" PRIx64 ", largest %d", physical, flags.bits, largest);
    uint64_t free_frames = machine_free_frames();
    error_set allowed = error_set_of(MAP_BAD_RANGE) | model_flag_errors(0, flags);
    if (!target.is_in_both)
        allowed = model_map_range(model, target.span, physical, flags, page_size_bytes(largest), free_frames);
    enum map_error error =
        flush(map_range(&machine_mapper, target.pages, frame_4k_at(phys_addr_new(physical)), flags, largest));
    mapper_operation_check_answer(draws, allowed, error);
    mapper_operation_check_flushes(target.pages.first.start, error == MAP_OK ? target.pages.count : 0);
}

/* Each cell to frames that lie below those of the cell before: as many runs of frames as there are cells. */
void mapper_try_map_scattered(struct draws *draws)
{
    struct target target = draw_target(draws);
    page_flags flags = mapper_operation_draw_flags(draws);
    note_target(draws, "map scattered", target);
    property_note(draws, ", flags %#" PRIx64 "\n", flags.bits);
    for (unsigned cell = target.span.first; cell < target.span.end; cell++) {
        struct target one = make_target((struct model_span){target.span.half, cell, cell + 1});
        uint64_t physical = (MODEL_CELLS - cell) * (uint64_t)PAGE_2M_BYTES;
        struct model_counts counts;
        if (!model_has_page(cell, PAGE_2M_BYTES))
            continue; /* 510 tables for its pages: more than there are */
        const char *complaint = machine_take_stock(&counts);
        if (complaint != NULL)
            property_fail("%s", complaint);
        error_set allowed = model_map_range(model, one.span, physical, flags, PAGE_4K_BYTES, machine_free_frames());
        enum map_error error =
            ignore(map_range(&machine_mapper, one.pages, frame_4k_at(phys_addr_new(physical)), flags, PAGE_SIZE_4K));
        property_note(draws, "    cell %u", cell);
        mapper_operation_check_answer(draws, allowed, error);
    }
}

void mapper_try_update_range(struct draws *draws)
{
    struct target target = draw_target(draws);
    page_flags flags = mapper_operation_draw_flags(draws);
    note_target(draws, "update", target);
    property_note(draws, ", flags %#" PRIx64, flags.bits);
    error_set allowed = model_flag_errors(target.span.half, flags);
    allowed |= target.is_in_both ? error_set_of(MAP_BAD_RANGE) : model_unmap_range_errors(model, target.span);
    enum map_error error = flush(update_flags_range(&machine_mapper, target.pages, flags));
    mapper_operation_check_answer(draws, allowed, error);
    mapper_operation_check_flushes(target.pages.first.start, error == MAP_OK ? target.pages.count : 0);
    if (error == MAP_OK)
        model_update(model, target.span, flags);
}

/* Whether the list says what the first pages of the span showed, `count` of them; leaves the cells behind in *span. */
static void check_frames(struct model_span *span, const struct frame_list *frames, uint64_t count)
{
    uint64_t in_list = 0;
    for (size_t i = 0; i < frame_list_length(frames); i++) {
        uint64_t physical = frame_list_run(frames, i).first.start.value, left = frame_list_run(frames, i).count;
        in_list += left;
        for (; left > 0 && span->first < span->end; span->first++) {
            struct model_span cell = {span->half, span->first, span->first + 1};
            if (model->halves[span->half].cells[span->first].physical != physical || pages_in(cell) > left)
                property_fail("run %zu of the frames is wrong", i);
            physical += pages_in(cell) * PAGE_4K_BYTES;
            left -= pages_in(cell);
        }
        if (left > 0)
            property_fail("run %zu of the frames is too long", i);
    }
    if (in_list != count)
        property_fail("%" PRIu64 " frames, but %" PRIu64 " pages", in_list, count);
}

/* Where the list is full, nobody has looked at the pages behind: errors there are for the next call. */
void mapper_try_unmap_range(struct draws *draws)
{
    struct target target = draw_target(draws);
    struct model_span rest = target.span, done = target.span;
    struct frame_list frames;
    note_target(draws, "unmap", target);
    struct unmapped_range removed = flush(unmap_range(&machine_mapper, target.pages, &frames));
    if (removed.error == MAP_OK) {
        check_frames(&rest, &frames, removed.count);
        done.end = rest.first;
    }
    if (rest.first < rest.end && frame_list_length(&frames) < FRAME_LIST_RUNS)
        done.end = rest.end;
    error_set allowed = target.is_in_both ? error_set_of(MAP_BAD_RANGE) : model_unmap_range_errors(model, done);
    mapper_operation_check_answer(draws, allowed, removed.error);
    mapper_operation_check_flushes(target.pages.first.start, removed.count);
    if (removed.error != MAP_OK ? removed.count != 0 : removed.count != pages_in(done))
        property_fail("%" PRIu64 " pages are unmapped", removed.count);
    if (removed.error == MAP_OK)
        model_unmap(model, done);
}

void mapper_try_clean_up(struct draws *draws)
{
    struct target target = draw_target(draws);
    enum kernel_tables kernel = draw_bool(draws) ? KERNEL_TABLES_SHARED : KERNEL_TABLES_OWN;
    bool is_for_all = draw_bool(draws);
    if (is_for_all)
        target = make_target_in_both(0, MODEL_CELLS);
    note_target(draws, is_for_all ? "clean up all," : "clean up", target);
    property_note(draws, "%s", kernel == KERNEL_TABLES_SHARED ? ", tables of the kernel half are shared" : "");
    enum map_error error = is_for_all ? flush(clean_up_all(&machine_mapper, kernel))
                                      : flush(clean_up(&machine_mapper, target.pages, kernel));
    mapper_operation_check_answer(draws, target.pages.count == 0 ? error_set_of(MAP_BAD_RANGE) : 0, error);
    if (error != MAP_OK)
        return;
    if (paging_double.full_flush_count != 1)
        property_fail("everything was flushed %" PRIu64 " times", paging_double.full_flush_count);
    bool is_shared = kernel == KERNEL_TABLES_SHARED;
    model_clean_up(model, target.span, is_shared && target.span.half == 1);
    if (target.is_in_both)
        model_clean_up(model, target.upper, is_shared);
}
