/* SPDX-License-Identifier: MIT */
#include "mapper_model.h"

enum { BULK_AREAS = 510, AREAS_PER_GIB = MODEL_AREAS / MODEL_GIBS, PAGES_2M = 512 };

/* In 4 KiB pages from the start of the half. */
static const uint32_t area_starts[MODEL_AREAS + 1] = {
    0, 510 * PAGES_2M, 511 * PAGES_2M, 512 * PAGES_2M, 513 * PAGES_2M, 514 * PAGES_2M, 1024 * PAGES_2M,
};

static const struct {
    uint8_t area;
    uint16_t start; /* in pages from the start of the area */
} cells[MODEL_CELLS] = {
    {0, 0}, {1, 0}, {1, 508}, {1, 509}, {1, 510}, {1, 511}, {2, 0}, {2, 1}, {2, 2}, {2, 510}, {2, 511},
    {3, 0}, {3, 1}, {3, 2},   {3, 510}, {3, 511}, {4, 0},   {4, 1}, {4, 2}, {4, 3}, {4, 4},   {5, 0},
};

static uint64_t cell_page(unsigned cell)
{
    return cell == MODEL_CELLS ? area_starts[MODEL_AREAS] : area_starts[cells[cell].area] + cells[cell].start;
}

static uint64_t cell_bytes(unsigned cell)
{
    return (cell_page(cell + 1) - cell_page(cell)) * PAGE_4K_BYTES;
}

uint64_t model_address(unsigned half, unsigned cell)
{
    static const uint64_t starts[MODEL_HALVES] = {0x00007fff80000000, 0xffff800000000000};
    return starts[half] + cell_page(cell) * PAGE_4K_BYTES;
}

unsigned model_area_of(unsigned cell)
{
    return cells[cell].area;
}

unsigned model_gib_of(unsigned cell)
{
    return cells[cell].area / AREAS_PER_GIB;
}

bool model_has_page(unsigned cell, uint64_t bytes)
{
    if (bytes == PAGE_4K_BYTES)
        return cell_bytes(cell) == PAGE_4K_BYTES;
    return bytes == PAGE_1G_BYTES || (cells[cell].area != 0 && cells[cell].area != MODEL_AREAS - 1);
}

static bool is_in_same_page(unsigned cell, unsigned other, uint64_t bytes)
{
    if (bytes == PAGE_4K_BYTES)
        return cell == other;
    return bytes == PAGE_2M_BYTES ? cells[cell].area == cells[other].area : model_gib_of(cell) == model_gib_of(other);
}

struct model_span model_page(unsigned half, unsigned cell, uint64_t bytes)
{
    struct model_span page = {half, cell, cell + 1};
    while (page.first > 0 && is_in_same_page(page.first - 1, cell, bytes))
        page.first--;
    while (page.end < MODEL_CELLS && is_in_same_page(page.end, cell, bytes))
        page.end++;
    return page;
}

error_set error_set_of(enum map_error error)
{
    return 1u << error;
}

bool model_has_smaller_table(const struct model_half *half, struct model_span page, uint64_t bytes)
{
    if (bytes == PAGE_4K_BYTES)
        return false;
    return bytes == PAGE_2M_BYTES ? half->has_level_1[cells[page.first].area]
                                  : half->has_level_2[model_gib_of(page.first)];
}

/* What is there, as an error; MAP_NOT_MAPPED: nothing. All cells of a page are mapped alike, unless by smaller pages. */
static enum map_error find_obstacle(const struct mapper_model *model, struct model_span page, uint64_t bytes)
{
    const struct model_half *half = &model->halves[page.half];
    uint64_t page_bytes = half->cells[page.first].page_bytes;
    if (page_bytes > bytes)
        return MAP_INSIDE_HUGE_PAGE;
    if (model_has_smaller_table(half, page, bytes))
        return MAP_HAS_SMALLER_PAGES;
    return page_bytes == bytes ? MAP_ALREADY_MAPPED : MAP_NOT_MAPPED;
}

static bool has_flags(page_flags flags, page_flags wanted)
{
    return (flags.bits & wanted.bits) == wanted.bits;
}

error_set model_flag_errors(unsigned half, page_flags flags)
{
    static const uint64_t named = 0xfff | 1ull << 63;
    error_set errors = 0;
    page_flags foreign = half == 0 ? PAGE_FLAGS(GLOBAL) : PAGE_FLAGS(USER);
    if (!has_flags(flags, PAGE_FLAGS(PRESENT)) || has_flags(flags, foreign) || (flags.bits & ~named) != 0)
        errors |= error_set_of(MAP_FLAGS_NOT_ALLOWED);
    if (has_flags(flags, PAGE_FLAGS(WRITABLE)) && !has_flags(flags, PAGE_FLAGS(NO_EXECUTE)))
        errors |= error_set_of(MAP_WRITABLE_EXECUTABLE);
    return errors;
}

static unsigned missing_tables(const struct model_half *half, struct model_span page, uint64_t bytes)
{
    unsigned count = !half->has_level_3;
    if (bytes < PAGE_1G_BYTES)
        count += !half->has_level_2[model_gib_of(page.first)];
    if (bytes < PAGE_2M_BYTES)
        count += !half->has_level_1[cells[page.first].area];
    return count;
}

error_set model_map_errors(const struct mapper_model *model, struct model_span page, uint64_t bytes,
                           uint64_t physical, page_flags flags, uint64_t free_frames)
{
    error_set errors = model_flag_errors(page.half, flags);
    enum map_error obstacle = find_obstacle(model, page, bytes);
    if (obstacle != MAP_NOT_MAPPED)
        errors |= error_set_of(obstacle);
    else if (missing_tables(&model->halves[page.half], page, bytes) > free_frames)
        errors |= error_set_of(MAP_NO_FRAME);
    if (bytes == PAGE_1G_BYTES && !model->features.has_1g_pages)
        errors |= error_set_of(MAP_SIZE_NOT_SUPPORTED);
    if (physical + bytes > 1ull << model->features.physical_bits)
        errors |= error_set_of(MAP_FRAME_TOO_HIGH);
    return errors;
}

error_set model_unmap_errors(const struct mapper_model *model, struct model_span page, uint64_t bytes)
{
    enum map_error obstacle = find_obstacle(model, page, bytes);
    return obstacle == MAP_ALREADY_MAPPED ? 0 : error_set_of(obstacle);
}

error_set model_update_errors(const struct mapper_model *model, struct model_span page, uint64_t bytes,
                              page_flags flags)
{
    return model_unmap_errors(model, page, bytes) | model_flag_errors(page.half, flags);
}

/* What a machine without execute protection keeps of the flags. */
static page_flags kept_flags(const struct mapper_model *model, page_flags flags)
{
    if (!model->features.has_no_execute)
        flags.bits &= ~PAGE_FLAGS(NO_EXECUTE).bits;
    return flags;
}

void model_map(struct mapper_model *model, struct model_span page, uint64_t bytes, uint64_t physical,
               page_flags flags)
{
    struct model_half *half = &model->halves[page.half];
    half->has_level_3 = true;
    if (bytes < PAGE_1G_BYTES)
        half->has_level_2[model_gib_of(page.first)] = true;
    if (bytes < PAGE_2M_BYTES)
        half->has_level_1[cells[page.first].area] = true;
    for (unsigned cell = page.first; cell < page.end; cell++) {
        half->cells[cell] = (struct model_cell){bytes, physical, kept_flags(model, flags)};
        physical += cell_bytes(cell);
    }
}

void model_unmap(struct mapper_model *model, struct model_span page)
{
    for (unsigned cell = page.first; cell < page.end; cell++)
        model->halves[page.half].cells[cell].page_bytes = 0;
}

void model_update(struct mapper_model *model, struct model_span page, page_flags flags)
{
    for (unsigned cell = page.first; cell < page.end; cell++)
        model->halves[page.half].cells[cell].flags = kept_flags(model, flags);
}

static uint64_t areas_in(unsigned area)
{
    return (area_starts[area + 1] - area_starts[area]) / PAGES_2M;
}

static void count_half(const struct model_half *half, struct model_counts *counts)
{
    uint64_t bytes[3] = {0, 0, 0};
    counts->tables += half->has_level_3;
    for (unsigned gib = 0; gib < MODEL_GIBS; gib++)
        counts->tables += half->has_level_2[gib];
    for (unsigned area = 0; area < MODEL_AREAS; area++)
        counts->tables += half->has_level_1[area] ? areas_in(area) : 0;
    for (unsigned cell = 0; cell < MODEL_CELLS; cell++) {
        uint64_t page_bytes = half->cells[cell].page_bytes;
        if (page_bytes != 0)
            bytes[page_bytes == PAGE_4K_BYTES ? 0 : page_bytes == PAGE_2M_BYTES ? 1 : 2] += cell_bytes(cell);
    }
    counts->pages[0] += bytes[0] / PAGE_4K_BYTES;
    counts->pages[1] += bytes[1] / PAGE_2M_BYTES;
    counts->pages[2] += bytes[2] / PAGE_1G_BYTES;
}

struct model_counts model_count(const struct mapper_model *model)
{
    struct model_counts counts = {0};
    for (unsigned half = 0; half < MODEL_HALVES; half++)
        count_half(&model->halves[half], &counts);
    return counts;
}
