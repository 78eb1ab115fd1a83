/* SPDX-License-Identifier: MIT */
/*
 * How many instructions the operations of a running kernel execute, those of memory here, of tasks in tasks.c. Under QEMU's -icount the time stamp counter
 * advances by one an instruction, so counts are exact, and the same in every run: tests/bench/guest_counts.py runs this
 * twice, and compares. Each line is
 *
 *     count FIGURE INSTRUCTIONS OPERATIONS
 */
#include "groups.h"
#include "series.h"

#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/power.h>
#include <tenorite/lib/console.h>
#include <tenorite/lib/panic.h>
#include <tenorite/mm/kernel_memory.h>

enum { PAGES = 4096, FRAMES = 4096, BLOCKS = 500, STEPS = 4000, PAIRS = 1000, HOLES = 8000, DONE = 0x10 };

#define FIRST_PAGE 0xffffe00000000000
#define FLAGS PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE)

static struct kernel_memory memory;
static frame_4k frames[FRAMES];
static void *blocks[HOLES + HOLES / 2];

static uint64_t random_next(void)
{
    static uint64_t seed = 0x853c49e6748fea9b;
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return seed;
}

static void count_mapper(void)
{
    struct series mapping = {.figure = "map_to"}, looking = {.figure = "translate"},
                  updating = {.figure = "update_flags"}, unmapping = {.figure = "unmap"};
    struct mapper *mapper = &memory.space.mapper;
    frame_4k frame = frame_4k_at(phys_addr_new(0x100000000));
    for (uint64_t i = 0; i < PAGES; i++) {
        page_4k page = page_4k_at(virt_addr_new(FIRST_PAGE + i * PAGE_4K_BYTES));
        series_begin(&mapping);
        enum map_error error = flush(map_to(mapper, page, frame, FLAGS));
        series_end(&mapping);
        ASSERT(error == MAP_OK, "%s", map_error_name(error));
    }
    for (uint64_t i = 0; i < PAGES; i++) {
        virt_addr address = virt_addr_new(FIRST_PAGE + random_next() % (PAGES * PAGE_4K_BYTES));
        series_begin(&looking);
        phys_addr found = translation_address(translate(mapper, address));
        series_end(&looking);
        ASSERT(found.value == 0x100000000 + address.value % PAGE_4K_BYTES, "%llx", (unsigned long long)found.value);
    }
    for (uint64_t i = 0; i < PAGES; i++) {
        page_4k page = page_4k_at(virt_addr_new(FIRST_PAGE + i * PAGE_4K_BYTES));
        series_begin(&updating);
        enum map_error error = flush(update_flags(mapper, page, PAGE_FLAGS(PRESENT, NO_EXECUTE)));
        series_end(&updating);
        ASSERT(error == MAP_OK, "%s", map_error_name(error));
    }
    for (uint64_t i = 0; i < PAGES; i++) {
        page_4k page = page_4k_at(virt_addr_new(FIRST_PAGE + i * PAGE_4K_BYTES));
        series_begin(&unmapping);
        struct unmapped_4k removed = flush(unmap(mapper, page));
        series_end(&unmapping);
        ASSERT(removed.error == MAP_OK && removed.frame.start.value == frame.start.value, "unmapped another frame");
    }
    series_print(&mapping);
    series_print(&looking);
    series_print(&updating);
    series_print(&unmapping);
}

/* Operations are pages here. */
static void count_ranges(void)
{
    struct series mapping = {.figure = "map_range"}, unmapping = {.figure = "unmap_range"};
    struct frame_list unmapped;
    page_range_4k pages = page_range_4k_new(page_4k_at(virt_addr_new(FIRST_PAGE)), PAGES);
    frame_4k first = frame_4k_at(phys_addr_new(0x100001000));
    series_begin(&mapping);
    enum map_error error = flush(map_range(&memory.space.mapper, pages, first, FLAGS, PAGE_SIZE_4K));
    series_end(&mapping);
    ASSERT(error == MAP_OK, "%s", map_error_name(error));
    series_begin(&unmapping);
    struct unmapped_range removed = flush(unmap_range(&memory.space.mapper, pages, &unmapped));
    series_end(&unmapping);
    ASSERT(removed.error == MAP_OK && removed.count == PAGES, "%s", map_error_name(removed.error));
    print_count(mapping.figure, mapping.total, PAGES);
    print_count(unmapping.figure, unmapping.total, PAGES);
}

static void count_frames(void)
{
    struct series taking = {.figure = "frame_alloc"}, giving = {.figure = "frame_free"};
    for (unsigned i = 0; i < FRAMES; i++) {
        series_begin(&taking);
        struct frame_allocation_4k allocation = frames_alloc_4k(&memory.frames);
        series_end(&taking);
        ASSERT(allocation.is_valid, "no frame is free");
        frames[i] = allocation.frame;
    }
    for (unsigned i = FRAMES; i-- > 0;) {
        unsigned other = (unsigned)(random_next() % (i + 1));
        frame_4k chosen = frames[other];
        frames[other] = frames[i];
        series_begin(&giving);
        frames_free_4k(&memory.frames, chosen);
        series_end(&giving);
    }
    series_print(&taking);
    series_print(&giving);
}

static void count_large_frames(void)
{
    struct series taking = {.figure = "frame_alloc_2m"}, giving = {.figure = "frame_free_2m"};
    for (unsigned i = 0; i < PAIRS; i++) {
        series_begin(&taking);
        struct frame_allocation_2m allocation = frames_alloc_2m(&memory.frames);
        series_end(&taking);
        ASSERT(allocation.is_valid, "no frame of 2 MiB is free");
        series_begin(&giving);
        frames_free_2m(&memory.frames, allocation.frame);
        series_end(&giving);
    }
    series_print(&taking);
    series_print(&giving);
}

static void *alloc_block(struct series *series, size_t bytes)
{
    series_begin(series);
    void *block = heap_alloc(&memory.heap, bytes);
    series_end(series);
    ASSERT(block != NULL, "no memory for %zu bytes", bytes);
    return block;
}

static void free_block(struct series *series, void *block)
{
    series_begin(series);
    heap_free(&memory.heap, block);
    series_end(series);
}

static void count_heap_pairs(void)
{
    struct series taking = {.figure = "heap_alloc_64"}, giving = {.figure = "heap_free_64"};
    for (unsigned i = 0; i < PAIRS; i++)
        free_block(&giving, alloc_block(&taking, 64));
    series_print(&taking);
    series_print(&giving);
}

/* Sizes of 16 to 4096 bytes, evenly by their logarithm; blocks replaced at random. */
static void count_heap_trace(void)
{
    struct series taking = {.figure = "heap_alloc_mixed"}, giving = {.figure = "heap_free_mixed"};
    for (unsigned i = 0; i < BLOCKS + STEPS; i++) {
        unsigned slot = i < BLOCKS ? i : (unsigned)(random_next() % BLOCKS);
        size_t power = (size_t)16 << random_next() % 8;
        free_block(&giving, blocks[slot]);
        blocks[slot] = alloc_block(&taking, power + random_next() % power);
    }
    for (unsigned i = 0; i < BLOCKS; i++)
        free_block(&giving, blocks[i]);
    series_print(&taking);
    series_print(&giving);
}

/* Blocks of 64 bytes, every other one freed, then blocks of 128 bytes. */
static void count_heap_pattern(void)
{
    struct series taking = {.figure = "heap_alloc_fragmenting"}, giving = {.figure = "heap_free_fragmenting"};
    for (unsigned i = 0; i < HOLES; i++)
        blocks[i] = alloc_block(&taking, 64);
    for (unsigned i = 0; i < HOLES; i += 2) {
        free_block(&giving, blocks[i]);
        blocks[i] = NULL;
    }
    for (unsigned i = HOLES; i < COUNT_OF(blocks); i++)
        blocks[i] = alloc_block(&taking, 128);
    for (unsigned i = 0; i < COUNT_OF(blocks); i++)
        free_block(&giving, blocks[i]);
    series_print(&taking);
    series_print(&giving);
}

static void check_and_leave(void)
{
    const char *broken = heap_check(&memory.heap);
    ASSERT(broken == NULL, "%s", broken);
    power_exit(DONE);
}

void kernel_main(const struct boot_info *boot_info)
{
    enum kernel_memory_error error = kernel_memory_init(&memory, boot_info);
    ASSERT(error == KERNEL_MEMORY_OK, "%s", kernel_memory_error_text(error));
    console_print_line("build %s, TENORITE_DEBUG=%d", COMPILER_NAME, TENORITE_DEBUG);
    series_calibrate();
    count_mapper();
    count_ranges();
    count_frames();
    count_large_frames();
    count_heap_pairs();
    count_heap_trace();
    count_heap_pattern();
    count_tasks(&memory.heap, check_and_leave);
}
