/* SPDX-License-Identifier: MIT */
/*
 * A walk over page tables that joins what belongs together.
 *
 * There is no second walk beside the mapper's: each entry is looked up by mapper_core_translate(), whose answer says at
 * which level it was found, and the next page is the one behind what that entry stands for. So page numbers only ever
 * grow, and what the ranges say is what translate() says.
 *
 * Tables that lead to each other make an address space that is full of entries, all 2^36 of them. Tables of sound memory
 * hang in one place each, and there cannot be more of them than frames: after as many entries as those have, the walk
 * ends with a range that calls the rest damaged.
 */
#include <tenorite/lib/format.h>
#include <tenorite/mm/frames.h>
#include <tenorite/mm/mapped_ranges.h>

#include "mm/mapper_walk.h"

static const uint64_t PAGES_OF_ALL = 2 * FIRST_KERNEL_PAGE;

static struct mapped_ranges ranges_up_to(const struct mapper *mapper, uint64_t end_page)
{
    uint64_t tables_at_most = frames_statistics(mapper->frames).total_count;
    return (struct mapped_ranges){
        .mapper = mapper, .end_page = end_page, .entries_left = tables_at_most * PAGE_TABLE_ENTRIES};
}

struct mapped_ranges mapped_ranges(const struct mapper *mapper)
{
    return ranges_up_to(mapper, PAGES_OF_ALL);
}

struct mapped_ranges mapped_ranges_of_lower_half(const struct mapper *mapper)
{
    return ranges_up_to(mapper, FIRST_KERNEL_PAGE);
}

static virt_addr address_of(uint64_t page)
{
    uint64_t sign = page < FIRST_KERNEL_PAGE ? 0 : UINT64_MAX << VIRT_ADDR_BITS;
    return virt_addr_new(sign | page * PAGE_4K_BYTES);
}

/* What the entry for `page` stands for, from `page` on; `length_bytes` is set whatever the error. */
static struct mapped_range range_at(const struct mapper *mapper, uint64_t page)
{
    static const page_flags set_by_cpu = PAGE_FLAGS(ACCESSED, DIRTY);
    struct mapper_translation found = mapper_core_translate(mapper, page);
    struct mapped_range range = {
        .start = address_of(page),
        .length_bytes = pages_of_entry(found.level) * PAGE_4K_BYTES,
        .error = found.error,
    };
    if (found.error != MAP_OK)
        return range;
    page_flags flags = page_flags_from_bits_truncate(mapper_core_leaf_flags(found.entry, found.level));
    range.physical_start = (phys_addr){mapper_core_leaf_frame(found.entry, found.level) * PAGE_4K_BYTES};
    range.flags = page_flags_difference(flags, set_by_cpu);
    range.size = found.level == 1 ? PAGE_SIZE_4K : found.level == 2 ? PAGE_SIZE_2M : PAGE_SIZE_1G;
    return range;
}

/* Whether `next`, which follows `range` in the address space, goes on with it. */
static bool is_continued_by(const struct mapped_range *range, const struct mapped_range *next)
{
    if (range->error != next->error || range->start.value + range->length_bytes != next->start.value)
        return false;
    return range->error != MAP_OK ||
           (range->size == next->size && page_flags_are_equal(range->flags, next->flags) &&
            range->physical_start.value + range->length_bytes == next->physical_start.value);
}

static void step_over(struct mapped_ranges *at, const struct mapped_range *range)
{
    at->next_page += range->length_bytes / PAGE_4K_BYTES;
    at->entries_left--;
}

/* The rest of a half at a time. */
static bool give_up(struct mapped_ranges *at, struct mapped_range *range)
{
    uint64_t end = at->next_page < FIRST_KERNEL_PAGE ? FIRST_KERNEL_PAGE : PAGES_OF_ALL;
    *range = (struct mapped_range){
        .start = address_of(at->next_page),
        .length_bytes = (end - at->next_page) * PAGE_4K_BYTES,
        .error = MAP_DAMAGED_TABLE,
    };
    at->next_page = end;
    return true;
}

bool mapped_ranges_next(struct mapped_ranges *at, struct mapped_range *range)
{
    struct mapped_range next = {.error = MAP_NOT_MAPPED};
    for (; next.error == MAP_NOT_MAPPED; step_over(at, &next)) {
        if (at->next_page >= at->end_page)
            return false;
        if (at->entries_left == 0)
            return give_up(at, range);
        next = range_at(at->mapper, at->next_page);
    }
    *range = next;
    while (at->next_page < at->end_page && at->entries_left > 0) {
        next = range_at(at->mapper, at->next_page);
        if (!is_continued_by(range, &next))
            break;
        range->length_bytes += next.length_bytes;
        step_over(at, &next);
    }
    return true;
}

static size_t append_length(char *text, size_t capacity, size_t length, uint64_t bytes)
{
    static const char units[] = "KMGT";
    uint64_t count = bytes / 1024;
    size_t unit = 0;
    for (; unit + 1 < sizeof units - 1 && count >= 1024 && count % 1024 == 0; unit++)
        count /= 1024;
    return format_append(text, capacity, length, " %5llu %ciB", (unsigned long long)count, units[unit]);
}

void mapped_range_format(const struct mapped_range *range, char *text, size_t capacity)
{
    static const char *const sizes[] = {[PAGE_SIZE_4K] = "4K", [PAGE_SIZE_2M] = "2M", [PAGE_SIZE_1G] = "1G"};
    char names[MAPPED_RANGE_TEXT_BYTES];
    size_t length = format_string(text, capacity, "%016llx %016llx", (unsigned long long)range->start.value,
                                  (unsigned long long)(range->start.value + range->length_bytes - 1));
    length = append_length(text, capacity, length, range->length_bytes);
    if (range->error != MAP_OK) {
        format_append(text, capacity, length, " %s", map_error_name(range->error));
        return;
    }
    page_flags_format(page_flags_difference(range->flags, PAGE_FLAGS(PRESENT)), names, sizeof names);
    format_append(text, capacity, length, " %s %10llx %s", sizes[range->size],
                  (unsigned long long)range->physical_start.value, names);
}
