/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/memory_layout.h>

#include "arch/x86_64/device_pages.h"
#include "arch/x86_64/layout.h"
#include "arch/x86_64/stacks.h"

/* Set by the linker script kernel.ld.in; only their addresses mean anything. */
extern const char image_text_start[], image_text_end[], image_rodata_start[], image_rodata_end[];
extern const char image_data_start[], image_data_end[];
extern const char image_physical_start_symbol[], image_physical_end_symbol[];

enum { FIXED_SEGMENTS = 4 };
static_assert(PHYSICAL_WINDOW_BASE < KERNEL_BASE, "device pages come first");

static struct image_segment segment(const char *name, const char *start, const char *end)
{
    virt_addr first = virt_addr_from_pointer(start);
    return (struct image_segment){
        .name = name,
        .start = first,
        .end = virt_addr_from_pointer(end),
        .physical_start = phys_addr_new(first.value - KERNEL_BASE),
    };
}

/* Device pages (device_pages.h), at the same address as in the window of the boot tables. */
static size_t add_device_pages(struct image_segment *segments)
{
    size_t count;
    const uint64_t *pages = device_pages(&count);
    for (size_t i = 0; i < count; i++) {
        virt_addr start = virt_addr_new(PHYSICAL_WINDOW_BASE + pages[i]);
        segments[i] = (struct image_segment){.name = "device registers",
                                             .start = start,
                                             .end = virt_addr_new(start.value + PAGE_BYTES),
                                             .physical_start = phys_addr_new(pages[i]),
                                             .is_writable = true,
                                             .is_device = true};
    }
    return count;
}

static size_t add_image(struct image_segment *segments)
{
    const char *text_screen = virt_addr_to_pointer(memory_layout()->text_screen.start);
    segments[0] = segment("text screen", text_screen, text_screen + TEXT_SCREEN_BYTES);
    segments[0].is_writable = true;
    segments[0].is_device = true;
    segments[1] = segment("text", image_text_start, image_text_end);
    segments[1].is_executable = true;
    segments[2] = segment("rodata", image_rodata_start, image_rodata_end);
    segments[3] = segment("data", image_data_start, image_data_end);
    segments[3].is_writable = true;
    for (size_t i = 0; i < STACK_COUNT; i++) {
        segments[FIXED_SEGMENTS + i] = segment(stacks[i].name, stacks[i].bottom, stacks[i].top);
        segments[FIXED_SEGMENTS + i].is_writable = true;
    }
    return FIXED_SEGMENTS + STACK_COUNT;
}

const struct image_segment *image_segments(size_t *count)
{
    static struct image_segment segments[DEVICE_PAGES_MAX + FIXED_SEGMENTS + STACK_COUNT];
    *count = add_device_pages(segments);
    *count += add_image(segments + *count);
    return segments;
}

phys_addr image_physical_start(void)
{
    return phys_addr_new((uint64_t)(uintptr_t)image_physical_start_symbol);
}

phys_addr image_physical_end(void)
{
    return phys_addr_new((uint64_t)(uintptr_t)image_physical_end_symbol);
}

const struct memory_layout *memory_layout(void)
{
    static const struct memory_layout layout = {
        .physical_window = {{PHYSICAL_WINDOW_BASE}, PHYSICAL_WINDOW_BYTES},
        .boot_window_bytes = (uint64_t)BOOT_WINDOW_GIB << 30,
        .heap = {{HEAP_BASE}, HEAP_BYTES},
        .mmio = {{MMIO_BASE}, MMIO_BYTES},
        .text_screen = {{KERNEL_BASE + TEXT_SCREEN_PHYSICAL}, TEXT_SCREEN_BYTES},
    };
    return &layout;
}
