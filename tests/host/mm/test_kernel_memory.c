/* SPDX-License-Identifier: MIT */
/*
 * The kernel's memory as a whole, from a boot loader's report on. Physical memory is the fixture's array, seen through
 * a window at its own address; what is in use is laid out by hand:
 *
 *     0        1M        image      1M+256K     information     module 0   module 1, whose ends lie inside pages
 */
#include "memory_fixture.h"

#include <tenorite/lib/console.h>
#include <tenorite/mm/kernel_memory.h>

enum { LOW_END = 0x100000, IMAGE_END = 0x140000, RAM_END = 0x400000 };

static const struct region information = {0x180008, 0x181010},
                           modules[] = {{0x200000, 0x210000}, {0x2a0ffc, 0x2b5004}};
static struct boot_info boot_info;
static struct kernel_memory memory;
static struct image_segment segments[3];
static char log_text[256];

static uint64_t page_of(uintptr_t address)
{
    return address & ~0xfffull;
}

static struct image_segment segment(const char *name, uint64_t start, uint64_t bytes, uint64_t physical)
{
    return (struct image_segment){.name = name,
                                  .start = virt_addr_new(start),
                                  .end = virt_addr_new(start + bytes),
                                  .physical_start = phys_addr_new(physical)};
}

static void report(uint64_t start, uint64_t end, enum boot_region_kind kind)
{
    boot_info.regions[boot_info.region_count++] = (struct boot_region){start, end - start, kind};
}

/* The image is what the switch to the new address space looks for: this program's code and stack. */
static int setup(void **state)
{
    fixture_setup(state);
    segments[0] = segment("text", page_of((uintptr_t)&address_space_activate), 0x1000, LOW_END);
    segments[0].is_executable = true;
    segments[1] =
        segment("data", page_of((uintptr_t)__builtin_frame_address(0)) - 0x10000, 0x20000, LOW_END + 0x1000);
    segments[1].is_writable = true;
    paging_double.segments = segments;
    paging_double.segment_count = 2;
    paging_double.image_start = phys_addr_new(LOW_END);
    paging_double.image_end = phys_addr_new(IMAGE_END);
    paging_double.layout = (struct memory_layout){
        .physical_window = {virt_addr_from_pointer(fixture_memory), FIXTURE_BYTES},
        .boot_window_bytes = FIXTURE_BYTES,
        .heap = {virt_addr_new(0xffffa00000000000), 1 << 30},
        .mmio = {virt_addr_new(0xffffb00000000000), 1 << 30},
    };
    boot_info = (struct boot_info){
        .information_base = information.start,
        .information_length = information.end - information.start,
        .module_count = COUNT_OF(modules),
    };
    for (size_t i = 0; i < COUNT_OF(modules); i++)
        boot_info.modules[i] = (struct boot_module){modules[i].start, modules[i].end - modules[i].start, ""};
    report(0, RAM_END, BOOT_REGION_USABLE);
    log_text[0] = 0;
    return 0;
}

static bool meets(uint64_t frame, uint64_t start, uint64_t end)
{
    return frame < end && start < frame + 4096;
}

static bool is_in_use(uint64_t frame)
{
    bool is_used = meets(frame, 0, IMAGE_END) || meets(frame, information.start, information.end);
    for (size_t i = 0; i < COUNT_OF(modules); i++)
        is_used = is_used || meets(frame, modules[i].start, modules[i].end);
    return is_used;
}

/* Takes all that is left: `is_handed_out` has an element for each frame of RAM. */
static void exhaust(bool *is_handed_out)
{
    for (;;) {
        struct frame_allocation_4k allocation = frames_alloc_4k(&memory.frames);
        if (!allocation.is_valid)
            return;
        assert_in_range(allocation.frame.start.value, 0, RAM_END - 4096);
        is_handed_out[allocation.frame.start.value / 4096] = true;
    }
}

/* Bookkeeping and tables take the lowest free frames, before the first module. */
static void what_is_in_use_is_never_handed_out_and_the_rest_is(void **state)
{
    bool is_handed_out[RAM_END / 4096] = {false};
    (void)state;
    assert_int_equal(kernel_memory_init(&memory, &boot_info), KERNEL_MEMORY_OK);
    exhaust(is_handed_out);
    for (uint64_t frame = 0; frame < RAM_END; frame += 4096) {
        bool is_free = is_handed_out[frame / 4096];
        if (is_in_use(frame) && is_free)
            fail_msg("%#llx is in use", (unsigned long long)frame);
        if (!is_in_use(frame) && frame >= modules[0].start && !is_free)
            fail_msg("%#llx is lost", (unsigned long long)frame);
    }
}

/* Firmware's memory of each kind, the whole of it in four pieces. */
static void reserved_memory_is_not_handed_out(void **state)
{
    bool is_handed_out[RAM_END / 4096] = {false};
    (void)state;
    report(0x300000, 0x304000, BOOT_REGION_RESERVED);
    report(0x304000, 0x308000, BOOT_REGION_ACPI_RECLAIMABLE);
    report(0x308000, 0x30c000, BOOT_REGION_ACPI_NVS);
    report(0x30c000, 0x310000, BOOT_REGION_DEFECTIVE);
    assert_int_equal(kernel_memory_init(&memory, &boot_info), KERNEL_MEMORY_OK);
    exhaust(is_handed_out);
    for (uint64_t frame = 0x2f0000; frame < 0x320000; frame += 4096)
        assert_int_equal(is_handed_out[frame / 4096], frame < 0x300000 || frame >= 0x310000);
}

/* What a module holds is read through the window, and what the heap gives is memory. */
static void the_new_address_space_is_in_use_and_shows_all_of_ram(void **state)
{
    (void)state;
    assert_int_equal(kernel_memory_init(&memory, &boot_info), KERNEL_MEMORY_OK);
    assert_int_equal(paging_double.root_write_count, 1);
    assert_int_equal(paging_double.root.value, mapper_root(&memory.space.mapper).start.value);
    const uint64_t shown[] = {0, information.start, modules[0].start, RAM_END - 1};
    for (size_t i = 0; i < COUNT_OF(shown); i++) {
        virt_addr address = virt_addr_from_pointer((char *)fixture_memory + shown[i]);
        struct translation found = translate(&memory.space.mapper, address);
        assert_int_equal(found.error, MAP_OK);
        assert_int_equal(translation_address(found).value, shown[i]);
    }
}

/* Whoever prints on a screen of pixels wants to see it in the new address space from its first moment on. */
static void device_memory_can_be_mapped_before_the_switch(void **state)
{
    (void)state;
    assert_int_equal(kernel_memory_build(&memory, &boot_info), KERNEL_MEMORY_OK);
    assert_int_equal(paging_double.root_write_count, 0);
    struct mmio_mapping pixels = mmio_map(&memory.mmio, phys_addr_new(0xfd000000), 8192, MMIO_WRITE_COMBINING);
    assert_int_equal(pixels.error, MAP_OK);
    kernel_memory_activate(&memory);
    assert_true(paging_double.memory_types_set_before_root_write);
    assert_int_equal(paging_double.root_write_count, 1);
    struct translation found =
        translate(&memory.space.mapper, virt_addr_from_pointer((const void *)(uintptr_t)pixels.start));
    assert_int_equal(translation_address(found).value, 0xfd000000);
}

static void frames_that_the_boot_tables_do_not_show_are_no_place_for_bookkeeping(void **state)
{
    (void)state;
    paging_double.layout.boot_window_bytes = IMAGE_END;
    assert_int_equal(kernel_memory_build(&memory, &boot_info), KERNEL_MEMORY_NO_ROOM);
}

/* Page tables are written through the window, of which the boot tables show only the beginning. */
static void page_tables_come_from_what_the_boot_tables_show_until_the_switch(void **state)
{
    const uint64_t shown = FIXTURE_BYTES * 3 / 4;
    const phys_addr device = phys_addr_new(0xfd000000);
    (void)state;
    paging_double.layout.boot_window_bytes = shown;
    assert_int_equal(kernel_memory_build(&memory, &boot_info), KERNEL_MEMORY_OK);
    while (frames_alloc_4k_below(&memory.frames, shown).is_valid) {
    }
    assert_true(frames_statistics(&memory.frames).free_count > 8);
    assert_int_equal(mmio_map(&memory.mmio, device, 8192, MMIO_UNCACHED).error, MAP_NO_FRAME);
    kernel_memory_activate(&memory);
    assert_int_equal(mmio_map(&memory.mmio, device, 8192, MMIO_UNCACHED).error, MAP_OK);
}

static void memory_that_is_all_in_use_is_refused(void **state)
{
    (void)state;
    boot_info.region_count = 0;
    assert_int_equal(kernel_memory_init(&memory, &boot_info), KERNEL_MEMORY_NO_USABLE_REGION);
    report(0, IMAGE_END, BOOT_REGION_USABLE);
    assert_int_equal(kernel_memory_init(&memory, &boot_info), KERNEL_MEMORY_NO_USABLE_REGION);
}

/* The finest map that a loader can report, with as many modules as it can. */
static void the_most_ranges_that_can_be_reported_fit(void **state)
{
    bool is_handed_out[RAM_END / 4096] = {false};
    (void)state;
    while (boot_info.region_count < BOOT_MAX_REGIONS) {
        uint64_t start = 0x200000 + boot_info.region_count * 0x3000;
        report(start, start + 1, BOOT_REGION_RESERVED);
    }
    for (uint64_t i = 0; i < BOOT_MAX_MODULES; i++)
        boot_info.modules[i] = (struct boot_module){0x3c0000 + i * 0x3000, 0x1000, ""};
    boot_info.module_count = BOOT_MAX_MODULES;
    assert_int_equal(kernel_memory_init(&memory, &boot_info), KERNEL_MEMORY_OK);
    exhaust(is_handed_out);
    for (uint64_t i = 0; i < BOOT_MAX_MODULES; i++) {
        assert_false(is_handed_out[boot_info.modules[i].base / 4096]);
        assert_true(is_handed_out[boot_info.modules[i].base / 4096 + 1]);
    }
}

/* One frame is enough for the bookkeeping of 4 MiB; tables need more. */
static void too_few_frames_are_named_so(void **state)
{
    (void)state;
    for (uint64_t frames = 1; frames < 5; frames++) {
        boot_info.region_count = 0;
        report(IMAGE_END, IMAGE_END + frames * 4096, BOOT_REGION_USABLE);
        assert_int_equal(kernel_memory_init(&memory, &boot_info), KERNEL_MEMORY_NO_ROOM);
    }
    assert_int_equal(paging_double.root_write_count, 0);
}

static void memory_beyond_the_window_is_named_so(void **state)
{
    (void)state;
    report(FIXTURE_BYTES, FIXTURE_BYTES + 4096, BOOT_REGION_USABLE);
    assert_int_equal(kernel_memory_init(&memory, &boot_info), KERNEL_MEMORY_BEYOND_WINDOW);
    assert_non_null(strstr(kernel_memory_error_text(KERNEL_MEMORY_BEYOND_WINDOW), "higher addresses"));
}

static void write_log(struct console *self, const char *bytes, size_t length)
{
    (void)self;
    strncat(log_text, bytes, length < sizeof log_text - strlen(log_text) ? length : 0);
}

/* Two segments in one place. */
static void a_layout_that_cannot_be_mapped_is_named_so_and_the_log_has_the_cause(void **state)
{
    static struct console console = {.name = "test", .write = write_log};
    (void)state;
    console_register(&console);
    segments[2] = segments[1];
    paging_double.segment_count = 3;
    assert_int_equal(kernel_memory_init(&memory, &boot_info), KERNEL_MEMORY_NOT_MAPPED);
    assert_non_null(strstr(log_text, "error: mm: no address space: MAP_ALREADY_MAPPED"));
    assert_null(strstr(kernel_memory_error_text(KERNEL_MEMORY_NOT_MAPPED), "too little"));
    assert_int_equal(paging_double.root_write_count, 0);
}

static void each_error_has_a_text_of_its_own(void **state)
{
    (void)state;
    for (int i = KERNEL_MEMORY_OK; i <= KERNEL_MEMORY_NOT_MAPPED; i++)
        for (int j = KERNEL_MEMORY_OK; j < i; j++)
            assert_string_not_equal(kernel_memory_error_text((enum kernel_memory_error)i),
                                    kernel_memory_error_text((enum kernel_memory_error)j));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_in_use_is_never_handed_out_and_the_rest_is, setup),
        cmocka_unit_test_setup(reserved_memory_is_not_handed_out, setup),
        cmocka_unit_test_setup(the_new_address_space_is_in_use_and_shows_all_of_ram, setup),
        cmocka_unit_test_setup(device_memory_can_be_mapped_before_the_switch, setup),
        cmocka_unit_test_setup(frames_that_the_boot_tables_do_not_show_are_no_place_for_bookkeeping, setup),
        cmocka_unit_test_setup(page_tables_come_from_what_the_boot_tables_show_until_the_switch, setup),
        cmocka_unit_test_setup(memory_that_is_all_in_use_is_refused, setup),
        cmocka_unit_test_setup(the_most_ranges_that_can_be_reported_fit, setup),
        cmocka_unit_test_setup(too_few_frames_are_named_so, setup),
        cmocka_unit_test_setup(memory_beyond_the_window_is_named_so, setup),
        cmocka_unit_test_setup(each_error_has_a_text_of_its_own, setup),
        cmocka_unit_test_setup(a_layout_that_cannot_be_mapped_is_named_so_and_the_log_has_the_cause, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
