/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/lib/text.h>
#include <tenorite/mm/kernel_memory.h>

#include "kernel_test.h"

/* Booted with a module: LICENSE. What the boot loader placed in memory stays there, whoever allocates. */
static struct kernel_memory memory;
static struct boot_module module;
static const struct boot_info *boot;

static const char *module_text(void)
{
    return virt_addr_to_pointer(
        virt_addr_new(memory_layout()->physical_window.start.value + module.base)); /* modules lie in RAM */
}

static void loader_reports_the_module(void)
{
    CHECK(module.length > 1000, "%llu bytes", (unsigned long long)module.length);
    CHECK(memcmp(module_text(), "MIT License\n", 12) == 0, "it begins with %.12s", module_text());
}

static bool overlaps(frame_4k frame, uint64_t start, uint64_t end)
{
    return frame.start.value + PAGE_4K_BYTES > start && frame.start.value < end;
}

/* Of what the loader calls usable; firmware's memory is not. */
static bool is_usable(frame_4k frame)
{
    bool is_usable = false;
    for (size_t i = 0; i < boot->region_count; i++) {
        const struct boot_region *region = &boot->regions[i];
        if (!overlaps(frame, region->base, region->base + region->length))
            continue;
        if (region->kind != BOOT_REGION_USABLE)
            return false;
        is_usable = true;
    }
    return is_usable;
}

/* Takes and overwrites every frame there is. */
static void no_frame_is_taken_from_what_is_in_use(void)
{
    uint64_t sum_before = 0, sum_after = 0, taken = 0;
    for (uint64_t i = 0; i < module.length; i++)
        sum_before += (uint8_t)module_text()[i] * (i + 1);
    for (;;) {
        struct frame_allocation_4k allocation = frames_alloc_4k(&memory.frames);
        if (!allocation.is_valid)
            break;
        taken++;
        uint64_t start = allocation.frame.start.value;
        CHECK(!overlaps(allocation.frame, module.base, module.base + module.length), "frame %#llx is the module's",
              (unsigned long long)start);
        CHECK(!overlaps(allocation.frame, image_physical_start().value, image_physical_end().value),
              "frame %#llx is the image's", (unsigned long long)start);
        CHECK(!overlaps(allocation.frame, boot->information_base, boot->information_base + boot->information_length),
              "frame %#llx is the loader's", (unsigned long long)start);
        CHECK(is_usable(allocation.frame), "frame %#llx is firmware's", (unsigned long long)start);
        CHECK(start >= 1 << 20, "frame %#llx is in low memory", (unsigned long long)start);
        memset(virt_addr_to_pointer(virt_addr_new(memory_layout()->physical_window.start.value + start)), 0xa5,
               PAGE_4K_BYTES);
    }
    for (uint64_t i = 0; i < module.length; i++)
        sum_after += (uint8_t)module_text()[i] * (i + 1);
    CHECK(taken > 1000, "%llu frames", (unsigned long long)taken);
    CHECK(sum_before == sum_after, "the module's content has changed");
}

void kernel_main(const struct boot_info *boot_info)
{
    static const struct kernel_test tests[] = {
        KERNEL_TEST(loader_reports_the_module),
        KERNEL_TEST(no_frame_is_taken_from_what_is_in_use),
    };
    ASSERT(boot_info->module_count == 1, "%zu modules", boot_info->module_count);
    module = boot_info->modules[0];
    boot = boot_info;
    enum kernel_memory_error error = kernel_memory_init(&memory, boot_info);
    ASSERT(error == KERNEL_MEMORY_OK, "%s", kernel_memory_error_text(error));
    kernel_test_run(tests, COUNT_OF(tests));
}
