/* SPDX-License-Identifier: MIT */
/*
 * Adding and subtracting are one operation: find the run of regions that the change concerns, work out what takes
 * its place (one region for a sum, up to two for a difference), check that the result fits, and only then move the
 * regions behind the run and write. So an error leaves the list as it was (R1..R3 in region.h).
 *
 * A memory map is normalised byte by byte first and rounded to pages last: two usable regions that meet inside a page
 * give that page, while any other byte in a page costs it.
 */
#include <tenorite/mm/region.h>

#include <tenorite/lib/text.h>

struct region region_new(uint64_t base, uint64_t length)
{
    return (struct region){base, length > UINT64_MAX - base ? UINT64_MAX : base + length};
}

static bool is_empty(struct region region)
{
    return region.end <= region.start;
}

static uint64_t page_floor(uint64_t address)
{
    return address & ~(uint64_t)(REGION_PAGE_BYTES - 1);
}

/* The last page has no exclusive end in 64 bits: what would round up to 2^64 becomes 2^64 - 1. */
static uint64_t page_ceiling(uint64_t address)
{
    uint64_t floor = page_floor(address);
    if (floor == address)
        return address;
    return floor > UINT64_MAX - REGION_PAGE_BYTES ? UINT64_MAX : floor + REGION_PAGE_BYTES;
}

struct region region_round_inward(struct region region)
{
    return (struct region){page_ceiling(region.start), page_floor(region.end)};
}

struct region region_round_outward(struct region region)
{
    return is_empty(region) ? region : (struct region){page_floor(region.start), page_ceiling(region.end)};
}

/* Puts `pieces` in the place of regions[first .. last). */
static enum region_error replace(struct region_list *list, size_t first, size_t last, const struct region *pieces,
                                 size_t piece_count)
{
    size_t rest = list->count - last;
    if (first + piece_count + rest > list->capacity)
        return REGION_LIST_FULL;
    memmove(list->regions + first + piece_count, list->regions + last, rest * sizeof *list->regions);
    memcpy(list->regions + first, pieces, piece_count * sizeof *pieces);
    list->count = first + piece_count + rest;
    return REGION_OK;
}

enum region_error region_list_add(struct region_list *list, struct region region)
{
    size_t first = 0;
    if (is_empty(region))
        return REGION_OK;
    while (first < list->count && list->regions[first].end < region.start)
        first++;
    size_t last = first;
    for (; last < list->count && list->regions[last].start <= region.end; last++) {
        const struct region *touched = &list->regions[last];
        region.start = touched->start < region.start ? touched->start : region.start;
        region.end = touched->end > region.end ? touched->end : region.end;
    }
    return replace(list, first, last, &region, 1);
}

enum region_error region_list_subtract(struct region_list *list, struct region region)
{
    size_t first = 0;
    if (is_empty(region))
        return REGION_OK;
    while (first < list->count && list->regions[first].end <= region.start)
        first++;
    size_t last = first;
    while (last < list->count && list->regions[last].start < region.end)
        last++;
    if (first == last)
        return REGION_OK;
    struct region before = {list->regions[first].start, region.start};
    struct region after = {region.end, list->regions[last - 1].end};
    struct region pieces[2];
    size_t piece_count = 0;
    if (!is_empty(before))
        pieces[piece_count++] = before;
    if (!is_empty(after))
        pieces[piece_count++] = after;
    return replace(list, first, last, pieces, piece_count);
}

enum region_error region_list_reserve(struct region_list *list, uint64_t base, uint64_t length)
{
    return region_list_subtract(list, region_round_outward(region_new(base, length)));
}

void region_list_clip(struct region_list *list, struct region limit)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct region region = list->regions[i];
        region.start = region.start < limit.start ? limit.start : region.start;
        region.end = region.end > limit.end ? limit.end : region.end;
        if (!is_empty(region))
            list->regions[kept++] = region;
    }
    list->count = kept;
}

void region_list_round_inward(struct region_list *list)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct region region = region_round_inward(list->regions[i]);
        if (!is_empty(region))
            list->regions[kept++] = region;
    }
    list->count = kept;
}

uint64_t region_list_total_bytes(const struct region_list *list)
{
    uint64_t total = 0;
    for (size_t i = 0; i < list->count; i++)
        total += list->regions[i].end - list->regions[i].start;
    return total;
}

static enum region_error add_usable(struct region_list *list, const struct boot_region *reported, size_t count)
{
    enum region_error error = REGION_OK;
    for (size_t i = 0; i < count && error == REGION_OK; i++) {
        bool wraps = reported[i].length > UINT64_MAX - reported[i].base;
        if (reported[i].kind == BOOT_REGION_USABLE && !wraps)
            error = region_list_add(list, region_new(reported[i].base, reported[i].length));
    }
    return error;
}

static enum region_error reserve_others(struct region_list *list, const struct boot_region *reported, size_t count)
{
    enum region_error error = REGION_OK;
    for (size_t i = 0; i < count && error == REGION_OK; i++) {
        if (reported[i].kind != BOOT_REGION_USABLE)
            error = region_list_reserve(list, reported[i].base, reported[i].length);
    }
    return error;
}

enum region_error region_list_normalise(struct region_list *list, const struct boot_region *reported, size_t count,
                                        struct region limit)
{
    list->count = 0;
    enum region_error error = add_usable(list, reported, count);
    region_list_clip(list, limit);
    region_list_round_inward(list);
    if (error == REGION_OK)
        error = reserve_others(list, reported, count);
    if (error != REGION_OK)
        list->count = 0;
    return error;
}
