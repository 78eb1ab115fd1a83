/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/lib/text.h>
#include <tenorite/mm/kernel_memory.h>

#include "kernel_test.h"

/*
 * Frames of every size on a real memory map, with a module: 3 GiB below and 2 GiB above the 4 GiB border. What is
 * handed out is compared with what the boot loader said, region by region, by nothing that the allocator uses.
 */
enum { MODEL_FRAMES = 8 << 18, WORD_BYTES = 64 * 4096, MOST_1G = 8, MOST_2M = 8 * 512 };

static const struct boot_info *loader;
static struct kernel_memory memory;
static uint64_t is_taken[MODEL_FRAMES / 64]; /* a bit for each frame of 4 KiB */
static frame_1g taken_1g[MOST_1G];
static frame_2m taken_2m[MOST_2M];
static size_t count_1g, count_2m, count_4k;

static bool meets(uint64_t start, uint64_t end, uint64_t base, uint64_t length)
{
    return length != 0 && start < base + length && base < end;
}

/* Whether every byte is in a usable region; they may adjoin each other. */
static bool is_usable(uint64_t start, uint64_t end)
{
    for (size_t i = 0; i < loader->region_count && start < end; i++) {
        const struct boot_region *region = &loader->regions[i];
        if (region->kind == BOOT_REGION_USABLE && start >= region->base && start - region->base < region->length) {
            start = region->base + region->length;
            i = (size_t)-1;
        }
    }
    return start >= end;
}

static const char *who_uses(uint64_t start, uint64_t end)
{
    uint64_t image = image_physical_start().value;
    if (start < 1 << 20)
        return "low memory";
    if (meets(start, end, image, image_physical_end().value - image))
        return "the kernel";
    if (meets(start, end, loader->information_base, loader->information_length))
        return "the boot information";
    for (size_t i = 0; i < loader->module_count; i++)
        if (meets(start, end, loader->modules[i].base, loader->modules[i].length))
            return "a module";
    for (size_t i = 0; i < loader->region_count; i++) {
        const struct boot_region *region = &loader->regions[i];
        if (region->kind != BOOT_REGION_USABLE && meets(start, end, region->base, region->length))
            return boot_region_kind_text(region->kind);
    }
    return is_usable(start, end) ? NULL : "nobody: there is no memory";
}

static volatile uint64_t *window_onto(uint64_t address)
{
    return (volatile uint64_t *)(memory_layout()->physical_window.start.value + address);
}

/* The bits of `bytes` at `start` in their word of is_taken: they fill words or do not cross the border of one. */
static uint64_t bits_of(uint64_t start, uint64_t bytes)
{
    return bytes >= WORD_BYTES ? ~0ull : ((1ull << bytes / 4096) - 1) << start / 4096 % 64;
}

/* Of frames of 2 MiB one in 64 is: the machine that emulates this one finds memory for what is written to. */
static bool is_written(uint64_t start, uint64_t bytes)
{
    return bytes != PAGE_2M_BYTES || start / PAGE_2M_BYTES % 64 == 1;
}

/* Frames' first and last words take their address, so that a frame that is another one's alias is seen. */
static void note(uint64_t start, uint64_t bytes)
{
    const char *user = who_uses(start, start + bytes);
    CHECK(user == NULL, "%#llx..%#llx is used by %s", (unsigned long long)start, (unsigned long long)(start + bytes),
          user);
    CHECK(start + bytes <= MODEL_FRAMES * 4096ull, "%#llx..%#llx", (unsigned long long)start,
          (unsigned long long)(start + bytes));
    for (uint64_t at = start; at < start + bytes; at += WORD_BYTES) {
        uint64_t *word = &is_taken[at / WORD_BYTES];
        CHECK((*word & bits_of(at, bytes)) == 0, "taken twice at %#llx: %llx", (unsigned long long)at,
              (unsigned long long)*word);
        *word |= bits_of(at, bytes);
    }
    if (is_written(start, bytes)) {
        *window_onto(start) = start;
        *window_onto(start + bytes - 8) = start;
    }
}

static void expect_content(uint64_t start, uint64_t bytes)
{
    if (is_written(start, bytes))
        CHECK(*window_onto(start) == start && *window_onto(start + bytes - 8) == start, "%#llx shows %#llx and %#llx",
              (unsigned long long)start, (unsigned long long)*window_onto(start),
              (unsigned long long)*window_onto(start + bytes - 8));
    for (uint64_t at = start; at < start + bytes; at += WORD_BYTES)
        is_taken[at / WORD_BYTES] &= ~bits_of(at, bytes);
}

static void expect_sound(void)
{
    const char *violated = frames_check(&memory.frames);
    CHECK(violated == NULL, "%s", violated);
}

/* The largest first: all of memory is handed out. */
static void all_of_memory_is_handed_out_and_none_of_it_is_in_use(void)
{
    for (; count_1g < MOST_1G; count_1g++) {
        struct frame_allocation_1g allocation = frames_alloc_1g(&memory.frames);
        if (!allocation.is_valid)
            break;
        taken_1g[count_1g] = allocation.frame;
        note(allocation.frame.start.value, PAGE_1G_BYTES);
    }
    for (; count_2m < MOST_2M; count_2m++) {
        struct frame_allocation_2m allocation = frames_alloc_2m(&memory.frames);
        if (!allocation.is_valid)
            break;
        taken_2m[count_2m] = allocation.frame;
        note(allocation.frame.start.value, PAGE_2M_BYTES);
    }
    for (;; count_4k++) {
        struct frame_allocation_4k allocation = frames_alloc_4k(&memory.frames);
        if (!allocation.is_valid)
            break;
        note(allocation.frame.start.value, PAGE_4K_BYTES);
    }
    CHECK(count_1g == 3, "%zu frames of 1 GiB, not the second, fifth and sixth", count_1g);
    CHECK(count_2m > 1000 && count_2m < 1024, "%zu frames of 2 MiB out of the first and third GiB", count_2m);
    CHECK(count_4k > 100, "%zu frames of 4 KiB", count_4k);
    CHECK(frames_statistics(&memory.frames).free_count == 0, "there are more");
    expect_sound();
}

static void all_of_it_comes_back(void)
{
    for (size_t i = 0; i < count_1g; i++) {
        expect_content(taken_1g[i].start.value, PAGE_1G_BYTES);
        frames_free_1g(&memory.frames, taken_1g[i]);
    }
    for (size_t i = 0; i < count_2m; i++) {
        expect_content(taken_2m[i].start.value, PAGE_2M_BYTES);
        frames_free_2m(&memory.frames, taken_2m[i]);
    }
    for (uint64_t frame = 0; frame < MODEL_FRAMES; frame++) {
        if ((is_taken[frame / 64] >> frame % 64 & 1) == 0)
            continue;
        expect_content(frame * 4096, PAGE_4K_BYTES);
        frames_free_4k(&memory.frames, frame_4k_at(phys_addr_new(frame * 4096)));
    }
    struct frames_statistics statistics = frames_statistics(&memory.frames);
    CHECK(statistics.free_count == count_1g * (1 << 18) + count_2m * 512 + count_4k, "%llu frames are free",
          (unsigned long long)statistics.free_count);
    CHECK(statistics.free_1g_count == count_1g && statistics.free_2m_count == count_1g * 512 + count_2m,
          "%llu of 1 GiB and %llu of 2 MiB", (unsigned long long)statistics.free_1g_count,
          (unsigned long long)statistics.free_2m_count);
    CHECK(statistics.peak_used_count == statistics.total_count, "a peak of %llu",
          (unsigned long long)statistics.peak_used_count);
    expect_sound();
}

/* Memory that old devices reach: side by side, below 16 MiB. */
static void a_run_for_a_device_lies_where_it_was_asked_for(void)
{
    struct frames_request request = {.count = 32, .alignment_bytes = 128 << 10, .below = 16 << 20};
    struct frame_allocation_4k run = frames_alloc_run(&memory.frames, request);
    uint64_t start = run.frame.start.value;
    CHECK(run.is_valid && start % (128 << 10) == 0 && start + (128 << 10) <= 16 << 20, "at %#llx",
          (unsigned long long)start);
    note(start, 128 << 10);
    frames_free_run(&memory.frames, run.frame, request.count);
    expect_sound();
}

static void what_the_loader_uses_cannot_be_reserved_and_free_memory_can(void)
{
    uint64_t image = image_physical_start().value, module = loader->modules[0].base;
    uint64_t free = taken_1g[0].start.value;
    struct region ranges[] = {{0, 1}, {image, image + 1}, {module, module + 1}, {module - 4096, module + 1}};
    for (size_t i = 0; i < COUNT_OF(ranges); i++) {
        enum frames_error error = frames_reserve(&memory.frames, ranges[i]);
        CHECK(error == FRAMES_FOREIGN, "%#llx: error %d", (unsigned long long)ranges[i].start, (int)error);
    }
    enum frames_error error = frames_reserve(&memory.frames, (struct region){free + 1, free + 4097});
    CHECK(error == FRAMES_OK, "%#llx: error %d", (unsigned long long)free, (int)error);
    error = frames_reserve(&memory.frames, (struct region){free, free + 1});
    CHECK(error == FRAMES_IN_USE, "%#llx: error %d", (unsigned long long)free, (int)error);
    expect_sound();
}

void kernel_main(const struct boot_info *boot_info)
{
    static const struct kernel_test tests[] = {
        KERNEL_TEST(all_of_memory_is_handed_out_and_none_of_it_is_in_use),
        KERNEL_TEST(all_of_it_comes_back),
        KERNEL_TEST(a_run_for_a_device_lies_where_it_was_asked_for),
        KERNEL_TEST(what_the_loader_uses_cannot_be_reserved_and_free_memory_can),
    };
    loader = boot_info;
    ASSERT(loader->module_count == 1, "%zu modules", loader->module_count);
    enum kernel_memory_error error = kernel_memory_init(&memory, boot_info);
    ASSERT(error == KERNEL_MEMORY_OK, "%s", kernel_memory_error_text(error));
    kernel_test_run(tests, COUNT_OF(tests));
}
