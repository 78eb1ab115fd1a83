/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/lib/panic.h>
#include <tenorite/mm/kernel_memory.h>

#include "fault_probe.h"
#include "kernel_test.h"

/*
 * Ranges of pages against the CPU: once a range is flushed, it has forgotten every page of it, whether they were flushed
 * one by one or all at once, and whether they were global; and what a clean-up gives back can be used for anything.
 */
#define RANGE 0xffffe001fffe0000 /* 32 pages before the end of what one page table shows */
enum { FEW = FLUSH_PAGES_ONE_BY_ONE, MANY = FLUSH_PAGES_ONE_BY_ONE + 13 };

static struct kernel_memory memory;
static frame_4k frames; /* MANY of them, consecutive */

static void expect_ok(enum map_error error)
{
    CHECK(error == MAP_OK, "%s", map_error_name(error));
}

static page_range_4k range_of(uint64_t count)
{
    return page_range_4k_new(page_4k_at(virt_addr_new(RANGE)), count);
}

static uint64_t address_of(uint64_t index)
{
    return RANGE + index * PAGE_4K_BYTES;
}

static volatile uint64_t *window_onto(uint64_t index)
{
    return (volatile uint64_t *)(memory_layout()->physical_window.start.value + frames.start.value +
                                 index * PAGE_4K_BYTES);
}

/* Loads every translation into the CPU's cache. */
static void expect_shown(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        *window_onto(i) = 0;
        CHECK(!probe_write(address_of(i), (uint8_t)(i + 1)).has_struck, "page %llu", (unsigned long long)i);
        CHECK(*window_onto(i) == i + 1, "page %llu shows %llx", (unsigned long long)i,
              (unsigned long long)*window_onto(i));
    }
}

static void expect_not_mapped(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        struct fault fault = probe_read(address_of(i));
        CHECK(fault.has_struck && fault.error_code == 0 && fault.address == address_of(i), "page %llu of %llu: %s",
              (unsigned long long)i, (unsigned long long)count, fault.has_struck ? "another fault" : "no fault");
    }
}

static void expect_read_only(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        CHECK(!probe_read(address_of(i)).has_struck, "page %llu", (unsigned long long)i);
        struct fault fault = probe_write(address_of(i), 1);
        CHECK(fault.has_struck && fault.error_code == (FAULT_PRESENT | FAULT_WRITE), "page %llu: %s",
              (unsigned long long)i, fault.has_struck ? "another fault" : "no fault");
    }
}

static void map_change_and_unmap(uint64_t count, page_flags kind)
{
    struct mapper *mapper = &memory.space.mapper;
    page_range_4k range = range_of(count);
    page_flags writable = page_flags_union(kind, PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE));
    page_flags readable = page_flags_union(kind, PAGE_FLAGS(PRESENT, NO_EXECUTE));
    struct frame_list list;
    expect_not_mapped(count);
    expect_ok(flush(map_range(mapper, range, frames, writable, PAGE_SIZE_4K)));
    expect_shown(count);
    expect_ok(flush(update_flags_range(mapper, range, readable)));
    expect_read_only(count);
    struct unmapped_range unmapped = flush(unmap_range(mapper, range, &list));
    CHECK(unmapped.error == MAP_OK && unmapped.count == count, "%s", map_error_name(unmapped.error));
    CHECK(frame_list_length(&list) == 1 && frame_list_run(&list, 0).first.start.value == frames.start.value,
          "%zu runs", frame_list_length(&list));
    expect_not_mapped(count);
}

static void few_pages_are_forgotten(void)
{
    map_change_and_unmap(FEW, PAGE_FLAGS());
}

static void many_pages_are_forgotten(void)
{
    map_change_and_unmap(MANY, PAGE_FLAGS());
}

static void global_pages_are_forgotten(void)
{
    map_change_and_unmap(FEW, PAGE_FLAGS(GLOBAL));
    map_change_and_unmap(MANY, PAGE_FLAGS(GLOBAL));
}

static void tables_that_were_cleaned_up_can_be_used_for_anything(void)
{
    struct mapper *mapper = &memory.space.mapper;
    struct frame_list list;
    expect_ok(flush(clean_up(mapper, range_of(MANY), KERNEL_TABLES_SHARED)));
    uint64_t before = frames_statistics(&memory.frames).free_count;
    for (int round = 0; round < 10; round++) {
        expect_ok(flush(
            map_range(mapper, range_of(MANY), frames, PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE), PAGE_SIZE_1G)));
        expect_shown(MANY);
        CHECK(frames_statistics(&memory.frames).free_count < before, "no table was taken");
        struct unmapped_range unmapped = flush(unmap_range(mapper, range_of(MANY), &list));
        CHECK(unmapped.error == MAP_OK && unmapped.count == MANY, "%s", map_error_name(unmapped.error));
        expect_ok(flush(clean_up(mapper, range_of(MANY), KERNEL_TABLES_SHARED)));
        CHECK(frames_statistics(&memory.frames).free_count == before, "a table is lost");
        struct frame_allocation_4k reused = frames_alloc_4k(&memory.frames);
        ASSERT(reused.is_valid, "no frame is free");
        volatile uint64_t *words =
            (volatile uint64_t *)(memory_layout()->physical_window.start.value + reused.frame.start.value);
        for (uint64_t i = 0; i < PAGE_TABLE_ENTRIES; i++)
            words[i] = UINT64_MAX; /* every reserved bit, for a CPU that still takes it for a table */
        expect_not_mapped(MANY);
        frames_free_4k(&memory.frames, reused.frame);
    }
}

static void large_pages_of_a_range_are_forgotten(void)
{
    struct mapper *mapper = &memory.space.mapper;
    page_4k first = page_4k_at(virt_addr_new(0xffffe00280000000 + frames.start.value % PAGE_2M_BYTES));
    page_2m large = page_2m_containing(first.start);
    page_range_4k range = page_range_2m_as_4k(page_range_2m_new(large, 1));
    frame_4k start = frame_4k_at(frame_2m_containing(frames.start).start);
    struct frame_list list;
    expect_ok(flush(map_range(mapper, range, start, PAGE_FLAGS(PRESENT, NO_EXECUTE), PAGE_SIZE_1G)));
    CHECK(translate(mapper, first.start).size == PAGE_SIZE_2M, "size %u", translate(mapper, first.start).size);
    *window_onto(0) = 0xf021f077f065f04e;
    CHECK(!probe_read(first.start.value).has_struck, "it cannot be read");
    CHECK(*(volatile uint64_t *)virt_addr_to_pointer(first.start) == 0xf021f077f065f04e, "another frame is shown");
    struct unmapped_range unmapped = flush(unmap_range(mapper, range, &list));
    CHECK(unmapped.error == MAP_OK && unmapped.count == range.count, "%s", map_error_name(unmapped.error));
    CHECK(probe_read(first.start.value).has_struck, "it can be read");
}

void kernel_main(const struct boot_info *boot_info)
{
    static const struct kernel_test tests[] = {
        KERNEL_TEST(few_pages_are_forgotten),
        KERNEL_TEST(many_pages_are_forgotten),
        KERNEL_TEST(global_pages_are_forgotten),
        KERNEL_TEST(tables_that_were_cleaned_up_can_be_used_for_anything),
        KERNEL_TEST(large_pages_of_a_range_are_forgotten),
    };
    enum kernel_memory_error error = kernel_memory_init(&memory, boot_info);
    ASSERT(error == KERNEL_MEMORY_OK, "%s", kernel_memory_error_text(error));
    struct frame_allocation_4k run = frames_alloc_run(&memory.frames, (struct frames_request){.count = MANY});
    ASSERT(run.is_valid, "there are no %d frames side by side", MANY);
    frames = run.frame;
    kernel_test_run(tests, COUNT_OF(tests));
}
