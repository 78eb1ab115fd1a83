/* SPDX-License-Identifier: MIT */
#include <tenorite/mm/kernel_memory.h>

#include <tenorite/lib/panic.h>
#include <tenorite/lib/printk.h>
#include <tenorite/lib/text.h>

enum { MAX_RANGES = 2 * BOOT_MAX_REGIONS };

/* Firmware keeps data and tables below 1 MiB that not every memory map admits, and other CPUs will start there. */
enum { LOW_MEMORY_BYTES = 1 << 20 };

/* Takes out what is in use although the loader calls it usable. */
static enum region_error reserve_used(struct region_list *usable, const struct boot_info *boot_info)
{
    uint64_t image_start = image_physical_start().value;
    enum region_error error = region_list_reserve(usable, 0, LOW_MEMORY_BYTES);
    if (error == REGION_OK)
        error = region_list_reserve(usable, image_start, image_physical_end().value - image_start);
    if (error == REGION_OK)
        error = region_list_reserve(usable, boot_info->information_base, boot_info->information_length);
    for (size_t i = 0; i < boot_info->module_count && error == REGION_OK; i++)
        error = region_list_reserve(usable, boot_info->modules[i].base, boot_info->modules[i].length);
    return error;
}

static enum kernel_memory_error own_frames(struct kernel_memory *memory, struct region_list *usable)
{
    const char *window = virt_addr_to_pointer(memory_layout()->physical_window.start);
    struct frames_storage storage = frames_carve_storage(usable, memory_layout()->boot_window_bytes);
    if (storage.start == 0)
        return KERNEL_MEMORY_NO_ROOM;
    frames_init(&memory->frames, (void *)(uintptr_t)(window + storage.start), storage.length_bytes, usable);
    return KERNEL_MEMORY_OK;
}

/* What an error of address_space_build() means here. All but two of them are mistakes in the layout or the image. */
static enum kernel_memory_error build_error(enum map_error error)
{
    if (error == MAP_NO_FRAME)
        return KERNEL_MEMORY_NO_ROOM;
    if (error == MAP_NO_ROOM)
        return KERNEL_MEMORY_BEYOND_WINDOW;
    log_error("mm", "no address space: %s", map_error_name(error));
    return KERNEL_MEMORY_NOT_MAPPED;
}

enum kernel_memory_error kernel_memory_build(struct kernel_memory *memory, const struct boot_info *boot_info)
{
    static struct region ram_ranges[MAX_RANGES], usable_ranges[MAX_RANGES];
    struct region_list ram = REGION_LIST(ram_ranges), usable = REGION_LIST(usable_ranges);
    const struct region limit = region_new(0, 1ull << paging_features().physical_bits);
    if (region_list_normalise(&ram, boot_info->regions, boot_info->region_count, limit) != REGION_OK)
        return KERNEL_MEMORY_TOO_FRAGMENTED;
    memcpy(usable_ranges, ram_ranges, sizeof usable_ranges);
    usable.count = ram.count;
    if (reserve_used(&usable, boot_info) != REGION_OK)
        return KERNEL_MEMORY_TOO_FRAGMENTED;
    if (usable.count == 0)
        return KERNEL_MEMORY_NO_USABLE_REGION;
    enum kernel_memory_error error = own_frames(memory, &usable);
    if (error != KERNEL_MEMORY_OK)
        return error;
    enum map_error map_error = address_space_build(&memory->space, &memory->frames, &ram);
    if (map_error != MAP_OK)
        return build_error(map_error);
    enum heap_error heap_error =
        heap_init(&memory->heap, &memory->space.mapper, &memory->frames, memory_layout()->heap);
    ASSERT(heap_error == HEAP_OK, "the layout's heap range: error %d", (int)heap_error);
    mmio_init(&memory->mmio, &memory->space.mapper, memory_layout()->mmio);
    return KERNEL_MEMORY_OK;
}

/* The new space shows all frames that there are. */
void kernel_memory_activate(struct kernel_memory *memory)
{
    paging_set_memory_types();
    address_space_activate(&memory->space);
    mapper_widen_window(&memory->space.mapper, memory->frames.limit * PAGE_4K_BYTES);
    paging_harden();
}

enum kernel_memory_error kernel_memory_init(struct kernel_memory *memory, const struct boot_info *boot_info)
{
    enum kernel_memory_error error = kernel_memory_build(memory, boot_info);
    if (error == KERNEL_MEMORY_OK)
        kernel_memory_activate(memory);
    return error;
}

const char *kernel_memory_error_text(enum kernel_memory_error error)
{
    switch (error) {
    case KERNEL_MEMORY_OK:
        return "no error";
    case KERNEL_MEMORY_NO_USABLE_REGION:
        return "the boot loader reported no free memory";
    case KERNEL_MEMORY_TOO_FRAGMENTED:
        return "the memory map has too many ranges";
    case KERNEL_MEMORY_NO_ROOM:
        return "too little memory for page tables and bookkeeping";
    case KERNEL_MEMORY_BEYOND_WINDOW:
        return "there is memory at higher addresses than the kernel can show";
    case KERNEL_MEMORY_NOT_MAPPED:
        return "the kernel's address space cannot be built";
    }
    __builtin_unreachable();
}
