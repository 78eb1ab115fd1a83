/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "arch/x86_64/boot/pvh.h"
#include "boot_captures.h"
#include "guarded_bytes.h"

/* Synthetic cases use a small memory at BASE, whose last byte is the last that can be read. */
enum { BASE = 0x10000, LENGTH = 16 * 1024, START_INFO = BASE + 0x40, CAPTURE_LENGTH = 1024 * 1024 };

static struct guarded_bytes guarded;
static uint8_t memory[LENGTH];
static struct boot_info info;

static int make_guarded(void **state)
{
    (void)state;
    guarded = guarded_bytes_new(CAPTURE_LENGTH);
    return 0;
}

static bool is_all_zero(const struct boot_info *tested)
{
    const unsigned char *bytes = (const unsigned char *)tested;
    for (size_t i = 0; i < sizeof *tested; i++) {
        if (bytes[i] != 0)
            return false;
    }
    return true;
}

static enum pvh_error parse_view(const struct physical_view *view, uint64_t start_info)
{
    memset(&info, 0xa5, sizeof info);
    enum pvh_error error = pvh_parse(view, start_info, &info);
    if (error != PVH_OK) {
        assert_true(is_all_zero(&info));
        return error;
    }
    assert_true(info.region_count <= BOOT_MAX_REGIONS && info.module_count <= BOOT_MAX_MODULES);
    assert_non_null(memchr(info.command_line, 0, sizeof info.command_line));
    for (size_t i = 0; i < info.region_count; i++)
        assert_true(info.regions[i].length > 0 &&
                    info.regions[i].base + info.regions[i].length > info.regions[i].base);
    for (size_t i = 0; i < info.module_count; i++) {
        assert_non_null(memchr(info.modules[i].command_line, 0, sizeof info.modules[i].command_line));
        assert_true(info.modules[i].base + info.modules[i].length <= 1ull << 52);
    }
    return error;
}

static enum pvh_error parse(void)
{
    struct physical_view view = {guarded_bytes_place(&guarded, memory, sizeof memory), BASE, sizeof memory};
    return parse_view(&view, START_INFO);
}

static void put(uint64_t address, uint64_t value, size_t width)
{
    for (size_t i = 0; i < width; i++)
        memory[address - BASE + i] = (uint8_t)(value >> (8 * i));
}

static void put_text(uint64_t address, const char *text)
{
    memcpy(memory + (address - BASE), text, strlen(text) + 1);
}

static void begin(uint32_t version)
{
    memset(memory, 0, sizeof memory);
    put(START_INFO, PVH_START_INFO_MAGIC, 4);
    put(START_INFO + 4, version, 4);
}

static void set_modules(uint32_t count, uint64_t address)
{
    put(START_INFO + 12, count, 4);
    put(START_INFO + 16, address, 8);
}

static void set_command_line(uint64_t address)
{
    put(START_INFO + 24, address, 8);
}

static void set_rsdp(uint64_t address)
{
    put(START_INFO + 32, address, 8);
}

static void set_memory_map(uint32_t count, uint64_t address)
{
    put(START_INFO + 40, address, 8);
    put(START_INFO + 48, count, 4);
}

static void put_module(uint64_t at, uint64_t base, uint64_t length, uint64_t command_line)
{
    put(at, base, 8);
    put(at + 8, length, 8);
    put(at + 16, command_line, 8);
}

static void put_entry(uint64_t at, uint64_t base, uint64_t length, uint32_t type)
{
    put(at, base, 8);
    put(at + 8, length, 8);
    put(at + 16, type, 4);
    put(at + 20, 0xffffffff, 4);
}

static void expect_region(size_t index, uint64_t base, uint64_t length, enum boot_region_kind kind)
{
    assert_true(index < info.region_count);
    assert_int_equal(info.regions[index].base, base);
    assert_int_equal(info.regions[index].length, length);
    assert_int_equal(info.regions[index].kind, kind);
}

/* The captured pieces at their addresses in the first MiB. */
static struct physical_view place_capture(void)
{
    uint8_t *bytes = guarded.end - CAPTURE_LENGTH;
    memset(bytes, 0, CAPTURE_LENGTH);
    memcpy(bytes + PVH_CAPTURE_START_INFO, pvh_capture_start_info, sizeof pvh_capture_start_info);
    memcpy(bytes + PVH_CAPTURE_MODULES, pvh_capture_modules, sizeof pvh_capture_modules);
    memcpy(bytes + PVH_CAPTURE_COMMAND_LINE, pvh_capture_command_line, sizeof pvh_capture_command_line);
    memcpy(bytes + PVH_CAPTURE_MEMORY_MAP, pvh_capture_memory_map, sizeof pvh_capture_memory_map);
    memcpy(bytes + PVH_CAPTURE_RSDP, pvh_capture_rsdp, sizeof pvh_capture_rsdp);
    return (struct physical_view){bytes, 0, CAPTURE_LENGTH};
}

static void reads_everything_that_qemu_passes(void **state)
{
    (void)state;
    struct physical_view view = place_capture();
    assert_int_equal(parse_view(&view, PVH_CAPTURE_START_INFO), PVH_OK);
    assert_int_equal(info.loader, BOOT_LOADER_PVH);
    assert_int_equal(info.firmware, BOOT_FIRMWARE_UNKNOWN);
    assert_string_equal(info.loader_name, "");
    assert_string_equal(info.command_line, "log=debug console=serial");
    assert_false(info.command_line_was_cut);
    assert_int_equal(info.region_count, 7);
    expect_region(0, 0, 0x9fc00, BOOT_REGION_USABLE);
    expect_region(1, 0x9fc00, 0x400, BOOT_REGION_RESERVED);
    expect_region(2, 0xf0000, 0x10000, BOOT_REGION_RESERVED);
    expect_region(3, 0x100000, 0x7ee0000, BOOT_REGION_USABLE);
    expect_region(4, 0x7fe0000, 0x20000, BOOT_REGION_RESERVED);
    expect_region(5, 0xfffc0000, 0x40000, BOOT_REGION_RESERVED);
    expect_region(6, 0xfd00000000, 0x300000000, BOOT_REGION_RESERVED);
    assert_int_equal(info.module_count, 1);
    assert_int_equal(info.modules[0].base, 0x7fd7000);
    assert_int_equal(info.modules[0].length, 13);
    assert_string_equal(info.modules[0].command_line, "");
    assert_int_equal(info.framebuffer.kind, BOOT_FRAMEBUFFER_NONE);
    assert_int_equal(info.rsdp_address, PVH_CAPTURE_RSDP);
    assert_int_equal(info.information_base, PVH_CAPTURE_START_INFO);
    assert_int_equal(info.information_length, 56);
}

static void no_corrupted_byte_of_a_real_start_info_does_harm(void **state)
{
    (void)state;
    struct physical_view view = place_capture();
    static const struct {
        size_t at, length;
    } pieces[] = {{PVH_CAPTURE_START_INFO, sizeof pvh_capture_start_info},
                  {PVH_CAPTURE_MODULES, sizeof pvh_capture_modules},
                  {PVH_CAPTURE_MEMORY_MAP, sizeof pvh_capture_memory_map},
                  {PVH_CAPTURE_RSDP, sizeof pvh_capture_rsdp}};
    for (size_t piece = 0; piece < sizeof pieces / sizeof pieces[0]; piece++) {
        for (size_t at = pieces[piece].at; at < pieces[piece].at + pieces[piece].length; at++) {
            uint8_t *byte = guarded.end - CAPTURE_LENGTH + at;
            uint8_t before = *byte;
            for (unsigned value = 0; value < 256; value++) {
                *byte = (uint8_t)value;
                enum pvh_error error = parse_view(&view, PVH_CAPTURE_START_INFO);
                assert_true(error == PVH_OK || value != before);
            }
            *byte = before;
        }
    }
}

static void no_piece_of_a_real_start_info_is_read_past_the_view(void **state)
{
    (void)state;
    static uint8_t low[0x3000];
    memcpy(low, place_capture().bytes, sizeof low);
    for (size_t length = 0; length <= sizeof low; length++) {
        struct physical_view part = {guarded_bytes_place(&guarded, low, length), 0, length};
        assert_int_equal(parse_view(&part, PVH_CAPTURE_START_INFO),
                         length < PVH_CAPTURE_START_INFO + 56 ? PVH_OUTSIDE_MEMORY : PVH_OK);
        assert_int_equal(info.rsdp_address, 0);
    }
}

static void every_start_info_address_outside_the_view_is_refused(void **state)
{
    (void)state;
    begin(1);
    struct physical_view view = {memory, BASE, sizeof memory};
    assert_int_equal(parse_view(&view, 0), PVH_NULL);
    static const uint64_t outside[] = {1, BASE - 1, BASE + LENGTH - 39, BASE + LENGTH, UINT64_MAX, UINT64_MAX - 55};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++)
        assert_int_equal(parse_view(&view, outside[i]), PVH_OUTSIDE_MEMORY);
    view.base = 0;
    assert_int_equal(parse_view(&view, 0), PVH_NULL);
}

static void a_start_info_may_end_where_memory_ends(void **state)
{
    (void)state;
    for (uint32_t version = 0; version <= 2; version++) {
        size_t size = version == 0 ? 40 : 56;
        begin(version);
        for (size_t shown = 0; shown <= size; shown++) {
            struct physical_view view = {guarded_bytes_place(&guarded, memory + 0x40, shown), START_INFO, shown};
            assert_int_equal(parse_view(&view, START_INFO), shown < size ? PVH_OUTSIDE_MEMORY : PVH_OK);
            assert_int_equal(info.information_length, shown < size ? 0 : size);
        }
    }
}

static void a_wrong_magic_is_refused(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 32; bit++) {
        begin(1);
        put(START_INFO, PVH_START_INFO_MAGIC ^ 1u << bit, 4);
        assert_int_equal(parse(), PVH_BAD_MAGIC);
    }
}

static void version_0_has_no_memory_map(void **state)
{
    (void)state;
    static const uint32_t versions[] = {0, 1, 2, 0xffffffff};
    for (size_t i = 0; i < 4; i++) {
        begin(versions[i]);
        set_memory_map(1, BASE + 0x1000);
        put_entry(BASE + 0x1000, 0x100000, 0x1000, 1);
        assert_int_equal(parse(), PVH_OK);
        assert_int_equal(info.region_count, versions[i] == 0 ? 0 : 1);
    }
}

static void absent_parts_are_empty(void **state)
{
    (void)state;
    begin(1);
    set_modules(0, UINT64_MAX);
    set_memory_map(0, UINT64_MAX);
    assert_int_equal(parse(), PVH_OK);
    assert_int_equal(info.region_count + info.module_count + info.rsdp_address, 0);
    assert_string_equal(info.command_line, "");
    assert_false(info.command_line_was_cut);
}

static void memory_map_types_are_those_of_e820(void **state)
{
    (void)state;
    static const uint32_t types[] = {1, 2, 3, 4, 5, 0, 6, 7, 0xffffffff};
    static const enum boot_region_kind kinds[] = {
        BOOT_REGION_USABLE,   BOOT_REGION_RESERVED,  BOOT_REGION_ACPI_RECLAIMABLE,
        BOOT_REGION_ACPI_NVS, BOOT_REGION_DEFECTIVE, BOOT_REGION_RESERVED,
        BOOT_REGION_RESERVED, BOOT_REGION_RESERVED,  BOOT_REGION_RESERVED};
    begin(1);
    set_memory_map(9, BASE + 0x1000);
    for (size_t i = 0; i < 9; i++)
        put_entry(BASE + 0x1000 + i * 24, i << 20, 0x2000, types[i]);
    assert_int_equal(parse(), PVH_OK);
    assert_int_equal(info.region_count, 9);
    for (size_t i = 0; i < 9; i++)
        expect_region(i, i << 20, 0x2000, kinds[i]);
}

static void wrapping_regions_never_become_usable(void **state)
{
    (void)state;
    begin(1);
    set_memory_map(3, BASE + 0x1000);
    put_entry(BASE + 0x1000, 0x100000, UINT64_MAX, 1);
    put_entry(BASE + 0x1018, 0x100000, UINT64_MAX, 2);
    put_entry(BASE + 0x1030, 0x100000, 0, 1);
    assert_int_equal(parse(), PVH_OK);
    assert_int_equal(info.region_count, 1);
    expect_region(0, 0x100000, UINT64_MAX - 0x100000, BOOT_REGION_RESERVED);
}

static void a_memory_map_must_lie_inside_the_view(void **state)
{
    (void)state;
    static const uint64_t outside[] = {
        0, 1, BASE - 24, BASE - 1, BASE + LENGTH - 47, BASE + LENGTH, UINT64_MAX - 47, UINT64_MAX};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        begin(1);
        set_memory_map(2, outside[i]);
        assert_int_equal(parse(), PVH_MEMORY_MAP_OUTSIDE_MEMORY);
    }
    begin(1);
    set_memory_map(2, BASE + LENGTH - 48);
    put_entry(BASE + LENGTH - 24, 0x1000, 0x1000, 1);
    assert_int_equal(parse(), PVH_OK);
    assert_int_equal(info.region_count, 1);
}

static void more_regions_than_fit_are_an_error(void **state)
{
    (void)state;
    for (uint32_t count = BOOT_MAX_REGIONS; count <= BOOT_MAX_REGIONS + 1; count++) {
        begin(1);
        set_memory_map(count, BASE + 0x1000);
        for (uint64_t i = 0; i < count; i++)
            put_entry(BASE + 0x1000 + i * 24, i << 13, 0x1000, 1);
        assert_int_equal(parse(), count <= BOOT_MAX_REGIONS ? PVH_OK : PVH_TOO_MANY_REGIONS);
    }
    begin(1);
    set_memory_map(UINT32_MAX, BASE + 0x1000);
    assert_int_equal(parse(), PVH_TOO_MANY_REGIONS);
}

static void modules_and_their_command_lines_are_copied(void **state)
{
    (void)state;
    begin(1);
    set_modules(2, BASE + 0x1000);
    put_module(BASE + 0x1000, 0x200000, 0x1234, BASE + 0x2000);
    put_module(BASE + 0x1020, (1ull << 52) - 0x1000, 0x1000, 0);
    put_text(BASE + 0x2000, "a module's command line that is longer than sixty-three bytes can be");
    assert_int_equal(parse(), PVH_OK);
    assert_int_equal(info.module_count, 2);
    assert_int_equal(info.modules[0].base, 0x200000);
    assert_int_equal(info.modules[0].length, 0x1234);
    assert_string_equal(info.modules[0].command_line,
                        "a module's command line that is longer than sixty-three bytes c");
    assert_string_equal(info.modules[1].command_line, "");
}

static void a_module_list_must_lie_inside_the_view(void **state)
{
    (void)state;
    static const uint64_t outside[] = {0, BASE - 1, BASE + LENGTH - 31, BASE + LENGTH, UINT64_MAX - 31, UINT64_MAX};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        begin(1);
        set_modules(1, outside[i]);
        assert_int_equal(parse(), PVH_MODULES_OUTSIDE_MEMORY);
    }
}

static void one_module_too_many_is_an_error(void **state)
{
    (void)state;
    static const uint32_t counts[] = {BOOT_MAX_MODULES, BOOT_MAX_MODULES + 1, 0x08000000, UINT32_MAX};
    for (size_t i = 0; i < 4; i++) {
        begin(1);
        set_modules(counts[i], BASE + 0x1000);
        assert_int_equal(parse(), i == 0 ? PVH_OK : PVH_TOO_MANY_MODULES);
    }
}

static void a_module_outside_the_physical_address_space_is_refused(void **state)
{
    (void)state;
    static const uint64_t ranges[][2] = {
        {1ull << 52, 0}, {(1ull << 52) - 1, 2}, {0x1000, UINT64_MAX}, {UINT64_MAX, 1}, {0x1000, (1ull << 52)}};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        begin(1);
        set_modules(1, BASE + 0x1000);
        put_module(BASE + 0x1000, ranges[i][0], ranges[i][1], 0);
        assert_int_equal(parse(), PVH_BAD_MODULE);
    }
}

static void a_command_line_outside_the_view_is_refused(void **state)
{
    (void)state;
    static const uint64_t outside[] = {1, BASE - 1, BASE + LENGTH, UINT64_MAX};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        begin(1);
        set_command_line(outside[i]);
        assert_int_equal(parse(), PVH_COMMAND_LINE_OUTSIDE_MEMORY);
        begin(1);
        set_modules(1, BASE + 0x1000);
        put_module(BASE + 0x1000, 0x1000, 0x1000, outside[i]);
        assert_int_equal(parse(), PVH_COMMAND_LINE_OUTSIDE_MEMORY);
    }
}

static void a_command_line_without_end_is_cut_where_memory_ends(void **state)
{
    (void)state;
    for (size_t length = 1; length <= 1100; length++) {
        begin(1);
        memset(memory + LENGTH - length, 'x', length);
        set_command_line(BASE + LENGTH - length);
        assert_int_equal(parse(), PVH_OK);
        assert_int_equal(strlen(info.command_line), length < 1023 ? length : 1023);
        assert_true(info.command_line_was_cut);
    }
}

static void a_command_line_that_does_not_fit_is_cut_and_marked(void **state)
{
    (void)state;
    for (size_t length = 1020; length <= 1030; length++) {
        begin(1);
        memset(memory + 0x1000, 'x', length);
        set_command_line(BASE + 0x1000);
        assert_int_equal(parse(), PVH_OK);
        assert_int_equal(strlen(info.command_line), length < 1023 ? length : 1023);
        assert_int_equal(info.command_line_was_cut, length > 1023);
    }
}

static void a_root_pointer_that_cannot_be_read_or_is_wrong_is_left_out(void **state)
{
    (void)state;
    static const uint64_t addresses[] = {1, BASE - 1, BASE + LENGTH - 19, BASE + LENGTH, UINT64_MAX, BASE + 0x3000};
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        begin(1);
        memcpy(memory + 0x1000, pvh_capture_rsdp, sizeof pvh_capture_rsdp);
        set_rsdp(addresses[i]);
        assert_int_equal(parse(), PVH_OK);
        assert_int_equal(info.rsdp_address, 0);
    }
    set_rsdp(BASE + 0x1000);
    assert_int_equal(parse(), PVH_OK);
    assert_int_equal(info.rsdp_address, BASE + 0x1000);
    begin(1);
    memcpy(memory + LENGTH - 20, pvh_capture_rsdp, 20);
    set_rsdp(BASE + LENGTH - 20);
    assert_int_equal(parse(), PVH_OK);
    assert_int_equal(info.rsdp_address, BASE + LENGTH - 20);
}

static void every_error_has_a_text_of_its_own(void **state)
{
    (void)state;
    for (int a = PVH_OK; a <= PVH_TOO_MANY_REGIONS; a++) {
        const char *text = pvh_error_text((enum pvh_error)a);
        assert_true(strlen(text) > 5 && strchr(text, '\n') == NULL);
        for (int b = PVH_OK; b < a; b++)
            assert_string_not_equal(text, pvh_error_text((enum pvh_error)b));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_everything_that_qemu_passes),
        cmocka_unit_test(no_corrupted_byte_of_a_real_start_info_does_harm),
        cmocka_unit_test(no_piece_of_a_real_start_info_is_read_past_the_view),
        cmocka_unit_test(every_start_info_address_outside_the_view_is_refused),
        cmocka_unit_test(a_start_info_may_end_where_memory_ends),
        cmocka_unit_test(a_wrong_magic_is_refused),
        cmocka_unit_test(version_0_has_no_memory_map),
        cmocka_unit_test(absent_parts_are_empty),
        cmocka_unit_test(memory_map_types_are_those_of_e820),
        cmocka_unit_test(wrapping_regions_never_become_usable),
        cmocka_unit_test(a_memory_map_must_lie_inside_the_view),
        cmocka_unit_test(more_regions_than_fit_are_an_error),
        cmocka_unit_test(modules_and_their_command_lines_are_copied),
        cmocka_unit_test(a_module_list_must_lie_inside_the_view),
        cmocka_unit_test(one_module_too_many_is_an_error),
        cmocka_unit_test(a_module_outside_the_physical_address_space_is_refused),
        cmocka_unit_test(a_command_line_outside_the_view_is_refused),
        cmocka_unit_test(a_command_line_without_end_is_cut_where_memory_ends),
        cmocka_unit_test(a_command_line_that_does_not_fit_is_cut_and_marked),
        cmocka_unit_test(a_root_pointer_that_cannot_be_read_or_is_wrong_is_left_out),
        cmocka_unit_test(every_error_has_a_text_of_its_own),
    };
    return cmocka_run_group_tests_name("pvh", tests, make_guarded, NULL);
}
