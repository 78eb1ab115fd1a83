/* SPDX-License-Identifier: MIT */
/*
 * The way from a loader's report to free frames: whatever the report says, and wherever image, boot information and
 * modules lie, what is handed out is usable, whole, and holds no byte of any of them nor of low memory; and nothing
 * else is lost. The oracle is the flags of region_model.h, over 4 MiB.
 */
#include "paging_double.h"
#include "region_case.h"

#include <tenorite/mm/kernel_memory.h>

enum { CASES = 200000, MOST_TABLES = 16, FRAMES = 1024, MEMORY_BYTES = FRAMES * 4096 };

/* Kinds behind those of a report. */
enum { IMAGE = BOOT_REGION_KINDS, INFORMATION, MODULE, KINDS };
static const char *const kind_names[KINDS] = {"usable",    "reserved", "reclaimable", "nvs",
                                              "defective", "image",    "information", "module"};

static char physical_memory[MEMORY_BYTES] __attribute__((aligned(1 << 21)));
static struct boot_info boot_info;
static struct kernel_memory memory;
static struct image_segment segments[2];

static struct image_segment segment(const void *inside, uint64_t bytes)
{
    uint64_t start = ((uintptr_t)inside - bytes / 2) / 4096 * 4096;
    return (struct image_segment){.start = virt_addr_new(start), .end = virt_addr_new(start + bytes)};
}

/* The image is what the switch to the new address space looks for: this program's code and stack. Where it is in
 * physical memory is the case's to say. */
static void make_machine(void)
{
    paging_double_reset();
    segments[0] = segment((const void *)(uintptr_t)&address_space_activate, 0x4000);
    segments[0].is_executable = true;
    segments[1] = segment(__builtin_frame_address(0), 0x40000);
    segments[1].is_writable = true;
    paging_double.segments = segments;
    paging_double.segment_count = COUNT_OF(segments);
    paging_double.layout = (struct memory_layout){
        .physical_window = {virt_addr_from_pointer(physical_memory), MEMORY_BYTES},
        .boot_window_bytes = MEMORY_BYTES,
        .heap = {virt_addr_new(0xffffa00000000000), 1 << 30},
        .mmio = {virt_addr_new(0xffffb00000000000), 1 << 30},
    };
}

static bool is_turned(const struct step *step)
{
    return step->to < step->from;
}

/* Puts what is in use into the machine and the boot information, and out of the model. Of several images only the last
 * one is there. The linker script makes an image of whole pages. */
static void place(const struct region_case *tested, struct cells *cells)
{
    static const size_t low_cells = 0x100000 / 512;
    const struct world *world = tested->world;
    struct step image = {IMAGE, 0, 0}, information = {INFORMATION, 0, 0};
    cells_clear_pages(world, cells, 0, low_cells);
    for (size_t i = 0; i < tested->count; i++) {
        struct step step = tested->steps[i];
        if (is_turned(&step))
            step = (struct step){step.kind, step.to, step.from};
        uint64_t start = world->edges[step.from], length = world->edges[step.to] - start;
        if (step.kind == IMAGE)
            image = step;
        if (step.kind == INFORMATION)
            information = step;
        if (step.kind != MODULE || boot_info.module_count == BOOT_MAX_MODULES)
            continue;
        boot_info.modules[boot_info.module_count++] = (struct boot_module){start, length, ""};
        cells_clear_pages(world, cells, step.from, step.to);
    }
    cells_clear_pages(world, cells, image.from, image.to);
    cells_clear_pages(world, cells, information.from, information.to);
    struct region pages = region_round_outward((struct region){world->edges[image.from], world->edges[image.to]});
    paging_double.image_start = phys_addr_new(image.from == image.to ? 0 : pages.start);
    paging_double.image_end = phys_addr_new(image.from == image.to ? 0 : pages.end);
    boot_info.information_base = world->edges[information.from];
    boot_info.information_length = world->edges[information.to] - boot_info.information_base;
}

static bool model_has_frame(const struct cells *cells, uint64_t frame)
{
    return cells->words[frame / 8] >> frame % 8 * 8 & 1;
}

/* The model's frames, and the end of the last of them. */
static uint64_t count_frames(const struct cells *cells, uint64_t *end)
{
    uint64_t count = 0;
    for (uint64_t frame = 0; frame < FRAMES; frame++) {
        count += model_has_frame(cells, frame);
        *end = model_has_frame(cells, frame) ? (frame + 1) * 4096 : *end;
    }
    return count;
}

static const char *check_frames(const struct cells *cells, uint64_t expected)
{
    bool is_handed_out[FRAMES] = {false};
    if (frames_statistics(&memory.frames).total_count != expected)
        return "frames were lost or made up";
    for (;;) {
        struct frame_allocation_4k allocation = frames_alloc_4k(&memory.frames);
        uint64_t frame = allocation.frame.start.value / 4096;
        if (!allocation.is_valid)
            return NULL;
        if (frame >= FRAMES || !model_has_frame(cells, frame))
            return "a frame that is in use";
        if (is_handed_out[frame])
            return "a frame twice";
        is_handed_out[frame] = true;
    }
}

static const char *free_frames_agree_with_the_model(struct draws *draws)
{
    struct cells cells = {};
    struct region_case tested, reported;
    uint64_t end = 0;
    region_case_draw(draws, &tested, world_of_frames(), kind_names, KINDS);
    reported = tested;
    reported.limits = (struct step){0, 0, tested.world->cell_count};
    boot_info = (struct boot_info){};
    make_machine();
    boot_info.region_count = region_case_report(&reported, boot_info.regions);
    region_case_model(&reported, &cells);
    place(&tested, &cells);
    uint64_t usable = count_frames(&cells, &end);
    uint64_t bookkeeping = (frames_storage_bytes(end) + 4095) / 4096;
    switch (kernel_memory_init(&memory, &boot_info)) {
    case KERNEL_MEMORY_OK:
        return usable == 0 ? "memory out of nothing" : check_frames(&cells, usable - bookkeeping);
    case KERNEL_MEMORY_NO_USABLE_REGION:
        return usable == 0 ? NULL : "free memory was not found";
    case KERNEL_MEMORY_NO_ROOM:
        return usable <= bookkeeping + MOST_TABLES ? NULL : "enough memory was refused";
    case KERNEL_MEMORY_TOO_FRAGMENTED:
    case KERNEL_MEMORY_BEYOND_WINDOW:
    case KERNEL_MEMORY_NOT_MAPPED:
        break;
    }
    return "a memory map was refused";
}

int main(int argument_count, char **arguments)
{
    const struct property properties[] = {PROPERTY(free_frames_agree_with_the_model, CASES)};
    return property_main(argument_count, arguments, properties, COUNT_OF(properties));
}
