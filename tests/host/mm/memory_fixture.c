/* SPDX-License-Identifier: MIT */
#include "memory_fixture.h"

static uint64_t memory[FIXTURE_FRAMES][512] __attribute__((aligned(1 << 21)));
static uint64_t remembered[FIXTURE_FRAMES][512];
static uint64_t remembered_free;
static uint64_t storage[4096];

uint64_t (*const fixture_memory)[512] = memory;
struct frames fixture_frames;
struct mapper fixture_mapper;

void fixture_reset(uint64_t usable_frames)
{
    struct region usable[] = {{0x1000, 0x1000 * (usable_frames + 2)}};
    struct region_list list = {usable, 1, 1};
    paging_double_reset();
    memset(memory, 0xa5, sizeof memory);
    frames_init(&fixture_frames, storage, sizeof storage, &list);
    struct frame_allocation_4k root = frames_alloc_4k(&fixture_frames);
    assert_true(root.is_valid);
    memset(memory[root.frame.start.value / 4096], 0, 4096);
    mapper_init(&fixture_mapper, root.frame, memory, sizeof memory, &fixture_frames, paging_features());
}

int fixture_setup(void **state)
{
    (void)state;
    fixture_reset(FIXTURE_FRAMES - 2);
    return 0;
}

uint64_t fixture_free_frames(void)
{
    return frames_statistics(&fixture_frames).free_count;
}

void fixture_drain(uint64_t left)
{
    while (fixture_free_frames() > left)
        assert_true(frames_alloc_4k(&fixture_frames).is_valid);
}

void fixture_snapshot(void)
{
    memcpy(remembered, memory, sizeof memory);
    remembered_free = fixture_free_frames();
}

/* Frames that were free may have been written to: compares what was reachable from the root then. */
static bool is_tree_unchanged(uint64_t table, int level)
{
    if (memcmp(memory[table], remembered[table], 4096) != 0)
        return false;
    for (int i = 0; level > 1 && i < 512; i++) {
        uint64_t entry = remembered[table][i];
        if ((entry & 0x81) == 1 && (entry >> 12) < FIXTURE_FRAMES && !is_tree_unchanged(entry >> 12, level - 1))
            return false;
    }
    return true;
}

void fixture_expect_unchanged(void)
{
    assert_true(is_tree_unchanged(fixture_mapper.root, 4));
    assert_int_equal(fixture_free_frames(), remembered_free);
}

static uint64_t count_tables_below(uint64_t table, int level)
{
    uint64_t count = 0;
    for (int i = 0; level > 1 && i < 512; i++) {
        uint64_t entry = memory[table][i];
        if ((entry & 0x81) == 1)
            count += 1 + count_tables_below((entry & 0x000ffffffffff000) >> 12, level - 1);
    }
    return count;
}

uint64_t fixture_table_count(void)
{
    return count_tables_below(fixture_mapper.root, 4);
}

uint64_t *fixture_entry(uint64_t address, int level)
{
    uint64_t table = 1;
    for (int at = 4;; at--) {
        uint64_t *entry = &memory[table][address >> (3 + 9 * at) & 511];
        if (at == level)
            return entry;
        assert_int_equal(*entry & 0x81, 1);
        table = (*entry & 0x000ffffffffff000) >> 12;
        assert_in_range(table, 1, FIXTURE_FRAMES - 1);
    }
}
