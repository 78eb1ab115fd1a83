/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/lib/panic.h>
#include <tenorite/mm/kernel_memory.h>

#include "arch/x86_64/control_registers.h"
#include "arch/x86_64/stacks.h"
#include "fault_probe.h"
#include "kernel_test.h"

/*
 * What the kernel's own pages do not permit, each time with a control: the same access goes through once the protection
 * is lifted, so it was the protection that stopped it. Interrupts are off, so the stacks of handlers are unused.
 */
static struct kernel_memory memory;
static const uint8_t read_only = 0x42;
static uint8_t data_page[PAGE_4K_BYTES] __attribute__((aligned(PAGE_4K_BYTES)));

#define EXPECT_FAULT(probe, at, code)                                                                                \
    do {                                                                                                             \
        struct fault fault = (probe);                                                                                \
        CHECK(fault.has_struck &&fault.error_code == (code) && fault.address == (at),                                \
              "%#llx: %s, error code %#llx, CR2 %#llx", (unsigned long long)(at),                                    \
              fault.has_struck ? "a fault" : "no fault", (unsigned long long)fault.error_code,                       \
              (unsigned long long)fault.address);                                                                    \
    } while (0)

#define EXPECT_NO_FAULT(probe)                                                                                       \
    do {                                                                                                             \
        struct fault fault = (probe);                                                                                \
        CHECK(!fault.has_struck, "error code %#llx, CR2 %#llx", (unsigned long long)fault.error_code,                \
              (unsigned long long)fault.address);                                                                    \
    } while (0)

static uint64_t address_of(const volatile void *pointer)
{
    return (uint64_t)(uintptr_t)pointer;
}

static page_4k page_at(uint64_t address)
{
    return page_4k_containing(virt_addr_new(address));
}

static frame_4k take_frame(void)
{
    struct frame_allocation_4k allocation = frames_alloc_4k(&memory.frames);
    ASSERT(allocation.is_valid, "no frame is free");
    return allocation.frame;
}

static volatile uint8_t *window_onto(frame_4k frame)
{
    return (volatile uint8_t *)(memory_layout()->physical_window.start.value + frame.start.value);
}

static void expect_read_only(uint64_t address, uint8_t byte)
{
    EXPECT_NO_FAULT(probe_read(address));
    EXPECT_FAULT(probe_write(address, byte), address, FAULT_PRESENT | FAULT_WRITE);
    cr0_write(cr0_read() & ~(uint64_t)CR0_WRITE_PROTECT);
    EXPECT_NO_FAULT(probe_write(address, byte));
    cr0_write(cr0_read() | CR0_WRITE_PROTECT);
    EXPECT_FAULT(probe_write(address, byte), address, FAULT_PRESENT | FAULT_WRITE);
}

static void text_cannot_be_written(void)
{
    const uint8_t *code = (const uint8_t *)(uintptr_t)&take_frame;
    expect_read_only(address_of(code), *code);
}

static void rodata_cannot_be_written_nor_executed(void)
{
    expect_read_only(address_of(&read_only), read_only);
    EXPECT_FAULT(probe_execute(address_of(&read_only)), address_of(&read_only), FAULT_PRESENT | FAULT_FETCH);
}

static void set_flags(uint64_t address, page_flags flags)
{
    enum map_error error = flush(update_flags(&memory.space.mapper, page_at(address), flags));
    CHECK(error == MAP_OK, "%#llx: %s", (unsigned long long)address, map_error_name(error));
}

/* `address` is that of a byte in a page that nobody needs to write while it is executable. */
static void expect_no_execution(uint64_t address)
{
    *(volatile uint8_t *)address = PROBE_RET;
    EXPECT_FAULT(probe_execute(address), address, FAULT_PRESENT | FAULT_FETCH);
    set_flags(address, PAGE_FLAGS(PRESENT));
    EXPECT_NO_FAULT(probe_execute(address));
    EXPECT_FAULT(probe_write(address, PROBE_RET), address, FAULT_PRESENT | FAULT_WRITE);
    set_flags(address, PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE));
    EXPECT_FAULT(probe_execute(address), address, FAULT_PRESENT | FAULT_FETCH);
    EXPECT_NO_FAULT(probe_write(address, 0));
}

static void data_cannot_be_executed(void)
{
    expect_no_execution(address_of(data_page));
}

static void the_heap_cannot_be_executed(void)
{
    uint8_t *block = heap_alloc(&memory.heap, 2 * PAGE_4K_BYTES);
    ASSERT(block, "no memory");
    expect_no_execution(address_of(block) + PAGE_4K_BYTES);
    heap_free(&memory.heap, block);
}

/* The main stack is the one in use, far from its lowest page. */
static void stacks_cannot_be_executed(void)
{
    for (size_t i = 0; i < STACK_COUNT; i++)
        expect_no_execution(address_of(stacks[i].bottom));
}

static void the_window_cannot_be_executed(void)
{
    frame_4k frame = take_frame();
    uint64_t address = address_of(window_onto(frame));
    *window_onto(frame) = PROBE_RET;
    EXPECT_FAULT(probe_execute(address), address, FAULT_PRESENT | FAULT_FETCH);
    frames_free_4k(&memory.frames, frame);
}

/* The image has no second, writable name. */
static void the_window_leaves_the_image_out(void)
{
    uint64_t base = memory_layout()->physical_window.start.value;
    uint64_t end = base + image_physical_end().value;
    for (uint64_t at = base + image_physical_start().value; at < end; at += PAGE_4K_BYTES)
        EXPECT_FAULT(probe_read(at), at, 0);
    EXPECT_NO_FAULT(probe_read(end));
}

static void expect_not_mapped(uint64_t address)
{
    EXPECT_FAULT(probe_read(address), address, 0);
    EXPECT_FAULT(probe_write(address, 0), address, FAULT_WRITE);
    EXPECT_FAULT(probe_execute(address), address, FAULT_FETCH);
}

/* Nothing is mapped at `address`; with a page there, every access goes through that its flags permit. */
static void expect_guard(uint64_t address)
{
    struct mapper *mapper = &memory.space.mapper;
    page_4k page = page_at(address);
    frame_4k frame = take_frame();
    expect_not_mapped(address);
    enum map_error error = flush(map_to(mapper, page, frame, PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE)));
    CHECK(error == MAP_OK, "%s", map_error_name(error));
    EXPECT_NO_FAULT(probe_read(address));
    EXPECT_NO_FAULT(probe_write(address, PROBE_RET));
    set_flags(address, PAGE_FLAGS(PRESENT));
    EXPECT_NO_FAULT(probe_execute(address));
    struct unmapped_4k unmapped = flush(unmap(mapper, page));
    CHECK(unmapped.error == MAP_OK, "%s", map_error_name(unmapped.error));
    frames_free_4k(&memory.frames, frame);
    expect_not_mapped(address);
}

static void page_0_is_never_mapped(void)
{
    expect_guard(0);
    expect_guard(PAGE_4K_BYTES - 1);
}

/* Both ends of the page below, and of the page above. */
static void every_stack_lies_between_guard_pages(void)
{
    for (size_t i = 0; i < STACK_COUNT; i++) {
        CHECK(stacks[i].bottom - stacks[i].guard == PAGE_4K_BYTES, "%s", stacks[i].name);
        expect_guard(address_of(stacks[i].guard));
        expect_guard(address_of(stacks[i].bottom) - 1);
        EXPECT_NO_FAULT(probe_write(address_of(stacks[i].bottom), 0));
        EXPECT_NO_FAULT(probe_read(address_of(stacks[i].top) - 1));
        expect_guard(address_of(stacks[i].top));
        expect_guard(address_of(stacks[i].top) + PAGE_4K_BYTES - 1);
    }
}

void kernel_main(const struct boot_info *boot_info)
{
    static const struct kernel_test tests[] = {
        KERNEL_TEST(text_cannot_be_written),
        KERNEL_TEST(rodata_cannot_be_written_nor_executed),
        KERNEL_TEST(data_cannot_be_executed),
        KERNEL_TEST(the_heap_cannot_be_executed),
        KERNEL_TEST(stacks_cannot_be_executed),
        KERNEL_TEST(the_window_cannot_be_executed),
        KERNEL_TEST(the_window_leaves_the_image_out),
        KERNEL_TEST(page_0_is_never_mapped),
        KERNEL_TEST(every_stack_lies_between_guard_pages),
    };
    enum kernel_memory_error error = kernel_memory_init(&memory, boot_info);
    ASSERT(error == KERNEL_MEMORY_OK, "%s", kernel_memory_error_text(error));
    kernel_test_run(tests, COUNT_OF(tests));
}
