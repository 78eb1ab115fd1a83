/* SPDX-License-Identifier: MIT */
/* 1 GiB in pages of 4 KiB: mapped, looked up at random, unmapped; by us and by the floors, in the same memory. */
#include "floors.h"
#include "groups.h"
#include "tables.h"

enum { PAGES = 1 << 18, QUICK_PAGES = 1 << 12, ADDRESSES = 1 << 16, PASSES = 4 };

#define FIRST_PAGE 0xffffc00000000000
#define FIRST_FRAME 0x100000000
#define FLAGS PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE)

static uint64_t addresses[ADDRESSES];

static struct floor_mapper floor_reset(void)
{
    tables_reset();
    return (struct floor_mapper){
        .tables = tables_memory,
        .table_limit = TABLES_FRAMES,
        .frame_limit = tables_mapper.frame_limit,
        .root = tables_mapper.root,
        .next_table = tables_mapper.root + 1,
    };
}

static void choose_addresses(uint64_t pages)
{
    uint64_t seed = 0x2545f4914f6cdd1d;
    for (unsigned i = 0; i < ADDRESSES; i++)
        addresses[i] = FIRST_PAGE + bench_random(&seed) % (pages * PAGE_4K_BYTES);
}

static uint64_t expected_sum(void)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < ADDRESSES; i++)
        sum += addresses[i] - FIRST_PAGE + FIRST_FRAME;
    return sum;
}

static NO_INLINE uint64_t map_all(uint64_t pages)
{
    uint64_t refused = 0;
    for (uint64_t i = 0; i < pages; i++) {
        page_4k page = page_4k_at(virt_addr_new(FIRST_PAGE + i * PAGE_4K_BYTES));
        frame_4k frame = frame_4k_at(phys_addr_new(FIRST_FRAME + i * PAGE_4K_BYTES));
        refused |= ignore(map_to(&tables_mapper, page, frame, FLAGS));
    }
    return refused;
}

static NO_INLINE uint64_t floor_map_all(struct floor_mapper *mapper, uint64_t pages)
{
    uint64_t refused = 0;
    for (uint64_t i = 0; i < pages; i++)
        refused |= floor_map(mapper, FIRST_PAGE + i * PAGE_4K_BYTES, FIRST_FRAME + i * PAGE_4K_BYTES, FLAGS.bits);
    return refused;
}

static NO_INLINE uint64_t unmap_all(uint64_t pages)
{
    uint64_t wrong = 0;
    for (uint64_t i = 0; i < pages; i++) {
        page_4k page = page_4k_at(virt_addr_new(FIRST_PAGE + i * PAGE_4K_BYTES));
        struct unmapped_4k removed = ignore(unmap(&tables_mapper, page));
        wrong |= removed.error | (removed.frame.start.value ^ (FIRST_FRAME + i * PAGE_4K_BYTES));
    }
    return wrong;
}

static NO_INLINE uint64_t floor_unmap_all(struct floor_mapper *mapper, uint64_t pages)
{
    uint64_t wrong = 0;
    for (uint64_t i = 0; i < pages; i++) {
        struct floor_removal removed = floor_unmap(mapper, FIRST_PAGE + i * PAGE_4K_BYTES);
        wrong |= removed.error | (removed.frame ^ (FIRST_FRAME + i * PAGE_4K_BYTES));
    }
    return wrong;
}

static NO_INLINE uint64_t translate_all(void)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < ADDRESSES; i++) {
        struct translation found = translate(&tables_mapper, virt_addr_new(addresses[i]));
        sum += found.error == MAP_OK ? translation_address(found).value : 0;
    }
    return sum;
}

static NO_INLINE uint64_t floor_translate_all(const struct floor_mapper *mapper)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < ADDRESSES; i++)
        sum += floor_translate(mapper, addresses[i]);
    return sum;
}

static void sample_ours(uint64_t pages)
{
    tables_reset();
    uint64_t start = bench_now_ns();
    uint64_t refused = map_all(pages);
    bench_report("map_to", "ours", bench_now_ns() - start, pages);
    bench_expect(refused == 0, "map_to refuses a page");
    start = bench_now_ns();
    uint64_t wrong = unmap_all(pages);
    bench_report("unmap", "ours", bench_now_ns() - start, pages);
    bench_expect(wrong == 0, "unmap gives another frame");
}

static void sample_floor(uint64_t pages)
{
    struct floor_mapper mapper = floor_reset();
    uint64_t start = bench_now_ns();
    uint64_t refused = floor_map_all(&mapper, pages);
    bench_report("map_to", "floor", bench_now_ns() - start, pages);
    bench_expect(refused == 0, "the floor refuses a page");
    start = bench_now_ns();
    uint64_t wrong = floor_unmap_all(&mapper, pages);
    bench_report("unmap", "floor", bench_now_ns() - start, pages);
    bench_expect(wrong == 0, "the floor unmaps another frame");
}

/* Both look the addresses up in the same tables. */
static void sample_translate(uint64_t pages)
{
    struct floor_mapper floor = floor_reset();
    uint64_t ours_ns = 0, floor_ns = 0;
    bench_expect(map_all(pages) == 0, "map_to refuses a page");
    for (unsigned pass = 0; pass < PASSES; pass++) {
        uint64_t start = bench_now_ns();
        uint64_t sum = translate_all();
        uint64_t middle = bench_now_ns();
        uint64_t floor_sum = floor_translate_all(&floor);
        floor_ns += bench_now_ns() - middle;
        ours_ns += middle - start;
        bench_expect(sum == expected_sum(), "translate gives another address");
        bench_expect(floor_sum == sum, "the floor gives another address");
    }
    bench_report("translate", "ours", ours_ns, ADDRESSES * PASSES);
    bench_report("translate", "floor", floor_ns, ADDRESSES * PASSES);
}

static page_range_4k all_pages(uint64_t pages)
{
    return page_range_4k_new(page_4k_at(virt_addr_new(FIRST_PAGE)), pages);
}

/* What a range has to write at the least: the entries of its tables. */
static void sample_range(uint64_t pages)
{
    tables_reset();
    uint64_t start = bench_now_ns();
    enum map_error error = ignore(
        map_range(&tables_mapper, all_pages(pages), frame_4k_at(phys_addr_new(FIRST_FRAME)), FLAGS, PAGE_SIZE_4K));
    bench_report("map_range", "ours", bench_now_ns() - start, pages);
    bench_expect(error == MAP_OK, "map_range refuses a range");
    bench_expect(translate_all() == expected_sum(), "map_range maps other frames");
    struct frame_list frames;
    start = bench_now_ns();
    struct unmapped_range unmapped = ignore(unmap_range(&tables_mapper, all_pages(pages), &frames));
    bench_report("unmap_range", "ours", bench_now_ns() - start, pages);
    bench_expect(unmapped.error == MAP_OK && unmapped.count == pages, "unmap_range refuses a range");
    frame_range_4k run = frame_list_run(&frames, 0);
    bench_expect(run.first.start.value == FIRST_FRAME && run.count == pages, "unmap_range gives other frames");

    struct floor_mapper mapper = floor_reset();
    start = bench_now_ns();
    floor_fill_tables(&mapper, mapper.next_table, pages / 512, FIRST_FRAME, FLAGS.bits);
    bench_report("map_range", "floor", bench_now_ns() - start, pages);
}

void bench_mapper(const struct bench_plan *plan)
{
    uint64_t pages = plan->is_quick ? QUICK_PAGES : PAGES;
    choose_addresses(pages);
    tables_reset();
    bench_expect(map_all(pages) == 0, "map_to refuses a page"); /* the host's own page faults are over then */
    for (unsigned i = 0; i < plan->repeats; i++) {
        sample_ours(pages);
        sample_floor(pages);
        sample_range(pages);
        sample_translate(pages);
    }
}
