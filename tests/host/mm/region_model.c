/* SPDX-License-Identifier: MIT */
#include "region_model.h"

#include <stdlib.h>
#include <string.h>

enum { FRAMES = 1024, CELLS_PER_FRAME = 8 };

static uint64_t page_start(uint64_t address)
{
    return address / REGION_PAGE_BYTES * REGION_PAGE_BYTES;
}

static int compare_edges(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

/* Sorts the edges and finds out which cells share a page. */
static void world_finish(struct world *world, size_t edge_count)
{
    size_t unique = 0;
    qsort(world->edges, edge_count, sizeof world->edges[0], compare_edges);
    for (size_t i = 0; i < edge_count; i++) {
        if (unique == 0 || world->edges[unique - 1] != world->edges[i])
            world->edges[unique++] = world->edges[i];
    }
    world->cell_count = unique - 1;
    for (size_t first = 0, last; first < world->cell_count; first = last) {
        uint64_t page = page_start(world->edges[first]);
        last = first + 1;
        while (last < world->cell_count && page_start(world->edges[last]) == page)
            last++;
        for (size_t cell = first; cell < last; cell++) {
            world->page_first[cell] = (uint16_t)first;
            world->page_last[cell] = (uint16_t)last;
        }
    }
}

const struct world *world_of_frames(void)
{
    static struct world world = {.name = "frames"};
    if (world.cell_count == 0) {
        for (size_t i = 0; i <= (size_t)FRAMES * CELLS_PER_FRAME; i++)
            world.edges[i] = i * (REGION_PAGE_BYTES / CELLS_PER_FRAME);
        world_finish(&world, (size_t)FRAMES * CELLS_PER_FRAME + 1);
    }
    return &world;
}

/* Adds `address` and the bounds of its page. */
static size_t add_edge(uint64_t *edges, size_t count, uint64_t address)
{
    edges[count++] = address;
    edges[count++] = page_start(address);
    if (address % REGION_PAGE_BYTES != 0)
        edges[count++] = UINT64_MAX - page_start(address) < REGION_PAGE_BYTES
                             ? UINT64_MAX
                             : page_start(address) + REGION_PAGE_BYTES;
    return count;
}

const struct world *world_of_limits(void)
{
    static struct world world = {.name = "limits"};
    static const uint64_t around[] = {0, 0x3000, 0x9fc00, 0x100000, 1ull << 32, 1ull << 52, UINT64_MAX - 4095};
    static const uint64_t beside[] = {0, 1, 2, 0x7ff, 0xfff, 0x1000, 0x1001, 0x2000};
    if (world.cell_count != 0)
        return &world;
    size_t count = add_edge(world.edges, 0, UINT64_MAX);
    for (size_t i = 0; i < COUNT_OF(around); i++) {
        for (size_t j = 0; j < COUNT_OF(beside); j++) {
            if (beside[j] <= around[i])
                count = add_edge(world.edges, count, around[i] - beside[j]);
            if (beside[j] <= UINT64_MAX - around[i])
                count = add_edge(world.edges, count, around[i] + beside[j]);
        }
    }
    world_finish(&world, count);
    return &world;
}

/* The flags of the cells [first, last) that word `word` holds. */
static uint64_t mask_of(size_t word, size_t first, size_t last)
{
    size_t start = word * CELLS_PER_WORD;
    uint64_t mask = UINT64_MAX;
    if (first > start)
        mask &= UINT64_MAX << (first - start);
    if (last < start + CELLS_PER_WORD)
        mask &= ~(UINT64_MAX << (last - start));
    return mask;
}

void cells_set(struct cells *cells, size_t first, size_t last)
{
    for (size_t word = first / CELLS_PER_WORD; first < last && word <= (last - 1) / CELLS_PER_WORD; word++)
        cells->words[word] |= mask_of(word, first, last);
}

void cells_clear(struct cells *cells, size_t first, size_t last)
{
    for (size_t word = first / CELLS_PER_WORD; first < last && word <= (last - 1) / CELLS_PER_WORD; word++)
        cells->words[word] &= ~mask_of(word, first, last);
}

void cells_clear_pages(const struct world *world, struct cells *cells, size_t first, size_t last)
{
    if (first < last)
        cells_clear(cells, world->page_first[first], world->page_last[last - 1]);
}

static bool is_set(const struct cells *cells, size_t cell)
{
    return cells->words[cell / CELLS_PER_WORD] >> cell % CELLS_PER_WORD & 1;
}

static size_t next_set(const struct world *world, const struct cells *cells, size_t cell)
{
    while (cell < world->cell_count && !is_set(cells, cell))
        cell = cells->words[cell / CELLS_PER_WORD] != 0 ? cell + 1 : (cell / CELLS_PER_WORD + 1) * CELLS_PER_WORD;
    return cell;
}

void cells_keep_whole_pages(const struct world *world, struct cells *cells)
{
    size_t cell = next_set(world, cells, 0);
    while (cell < world->cell_count) {
        size_t first = world->page_first[cell], last = world->page_last[cell];
        bool is_whole = world->edges[last] % REGION_PAGE_BYTES == 0;
        for (cell = first; cell < last && is_whole; cell++)
            is_whole = is_set(cells, cell);
        if (!is_whole)
            cells_clear(cells, first, last);
        cell = next_set(world, cells, last);
    }
}

static size_t word_count(const struct world *world)
{
    return (world->cell_count + CELLS_PER_WORD - 1) / CELLS_PER_WORD;
}

size_t cells_range_count(const struct world *world, const struct cells *cells)
{
    size_t count = 0;
    uint64_t before = 0; /* whether the cell below the word is set */
    for (size_t word = 0; word < word_count(world); word++) {
        uint64_t flags = cells->words[word];
        count += (size_t)__builtin_popcountll(flags & ~(flags << 1 | before));
        before = flags >> (CELLS_PER_WORD - 1);
    }
    return count;
}

/* The number of the edge at `address`, or SIZE_MAX. */
static size_t edge_at(const struct world *world, uint64_t address)
{
    size_t low = 0, high = world->cell_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (world->edges[middle] < address)
            low = middle + 1;
        else
            high = middle;
    }
    return world->edges[low] == address ? low : SIZE_MAX;
}

const char *cells_complaint(const struct world *world, const struct cells *cells, const struct region_list *list)
{
    struct cells found;
    uint64_t bytes = 0;
    memset(found.words, 0, word_count(world) * sizeof found.words[0]);
    if (list->count > list->capacity)
        return "R1: more regions than places";
    for (size_t i = 0; i < list->count; i++) {
        struct region region = list->regions[i];
        size_t first = edge_at(world, region.start), last = edge_at(world, region.end);
        if (region.start >= region.end)
            return "R2: an empty region";
        if (i > 0 && list->regions[i - 1].end >= region.start)
            return "R3: regions out of order, or without a gap";
        if (first == SIZE_MAX || last == SIZE_MAX)
            return "a bound that nobody asked for";
        cells_set(&found, first, last);
        bytes += region.end - region.start;
    }
    if (memcmp(found.words, cells->words, word_count(world) * sizeof found.words[0]) != 0)
        return "not the bytes of the model";
    return bytes == region_list_total_bytes(list) ? NULL : "a wrong total";
}
