/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/lib/console.h>
#include <tenorite/lib/text.h>
#include <tenorite/mm/kernel_memory.h>
#include <tenorite/mm/mapped_ranges.h>

#include "kernel_test.h"

/* The mapper against the CPU: what it maps is what the memory management unit shows. */
#define TEST_PAGE 0xffffe00000000000

static struct kernel_memory memory;
static const struct boot_info *boot;

static frame_4k take_frame(void)
{
    struct frame_allocation_4k allocation = frames_alloc_4k(&memory.frames);
    ASSERT(allocation.is_valid, "no frame is free");
    return allocation.frame;
}

static volatile uint64_t *window_onto(frame_4k frame)
{
    return (volatile uint64_t *)(memory_layout()->physical_window.start.value + frame.start.value);
}

static void mapped_page_shows_its_frame(void)
{
    struct mapper *mapper = &memory.space.mapper;
    page_4k page = page_4k_at(virt_addr_new(TEST_PAGE));
    frame_4k frame = take_frame();
    enum map_error error = flush(map_to(mapper, page, frame, PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE)));
    CHECK(error == MAP_OK, "%s", map_error_name(error));
    *(volatile uint64_t *)TEST_PAGE = 0xf021f077f065f04e;
    CHECK(*window_onto(frame) == 0xf021f077f065f04e, "%llx", (unsigned long long)*window_onto(frame));
    struct translation found = translate(mapper, virt_addr_new(TEST_PAGE + 0x123));
    CHECK(found.error == MAP_OK && translation_address(found).value == frame.start.value + 0x123, "%llx",
          (unsigned long long)translation_address(found).value);
    error = flush(map_to(mapper, page, frame, PAGE_FLAGS(PRESENT)));
    CHECK(error == MAP_ALREADY_MAPPED, "%s", map_error_name(error));
    struct unmapped_4k unmapped = flush(unmap(mapper, page));
    CHECK(unmapped.error == MAP_OK && unmapped.frame.start.value == frame.start.value, "%s",
          map_error_name(unmapped.error));
    frames_free_4k(&memory.frames, unmapped.frame);
    CHECK(translate(mapper, page.start).error == MAP_NOT_MAPPED, "still mapped");
}

static void remapping_after_a_flush_shows_the_new_frame(void)
{
    struct mapper *mapper = &memory.space.mapper;
    page_4k page = page_4k_at(virt_addr_new(TEST_PAGE));
    for (uint64_t round = 0; round < 100; round++) {
        frame_4k frame = take_frame();
        *window_onto(frame) = round;
        enum map_error error = flush(map_to(mapper, page, frame, PAGE_FLAGS(PRESENT, NO_EXECUTE)));
        CHECK(error == MAP_OK, "%s", map_error_name(error));
        uint64_t seen = *(volatile uint64_t *)TEST_PAGE;
        CHECK(seen == round, "round %llu shows %llu", (unsigned long long)round, (unsigned long long)seen);
        struct unmapped_4k unmapped = flush(unmap(mapper, page));
        CHECK(unmapped.error == MAP_OK, "%s", map_error_name(unmapped.error));
        if (round % 2 == 0)
            frames_free_4k(&memory.frames, unmapped.frame);
    }
}

static void kernel_is_mapped_w_xor_x(void)
{
    CHECK(address_space_is_w_xor_x(&memory.space), "a page is writable and executable");
    size_t count;
    const struct image_segment *segments = image_segments(&count);
    for (size_t i = 0; i < count; i++) {
        struct translation found = translate(&memory.space.mapper, segments[i].start);
        CHECK(found.error == MAP_OK && translation_address(found).value == segments[i].physical_start.value, "%s: %s",
              segments[i].name, map_error_name((enum map_error)found.error));
    }
}

static void lower_half_and_guard_pages_are_not_mapped(void)
{
    const struct mapper *mapper = &memory.space.mapper;
    CHECK(translate(mapper, virt_addr_new(0)).error == MAP_NOT_MAPPED, "page 0");
    CHECK(translate(mapper, virt_addr_new(0x100000)).error == MAP_NOT_MAPPED, "the boot code");
    size_t count;
    const struct image_segment *segments = image_segments(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(segments[i].name + strlen(segments[i].name) - 5, "stack") == 0)
            CHECK(translate(mapper, virt_addr_new(segments[i].start.value - 1)).error == MAP_NOT_MAPPED,
                  "the guard page of the %s", segments[i].name);
}

static void frames_outside_ram_have_no_window(void)
{
    struct translation found =
        translate(&memory.space.mapper, virt_addr_new(memory_layout()->physical_window.start.value + 0xb8000));
    CHECK(found.error == MAP_NOT_MAPPED, "video memory is in the window");
}

/* The most that alignment and what the loader calls usable permit at `physical`; the image has no place in the window, and
 * around it are small pages. */
static uint64_t largest_page_at(uint64_t physical)
{
    uint64_t page = paging_features().has_1g_pages ? PAGE_1G_BYTES : PAGE_2M_BYTES;
    for (; page > PAGE_4K_BYTES; page /= 512) {
        struct region around = region_new(physical / page * page, page);
        bool is_beside_image =
            around.end <= image_physical_start().value || around.start >= image_physical_end().value;
        for (size_t i = 0; i < boot->region_count && is_beside_image; i++) {
            const struct boot_region *usable = &boot->regions[i];
            if (usable->kind == BOOT_REGION_USABLE && usable->base <= around.start &&
                around.end <= usable->base + usable->length)
                return page;
        }
    }
    return page;
}

static void ram_is_shown_by_the_largest_pages(void)
{
    const struct virtual_range window = memory_layout()->physical_window;
    uint64_t shown[3] = {0, 0, 0};
    struct mapped_range range;
    for (struct mapped_ranges at = mapped_ranges(&memory.space.mapper); mapped_ranges_next(&at, &range);) {
        uint64_t page = page_size_bytes(range.size);
        if (range.start.value < window.start.value || range.start.value - window.start.value >= window.length_bytes ||
            page_flags_contains(range.flags, PAGE_FLAGS(NO_CACHE)))
            continue;
        shown[range.size] += range.length_bytes;
        for (uint64_t offset = 0; offset < range.length_bytes; offset += page)
            CHECK(page == largest_page_at(range.physical_start.value + offset), "%#llx is in a page of %llu KiB",
                  (unsigned long long)(range.physical_start.value + offset), (unsigned long long)page / 1024);
    }
    console_print_line("# window: %llu KiB in 4K, %llu MiB in 2M, %llu GiB in 1G pages",
                       (unsigned long long)shown[PAGE_SIZE_4K] >> 10, (unsigned long long)shown[PAGE_SIZE_2M] >> 20,
                       (unsigned long long)shown[PAGE_SIZE_1G] >> 30);
    CHECK(shown[PAGE_SIZE_4K] > 0 && shown[PAGE_SIZE_2M] > 0, "no pages of 4K or 2M");
}

void kernel_main(const struct boot_info *boot_info)
{
    static const struct kernel_test tests[] = {
        KERNEL_TEST(mapped_page_shows_its_frame),       KERNEL_TEST(remapping_after_a_flush_shows_the_new_frame),
        KERNEL_TEST(kernel_is_mapped_w_xor_x),          KERNEL_TEST(lower_half_and_guard_pages_are_not_mapped),
        KERNEL_TEST(frames_outside_ram_have_no_window), KERNEL_TEST(ram_is_shown_by_the_largest_pages),
    };
    boot = boot_info;
    enum kernel_memory_error error = kernel_memory_init(&memory, boot_info);
    ASSERT(error == KERNEL_MEMORY_OK, "%s", kernel_memory_error_text(error));
    kernel_test_run(tests, COUNT_OF(tests));
}
