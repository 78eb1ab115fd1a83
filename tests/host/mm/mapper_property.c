/* SPDX-License-Identifier: MIT */
#include "mapper_property.h"

#include "mapper_machine.h"
#include "mapper_operation.h"
#include "paging_double.h"

#include <inttypes.h>

enum { MAX_OPERATIONS = 300 };

struct mapper_model mapper_operation_model;
static struct mapper_model *const model = &mapper_operation_model;

static const uint64_t page_sizes[] = {PAGE_4K_BYTES, PAGE_2M_BYTES, PAGE_1G_BYTES};

/* A page of any of the three sizes. */
struct target {
    uint64_t bytes;
    struct model_span span;
    virt_addr start;
};

static struct target draw_page(struct draws *draws)
{
    static const unsigned weights[] = {5, 3, 1};
    struct target target = {.bytes = page_sizes[draw_weighted(draws, weights, COUNT_OF(weights))]};
    unsigned half = draw_bool(draws);
    unsigned cell = (unsigned)draw_below(draws, MODEL_CELLS);
    while (!model_has_page(cell, target.bytes))
        cell = (cell + 1) % MODEL_CELLS;
    target.span = model_page(half, cell, target.bytes);
    target.start = virt_addr_new(model_address(half, target.span.first));
    return target;
}

/* Now and then one that the CPU cannot address. */
static uint64_t draw_frame(struct draws *draws, uint64_t bytes)
{
    return draw_between(draws, 0, (1ull << model->features.physical_bits) / bytes) * bytes;
}

page_flags mapper_operation_draw_flags(struct draws *draws)
{
    enum { LOW_BITS = 12 };
    page_flags flags = DRAW_FROM(draws, PAGE_FLAGS(PRESENT), PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE),
                                 PAGE_FLAGS(PRESENT, PAT, NO_EXECUTE), PAGE_FLAGS(PRESENT, PAT, NO_CACHE));
    if (draw_rarely(draws, 3))
        flags.bits ^= draw_below(draws, 1 << LOW_BITS) & ~PAGE_FLAGS(PRESENT).bits;
    if (draw_rarely(draws, 20))
        flags.bits ^= DRAW_FROM(draws, PAGE_FLAGS(PRESENT).bits, 1ull << LOW_BITS, 1ull << 62);
    return flags;
}

static enum map_error map_page(struct target page, uint64_t physical, page_flags flags, bool is_flushed)
{
    phys_addr frame = phys_addr_new(physical);
    if (page.bytes == PAGE_4K_BYTES) {
        MUST_FLUSH(token, map_to(&machine_mapper, page_4k_at(page.start), frame_4k_at(frame), flags));
        if (held_error(&token) != MAP_OK)
            return held_error(&token);
        if (is_flushed)
            flush_held(&token);
        else
            ignore_held(&token);
        return MAP_OK;
    }
    if (page.bytes == PAGE_2M_BYTES && is_flushed)
        return flush(map_to(&machine_mapper, page_2m_at(page.start), frame_2m_at(frame), flags));
    if (page.bytes == PAGE_2M_BYTES)
        return ignore(map_to(&machine_mapper, page_2m_at(page.start), frame_2m_at(frame), flags));
    if (is_flushed)
        return flush(map_to(&machine_mapper, page_1g_at(page.start), frame_1g_at(frame), flags));
    return ignore(map_to(&machine_mapper, page_1g_at(page.start), frame_1g_at(frame), flags));
}

static enum map_error update_page(struct target page, page_flags flags)
{
    if (page.bytes == PAGE_4K_BYTES)
        return flush(update_flags(&machine_mapper, page_4k_at(page.start), flags));
    if (page.bytes == PAGE_2M_BYTES)
        return flush(update_flags(&machine_mapper, page_2m_at(page.start), flags));
    return flush(update_flags(&machine_mapper, page_1g_at(page.start), flags));
}

static enum map_error unmap_page(struct target page, uint64_t *physical)
{
    if (page.bytes == PAGE_4K_BYTES) {
        struct unmapped_4k removed = flush(unmap(&machine_mapper, page_4k_at(page.start)));
        *physical = removed.frame.start.value;
        return removed.error;
    }
    if (page.bytes == PAGE_2M_BYTES) {
        struct unmapped_2m removed = flush(unmap(&machine_mapper, page_2m_at(page.start)));
        *physical = removed.frame.start.value;
        return removed.error;
    }
    struct unmapped_1g removed = flush(unmap(&machine_mapper, page_1g_at(page.start)));
    *physical = removed.frame.start.value;
    return removed.error;
}

void mapper_operation_check_answer(struct draws *draws, error_set allowed, enum map_error error)
{
    property_note(draws, ": %s\n", map_error_name(error));
    if (error == MAP_OK) {
        if (allowed != 0)
            property_fail("succeeded, but should have failed (errors %#x)", allowed);
        return;
    }
    if ((allowed & error_set_of(error)) == 0)
        property_fail("failed with %s, allowed are %#x", map_error_name(error), allowed);
    if (!machine_is_unchanged())
        property_fail("%s changed a table", map_error_name(error));
}

void mapper_operation_check_flushes(virt_addr first, uint64_t pages)
{
    bool is_everything = pages > FLUSH_PAGES_ONE_BY_ONE;
    uint64_t expected = is_everything ? 0 : pages;
    if (paging_double.page_flush_count != expected || paging_double.full_flush_count != is_everything)
        property_fail("%" PRIu64 " pages were flushed, and everything %" PRIu64 " times; expected %" PRIu64 " pages",
                      paging_double.page_flush_count, paging_double.full_flush_count, pages);
    uint64_t last = first.value + (pages - 1) * PAGE_4K_BYTES;
    if (expected != 0 && paging_double.last_flushed_page.value != last)
        property_fail("flushed %#" PRIx64 " last, expected %#" PRIx64, paging_double.last_flushed_page.value, last);
}

static void note_page(struct draws *draws, const char *verb, struct target page)
{
    property_note(draws, "  %s %s page %#" PRIx64, verb,
                  page.bytes == PAGE_4K_BYTES   ? "4K"
                  : page.bytes == PAGE_2M_BYTES ? "2M"
                                                : "1G",
                  page.start.value);
}

static void try_map(struct draws *draws)
{
    struct target page = draw_page(draws);
    uint64_t physical = draw_frame(draws, page.bytes);
    page_flags flags = mapper_operation_draw_flags(draws);
    bool is_flushed = !draw_rarely(draws, 4);
    note_page(draws, "map", page);
    property_note(draws, " to %#" PRIx64 ", flags %#" PRIx64 "%s", physical, flags.bits,
                  is_flushed ? "" : ", not flushed");
    error_set allowed = model_map_errors(model, page.span, page.bytes, physical, flags, machine_free_frames());
    enum map_error error = map_page(page, physical, flags, is_flushed);
    mapper_operation_check_answer(draws, allowed, error);
    mapper_operation_check_flushes(page.start, error == MAP_OK && is_flushed);
    if (error == MAP_OK)
        model_map(model, page.span, page.bytes, physical, flags);
}

static void try_update(struct draws *draws)
{
    struct target page = draw_page(draws);
    page_flags flags = mapper_operation_draw_flags(draws);
    note_page(draws, "update", page);
    property_note(draws, ", flags %#" PRIx64, flags.bits);
    error_set allowed = model_update_errors(model, page.span, page.bytes, flags);
    enum map_error error = update_page(page, flags);
    mapper_operation_check_answer(draws, allowed, error);
    mapper_operation_check_flushes(page.start, error == MAP_OK);
    if (error == MAP_OK)
        model_update(model, page.span, flags);
}

static void try_unmap(struct draws *draws)
{
    struct target page = draw_page(draws);
    uint64_t physical = 0;
    note_page(draws, "unmap", page);
    error_set allowed = model_unmap_errors(model, page.span, page.bytes);
    enum map_error error = unmap_page(page, &physical);
    mapper_operation_check_answer(draws, allowed, error);
    mapper_operation_check_flushes(page.start, error == MAP_OK);
    if (error != MAP_OK)
        return;
    uint64_t expected = model->halves[page.span.half].cells[page.span.first].physical;
    if (physical != expected)
        property_fail("unmap gave frame %#" PRIx64 ", expected %#" PRIx64, physical, expected);
    model_unmap(model, page.span);
}

static void set_free_frames(struct draws *draws)
{
    machine_set_free_frames(draw_between(draws, 0, 8));
    property_note(draws, "  %" PRIu64 " frames are free\n", machine_free_frames());
}

static void check_translation(const struct model_cell *expected, uint64_t address, uint64_t offset)
{
    uint64_t page_bytes;
    uint64_t entry = machine_entry(address + offset, &page_bytes);
    struct translation found = translate(&machine_mapper, virt_addr_new(address + offset));
    if (expected->page_bytes == 0) {
        if (found.error != MAP_NOT_MAPPED || entry != 0)
            property_fail("%#" PRIx64 " is mapped, entry %#" PRIx64, address + offset, entry);
        return;
    }
    if (found.error != MAP_OK || entry == 0)
        property_fail("%#" PRIx64 " is not mapped", address + offset);
    if (page_size_bytes((enum page_size)found.size) != expected->page_bytes || page_bytes != expected->page_bytes)
        property_fail("%#" PRIx64 " is in a page of another size", address + offset);
    if (translation_address(found).value != expected->physical + offset)
        property_fail("%#" PRIx64 " is mapped to %#" PRIx64 ", expected %#" PRIx64, address + offset,
                      translation_address(found).value, expected->physical + offset);
    if (!page_flags_are_equal(translation_flags(found), expected->flags))
        property_fail("%#" PRIx64 " has flags %#" PRIx64 ", expected %#" PRIx64, address + offset,
                      translation_flags(found).bits, expected->flags.bits);
}

static void check_half(unsigned half)
{
    for (unsigned cell = 0; cell < MODEL_CELLS; cell++) {
        const struct model_cell *expected = &model->halves[half].cells[cell];
        uint64_t start = model_address(half, cell), bytes = model_address(half, cell + 1) - start;
        check_translation(expected, start, cell);
        if (bytes == PAGE_4K_BYTES)
            continue;
        check_translation(expected, start, bytes / 3);
        check_translation(expected, start, bytes - 1);
    }
}

static void check_everything(void)
{
    struct model_counts expected = model_count(model), found;
    const char *complaint = machine_take_stock(&found);
    if (complaint != NULL)
        property_fail("%s", complaint);
    if (found.tables != expected.tables || machine_used_frames() != expected.tables + 1)
        property_fail("%" PRIu64 " tables in %" PRIu64 " frames, expected %" PRIu64, found.tables,
                      machine_used_frames() - 1, expected.tables);
    for (unsigned level = 0; level < COUNT_OF(found.pages); level++) {
        if (found.pages[level] != expected.pages[level])
            property_fail("%" PRIu64 " entries at level %u, expected %" PRIu64, found.pages[level], level + 1,
                          expected.pages[level]);
    }
    for (unsigned half = 0; half < MODEL_HALVES; half++)
        check_half(half);
}

static void begin(struct draws *draws)
{
    *model = (struct mapper_model){};
    model->features.has_no_execute = !draw_rarely(draws, 8);
    model->features.has_1g_pages = !draw_rarely(draws, 4);
    model->features.physical_bits = DRAW_FROM(draws, 46, 36, 51);
    machine_reset(model->features, MACHINE_MAX_TABLES);
    if (draw_bool(draws))
        machine_set_free_frames(draw_between(draws, 0, MACHINE_MAX_TABLES));
    property_note(draws, "  a CPU with %u bits of physical address%s%s; %" PRIu64 " free frames\n",
                  model->features.physical_bits, model->features.has_no_execute ? "" : ", without NX",
                  model->features.has_1g_pages ? "" : ", without 1G pages", machine_free_frames());
}

const char *mapper_agrees_with_a_flat_model(struct draws *draws)
{
    static void (*const operations[])(struct draws *) = {
        try_map,
        try_unmap,
        try_update,
        set_free_frames,
        mapper_try_map_range,
        mapper_try_unmap_range,
        mapper_try_update_range,
        mapper_try_clean_up,
        mapper_try_map_scattered,
    };
    static const unsigned weights[] = {6, 4, 2, 1, 3, 3, 2, 1, 1};
    begin(draws);
    check_everything();
    for (unsigned count = 0; count < MAX_OPERATIONS && draw_more(draws, 60); count++) {
        paging_double.page_flush_count = paging_double.full_flush_count = 0;
        operations[draw_weighted(draws, weights, COUNT_OF(weights))](draws);
        check_everything();
    }
    return NULL;
}
