/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/power.h>
#include <tenorite/lib/panic.h>
#include <tenorite/lib/text.h>
#include <tenorite/mm/kernel_memory.h>

/* Frames given back wrongly, one way a boot, by the command line; a control gives back the right one and exits with 1. */
static struct kernel_memory memory;

static frame_2m take_2m(void)
{
    struct frame_allocation_2m allocation = frames_alloc_2m(&memory.frames);
    ASSERT(allocation.is_valid, "no frame of 2 MiB is free");
    return allocation.frame;
}

void kernel_main(const struct boot_info *boot_info)
{
    enum kernel_memory_error error = kernel_memory_init(&memory, boot_info);
    ASSERT(error == KERNEL_MEMORY_OK, "%s", kernel_memory_error_text(error));
    frame_2m frame = take_2m();
    const char *way = boot_info->command_line;
    if (strcmp(way, "right") == 0)
        frames_free_2m(&memory.frames, frame);
    if (strcmp(way, "twice") == 0) {
        frames_free_4k(&memory.frames, (frame_4k){frame.start});
        frames_free_4k(&memory.frames, (frame_4k){frame.start});
    }
    if (strcmp(way, "part_is_free") == 0) {
        frames_free_4k(&memory.frames, frame_4k_at(phys_addr_new(frame.start.value + PAGE_4K_BYTES)));
        frames_free_2m(&memory.frames, frame);
    }
    if (strcmp(way, "frame_0") == 0)
        frames_free_4k(&memory.frames, frame_4k_at(phys_addr_new(0)));
    if (strcmp(way, "kernel") == 0)
        frames_free_4k(&memory.frames, frame_4k_at(image_physical_start()));
    if (strcmp(way, "no_memory") == 0)
        frames_free_2m(&memory.frames, frame_2m_at(phys_addr_new(1ull << 40)));
    power_exit(1);
}
