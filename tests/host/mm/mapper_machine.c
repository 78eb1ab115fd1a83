/* SPDX-License-Identifier: MIT */
#include "mapper_machine.h"

#include "paging_double.h"

#include <string.h>

enum { ENTRIES = 512, ROOT_LEVEL = 4, PRESENT = 1, HUGE_PAGE = 0x80, STORAGE_WORDS = 4096 };

struct frames machine_frames;
struct mapper machine_mapper;

static uint64_t memory[MACHINE_FRAMES][ENTRIES] __attribute__((aligned(4096)));
static uint64_t storage[STORAGE_WORDS];

static frame_4k held[MACHINE_FRAMES];
static uint64_t held_count;

static struct {
    size_t count;
    uint64_t frames[MACHINE_MAX_TABLES];
    uint64_t tables[MACHINE_MAX_TABLES][ENTRIES];
} remembered;

void machine_reset(struct paging_features features, uint64_t frames)
{
    struct region usable[] = {{0, (frames + 1) * PAGE_4K_BYTES}};
    struct region_list list = {usable, 1, 1};
    paging_double_reset();
    memset(memory, 0xa5, (MACHINE_MAX_TABLES + 1) * sizeof memory[0]);
    frames_init(&machine_frames, storage, sizeof storage, &list);
    frame_4k root = frames_alloc_4k(&machine_frames).frame;
    memset(memory[root.start.value / PAGE_4K_BYTES], 0, PAGE_4K_BYTES);
    mapper_init(&machine_mapper, root, memory, sizeof memory, &machine_frames, features);
    held_count = 0;
}

uint64_t machine_free_frames(void)
{
    return frames_statistics(&machine_frames).free_count;
}

uint64_t machine_used_frames(void)
{
    struct frames_statistics statistics = frames_statistics(&machine_frames);
    return statistics.total_count - statistics.free_count - held_count;
}

void machine_set_free_frames(uint64_t free_frames)
{
    while (machine_free_frames() > free_frames)
        held[held_count++] = frames_alloc_4k(&machine_frames).frame;
    while (machine_free_frames() < free_frames && held_count > 0)
        frames_free_4k(&machine_frames, held[--held_count]);
}

static uint64_t frame_in(uint64_t entry)
{
    return (entry & 0x000ffffffffff000) / PAGE_4K_BYTES;
}

static bool is_link(uint64_t entry, int level)
{
    return level > 1 && (entry & (PRESENT | HUGE_PAGE)) == PRESENT && frame_in(entry) < MACHINE_FRAMES;
}

struct stock {
    struct model_counts counts;
    bool is_seen[MACHINE_FRAMES];
    const char *complaint;
};

static void take_stock_below(struct stock *stock, uint64_t table, int level)
{
    if (stock->is_seen[table] || remembered.count == MACHINE_MAX_TABLES) {
        stock->complaint = stock->is_seen[table] ? "a table is linked twice" : "too many tables";
        return;
    }
    stock->is_seen[table] = true;
    memcpy(remembered.tables[remembered.count], memory[table], PAGE_4K_BYTES);
    remembered.frames[remembered.count++] = table;
    for (int i = 0; i < ENTRIES && stock->complaint == NULL; i++) {
        uint64_t entry = memory[table][i];
        if (entry == 0)
            continue;
        if (is_link(entry, level)) {
            stock->counts.tables++;
            take_stock_below(stock, frame_in(entry), level - 1);
        } else if ((entry & PRESENT) != 0 && level < ROOT_LEVEL && (level == 1 || (entry & HUGE_PAGE) != 0)) {
            stock->counts.pages[level - 1]++;
        } else {
            stock->complaint = "an entry is damaged";
        }
    }
}

const char *machine_take_stock(struct model_counts *counts)
{
    struct stock stock = {.complaint = NULL};
    remembered.count = 0;
    take_stock_below(&stock, machine_mapper.root, ROOT_LEVEL);
    *counts = stock.counts;
    return stock.complaint;
}

bool machine_is_unchanged(void)
{
    for (size_t i = 0; i < remembered.count; i++) {
        if (memcmp(memory[remembered.frames[i]], remembered.tables[i], PAGE_4K_BYTES) != 0)
            return false;
    }
    return true;
}

uint64_t machine_entry(uint64_t address, uint64_t *page_bytes)
{
    uint64_t table = machine_mapper.root;
    *page_bytes = 512ull * PAGE_1G_BYTES;
    for (int level = ROOT_LEVEL;; level--) {
        uint64_t entry = memory[table][address / *page_bytes % ENTRIES];
        if ((entry & PRESENT) == 0)
            return 0;
        if (!is_link(entry, level))
            return entry;
        table = frame_in(entry);
        *page_bytes /= ENTRIES;
    }
}
