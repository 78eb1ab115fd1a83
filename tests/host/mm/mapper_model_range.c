/* SPDX-License-Identifier: MIT */
#include "mapper_model.h"

static uint64_t span_bytes(struct model_span span)
{
    return model_address(span.half, span.end) - model_address(span.half, span.first);
}

/* The cells of the page of `bytes`, or for a cell of many 2 MiB areas, of all of them. */
static struct model_span piece_of(struct model_span range, uint64_t bytes)
{
    if (bytes == PAGE_4K_BYTES)
        return (struct model_span){range.half, range.first, range.first + 1};
    return model_page(range.half, range.first, bytes);
}

static bool can_begin_with(const struct mapper_model *model, struct model_span range, uint64_t physical,
                           uint64_t bytes)
{
    struct model_span piece = piece_of(range, bytes);
    if (bytes == PAGE_1G_BYTES && !model->features.has_1g_pages)
        return false;
    return piece.first == range.first && piece.end <= range.end && physical % bytes == 0 &&
           !model_has_smaller_table(&model->halves[range.half], piece, bytes);
}

/* The size of the pages that the range begins with. */
static uint64_t first_page_bytes(const struct mapper_model *model, struct model_span range, uint64_t physical,
                                 uint64_t largest)
{
    if (largest >= PAGE_1G_BYTES && can_begin_with(model, range, physical, PAGE_1G_BYTES))
        return PAGE_1G_BYTES;
    if (largest >= PAGE_2M_BYTES && can_begin_with(model, range, physical, PAGE_2M_BYTES))
        return PAGE_2M_BYTES;
    return PAGE_4K_BYTES;
}

/* What can be mapped is mapped in a copy: that says how many tables it takes. */
error_set model_map_range(struct mapper_model *model, struct model_span range, uint64_t physical, page_flags flags,
                          uint64_t largest, uint64_t free_frames)
{
    struct mapper_model copy = *model;
    struct model_span rest = range;
    error_set errors = model_flag_errors(range.half, flags);
    if (range.first >= range.end)
        errors |= error_set_of(MAP_BAD_RANGE);
    else if (physical + span_bytes(range) > 1ull << model->features.physical_bits)
        errors |= error_set_of(MAP_BAD_RANGE) | error_set_of(MAP_FRAME_TOO_HIGH);
    while (rest.first < rest.end) {
        uint64_t bytes = first_page_bytes(&copy, rest, physical, largest);
        struct model_span piece = piece_of(rest, bytes);
        error_set obstacle = model_map_errors(&copy, piece, bytes, 0, flags, UINT64_MAX);
        errors |= obstacle;
        if (obstacle == 0)
            model_map(&copy, piece, bytes, physical, flags);
        physical += span_bytes(piece);
        rest.first = piece.end;
    }
    if (model_count(&copy).tables - model_count(model).tables > free_frames)
        errors |= error_set_of(MAP_NO_FRAME);
    if (errors == 0)
        *model = copy;
    return errors;
}

error_set model_unmap_range_errors(const struct mapper_model *model, struct model_span range)
{
    error_set errors = range.first >= range.end ? error_set_of(MAP_BAD_RANGE) : 0;
    for (unsigned cell = range.first; cell < range.end; cell++) {
        uint64_t bytes = model->halves[range.half].cells[cell].page_bytes;
        if (bytes == 0) {
            errors |= error_set_of(MAP_NOT_MAPPED);
            continue;
        }
        struct model_span page = piece_of((struct model_span){range.half, cell, range.end}, bytes);
        if (page.first < range.first || page.end > range.end)
            errors |= error_set_of(MAP_INSIDE_HUGE_PAGE);
    }
    return errors;
}

static bool has_pages_of(const struct model_half *half, struct model_span cells, uint64_t bytes)
{
    for (unsigned cell = cells.first; cell < cells.end; cell++) {
        if (half->cells[cell].page_bytes == bytes)
            return true;
    }
    return false;
}

/* From the bottom up: what is above may become empty. */
void model_clean_up(struct mapper_model *model, struct model_span range, bool keeps_level_3)
{
    struct model_half *half = &model->halves[range.half];
    struct model_span all = {range.half, 0, MODEL_CELLS};
    for (unsigned cell = range.first; cell < range.end; cell++) {
        if (!has_pages_of(half, model_page(range.half, cell, PAGE_2M_BYTES), PAGE_4K_BYTES))
            half->has_level_1[model_area_of(cell)] = false;
    }
    for (unsigned cell = range.first; cell < range.end; cell++) {
        struct model_span gib = model_page(range.half, cell, PAGE_1G_BYTES);
        bool is_empty = !has_pages_of(half, gib, PAGE_2M_BYTES);
        for (unsigned inside = gib.first; inside < gib.end; inside++)
            is_empty &= !half->has_level_1[model_area_of(inside)];
        if (is_empty)
            half->has_level_2[model_gib_of(cell)] = false;
    }
    bool is_empty = !half->has_level_2[0] && !half->has_level_2[1] && !has_pages_of(half, all, PAGE_1G_BYTES);
    if (range.first < range.end && is_empty && !keeps_level_3)
        half->has_level_3 = false;
}
