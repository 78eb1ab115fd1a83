/* SPDX-License-Identifier: MIT */
/* What the tags say: memory map, modules, ACPI root pointer. */
#include "multiboot2_information.h"

static void begin_map(uint32_t entry_size)
{
    begin();
    begin_tag(6);
    put(entry_size, 4);
    put(0, 4);
}

static void memory_map_entries_are_read_at_their_stated_distance(void **state)
{
    (void)state;
    for (uint32_t stride = 24; stride <= 64; stride += 8) {
        begin_map(stride);
        for (uint64_t i = 0; i < 3; i++) {
            put_entry(0x1000 * i, 0x800 + i, 1 + (uint32_t)i);
            for (uint32_t k = 24; k < stride; k++)
                put(0xcc, 1);
        }
        end_tag();
        assert_int_equal(finish(), MULTIBOOT2_OK);
        assert_int_equal(info.region_count, 3);
        expect_region(0, 0, 0x800, BOOT_REGION_USABLE);
        expect_region(1, 0x1000, 0x801, BOOT_REGION_RESERVED);
        expect_region(2, 0x2000, 0x802, BOOT_REGION_ACPI_RECLAIMABLE);
    }
}

static void impossible_memory_map_entry_sizes_are_refused(void **state)
{
    (void)state;
    for (uint32_t stride = 0; stride <= 64; stride++) {
        begin_map(stride);
        for (uint32_t k = 0; k < stride; k++)
            put(0, 1);
        end_tag();
        assert_int_equal(finish(), stride >= 24 && stride % 8 == 0 ? MULTIBOOT2_OK : MULTIBOOT2_BAD_MEMORY_MAP);
    }
    begin_map(0xfffffff8);
    put_entry(0, 0x1000, 1);
    end_tag();
    assert_int_equal(finish(), MULTIBOOT2_BAD_MEMORY_MAP);
}

static void a_memory_map_that_ends_inside_an_entry_is_refused(void **state)
{
    (void)state;
    for (size_t extra = 1; extra < 24; extra++) {
        begin_map(24);
        put_entry(0, 0x1000, 1);
        for (size_t k = 0; k < extra; k++)
            put(0, 1);
        end_tag();
        assert_int_equal(finish(), MULTIBOOT2_BAD_MEMORY_MAP);
    }
    begin();
    begin_tag(6);
    put(24, 4);
    end_tag();
    assert_int_equal(finish(), MULTIBOOT2_BAD_MEMORY_MAP);
}

static void a_memory_map_without_entries_is_valid(void **state)
{
    (void)state;
    begin_map(24);
    end_tag();
    assert_int_equal(finish(), MULTIBOOT2_OK);
    assert_int_equal(info.region_count, 0);
}

static void unknown_region_types_count_as_reserved(void **state)
{
    (void)state;
    static const uint32_t types[] = {1, 2, 3, 4, 5, 0, 6, 7, 12, 0x80000001, 0xffffffff};
    static const enum boot_region_kind kinds[] = {
        BOOT_REGION_USABLE,    BOOT_REGION_RESERVED, BOOT_REGION_ACPI_RECLAIMABLE, BOOT_REGION_ACPI_NVS,
        BOOT_REGION_DEFECTIVE, BOOT_REGION_RESERVED, BOOT_REGION_RESERVED,         BOOT_REGION_RESERVED,
        BOOT_REGION_RESERVED,  BOOT_REGION_RESERVED, BOOT_REGION_RESERVED};
    begin_map(24);
    for (size_t i = 0; i < 11; i++)
        put_entry(i << 20, 0x1000, types[i]);
    end_tag();
    assert_int_equal(finish(), MULTIBOOT2_OK);
    assert_int_equal(info.region_count, 11);
    for (size_t i = 0; i < 11; i++)
        expect_region(i, i << 20, 0x1000, kinds[i]);
}

static void wrapping_regions_never_become_usable(void **state)
{
    (void)state;
    begin_map(24);
    put_entry(0x100000, UINT64_MAX, 1);
    put_entry(0xffffffffffff0000, 0x10000, 1);
    put_entry(0xffffffffffff0000, 0x10000, 2);
    put_entry(0x200000, UINT64_MAX, 4);
    put_entry(UINT64_MAX, UINT64_MAX, 2);
    put_entry(0x300000, 0, 2);
    end_tag();
    assert_int_equal(finish(), MULTIBOOT2_OK);
    assert_int_equal(info.region_count, 2);
    expect_region(0, 0xffffffffffff0000, 0xffff, BOOT_REGION_RESERVED);
    expect_region(1, 0x200000, UINT64_MAX - 0x200000, BOOT_REGION_ACPI_NVS);
}

static void more_regions_than_fit_are_an_error(void **state)
{
    (void)state;
    for (uint64_t count = BOOT_MAX_REGIONS - 1; count <= BOOT_MAX_REGIONS + 1; count++) {
        begin_map(24);
        for (uint64_t i = 0; i < count; i++)
            put_entry(i << 13, 0x1000, 1);
        put_entry(0, 0, 2);
        end_tag();
        assert_int_equal(finish(), count <= BOOT_MAX_REGIONS ? MULTIBOOT2_OK : MULTIBOOT2_TOO_MANY_REGIONS);
        assert_int_equal(info.region_count, count <= BOOT_MAX_REGIONS ? count : 0);
    }
}

static void repeated_memory_maps_add_up(void **state)
{
    (void)state;
    begin_map(24);
    put_entry(0, 0x1000, 1);
    end_tag();
    begin_tag(6);
    put(24, 4);
    put(0, 4);
    put_entry(0x1000, 0x1000, 2);
    end_tag();
    assert_int_equal(finish(), MULTIBOOT2_OK);
    assert_int_equal(info.region_count, 2);
}

static void put_module(uint32_t start, uint32_t end, const char *text)
{
    begin_tag(3);
    put(start, 4);
    put(end, 4);
    put_text(text);
    end_tag();
}

static void modules_are_kept_in_order(void **state)
{
    (void)state;
    begin();
    for (uint32_t i = 0; i < BOOT_MAX_MODULES; i++)
        put_module(0x1000 * i, 0x1000 * i + i,
                   "a name that is longer than the sixty-three bytes that are kept of it");
    assert_int_equal(finish(), MULTIBOOT2_OK);
    assert_int_equal(info.module_count, BOOT_MAX_MODULES);
    for (uint32_t i = 0; i < BOOT_MAX_MODULES; i++) {
        assert_int_equal(info.modules[i].base, 0x1000 * i);
        assert_int_equal(info.modules[i].length, i);
        assert_string_equal(info.modules[i].command_line,
                            "a name that is longer than the sixty-three bytes that are kept ");
    }
}

static void one_module_too_many_is_an_error(void **state)
{
    (void)state;
    begin();
    for (uint32_t i = 0; i <= BOOT_MAX_MODULES; i++)
        put_module(0x1000, 0x2000, "");
    assert_int_equal(finish(), MULTIBOOT2_TOO_MANY_MODULES);
}

static void a_module_that_ends_before_it_starts_is_refused(void **state)
{
    (void)state;
    begin();
    put_module(0x2000, 0x1fff, "backwards");
    assert_int_equal(finish(), MULTIBOOT2_BAD_MODULE);
    begin();
    put_module(0xfffff000, 0xffffffff, "the last page below 4 GiB");
    assert_int_equal(finish(), MULTIBOOT2_OK);
}

/* A root pointer of 20 bytes (revision 0) or 36 bytes (revision 2) with correct checksums. */
static void make_rsdp(uint8_t rsdp[36], uint8_t revision)
{
    memset(rsdp, 0, 36);
    memcpy(rsdp, "RSD PTR ", 8);
    memcpy(rsdp + 9, "TENOR ", 6);
    rsdp[15] = revision;
    rsdp[16] = 0x40;
    rsdp[20] = revision >= 2 ? 36 : 0;
    uint8_t sum = 0;
    for (size_t i = 0; i < 20; i++)
        sum = (uint8_t)(sum + rsdp[i]);
    rsdp[8] = (uint8_t)-sum;
    sum = 0;
    for (size_t i = 0; i < 36; i++)
        sum = (uint8_t)(sum + rsdp[i]);
    rsdp[32] = (uint8_t)-sum;
}

static void put_rsdp(uint32_t type, const uint8_t *rsdp, size_t length)
{
    begin_tag(type);
    for (size_t i = 0; i < length; i++)
        put(rsdp[i], 1);
    end_tag();
}

static uint64_t parse_rsdp(uint32_t type, const uint8_t *rsdp, size_t length)
{
    begin();
    put_rsdp(type, rsdp, length);
    assert_int_equal(finish(), MULTIBOOT2_OK);
    return info.rsdp_address;
}

static void a_copied_root_pointer_is_found_where_it_lies(void **state)
{
    (void)state;
    uint8_t rsdp[36];
    make_rsdp(rsdp, 0);
    assert_int_equal(parse_rsdp(14, rsdp, 20), ADDRESS + 16);
    make_rsdp(rsdp, 2);
    assert_int_equal(parse_rsdp(15, rsdp, 36), ADDRESS + 16);
}

static void a_root_pointer_with_any_changed_byte_is_left_out(void **state)
{
    (void)state;
    uint8_t rsdp[36];
    make_rsdp(rsdp, 2);
    for (size_t i = 0; i < 36; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            rsdp[i] ^= (uint8_t)(1u << bit);
            assert_int_equal(parse_rsdp(15, rsdp, 36), 0);
            rsdp[i] ^= (uint8_t)(1u << bit);
        }
    }
    for (size_t length = 0; length < 36; length++)
        assert_int_equal(parse_rsdp(15, rsdp, length), 0);
    make_rsdp(rsdp, 0);
    for (size_t length = 0; length < 20; length++)
        assert_int_equal(parse_rsdp(14, rsdp, length), 0);
}

/* Keeps both checksums right, so that only the length can be the reason. */
static void a_root_pointer_with_a_wrong_length_is_left_out(void **state)
{
    (void)state;
    static const uint32_t lengths[] = {0, 1, 20, 35, 37, 40, 0x80000000, 0xffffffff};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        uint8_t rsdp[36];
        make_rsdp(rsdp, 2);
        rsdp[32] = (uint8_t)(rsdp[32] + 36);
        for (size_t k = 0; k < 4; k++) {
            rsdp[20 + k] = (uint8_t)(lengths[i] >> (8 * k));
            rsdp[32] = (uint8_t)(rsdp[32] - rsdp[20 + k]);
        }
        assert_int_equal(parse_rsdp(15, rsdp, 36), 0);
    }
}

static void the_new_root_pointer_is_preferred_in_either_order(void **state)
{
    (void)state;
    uint8_t old[36], new[36];
    make_rsdp(old, 0);
    make_rsdp(new, 2);
    begin();
    put_rsdp(14, old, 20);
    put_rsdp(15, new, 36);
    assert_int_equal(finish(), MULTIBOOT2_OK);
    assert_int_equal(info.rsdp_address, ADDRESS + 8 + 32 + 8);
    begin();
    put_rsdp(15, new, 36);
    put_rsdp(14, old, 20);
    assert_int_equal(finish(), MULTIBOOT2_OK);
    assert_int_equal(info.rsdp_address, ADDRESS + 8 + 8);
    new[33] ^= 1;
    begin();
    put_rsdp(14, old, 20);
    put_rsdp(15, new, 36);
    assert_int_equal(finish(), MULTIBOOT2_OK);
    assert_int_equal(info.rsdp_address, ADDRESS + 8 + 8);
}

/* Types of Multiboot2 specification 2.0, 3.6: 11, 12 "EFI system table pointer", 17 "EFI memory map", 18 "EFI boot
 * services not terminated", 19, 20 "EFI image handle pointer"; all others say nothing about firmware. */
static void any_efi_tag_means_uefi_and_no_other_tag_does(void **state)
{
    (void)state;
    static const uint32_t efi[] = {11, 12, 17, 18, 19, 20}, others[] = {2, 4, 5, 7, 8, 9, 10, 13, 14, 15, 16, 21};
    for (size_t i = 0; i < sizeof efi / sizeof efi[0]; i++) {
        for (size_t length = 0; length <= 16; length++) {
            begin();
            begin_tag(efi[i]);
            put(0, length);
            end_tag();
            begin_tag(4);
            end_tag();
            assert_int_equal(finish(), MULTIBOOT2_OK);
            assert_int_equal(info.firmware, BOOT_FIRMWARE_UEFI);
        }
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        begin();
        begin_tag(others[i]);
        put(0, 1);
        end_tag();
        assert_int_equal(finish(), MULTIBOOT2_OK);
        assert_int_equal(info.firmware, BOOT_FIRMWARE_BIOS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_map_entries_are_read_at_their_stated_distance),
        cmocka_unit_test(impossible_memory_map_entry_sizes_are_refused),
        cmocka_unit_test(a_memory_map_that_ends_inside_an_entry_is_refused),
        cmocka_unit_test(a_memory_map_without_entries_is_valid),
        cmocka_unit_test(unknown_region_types_count_as_reserved),
        cmocka_unit_test(wrapping_regions_never_become_usable),
        cmocka_unit_test(more_regions_than_fit_are_an_error),
        cmocka_unit_test(repeated_memory_maps_add_up),
        cmocka_unit_test(modules_are_kept_in_order),
        cmocka_unit_test(one_module_too_many_is_an_error),
        cmocka_unit_test(a_module_that_ends_before_it_starts_is_refused),
        cmocka_unit_test(a_copied_root_pointer_is_found_where_it_lies),
        cmocka_unit_test(a_root_pointer_with_any_changed_byte_is_left_out),
        cmocka_unit_test(a_root_pointer_with_a_wrong_length_is_left_out),
        cmocka_unit_test(the_new_root_pointer_is_preferred_in_either_order),
        cmocka_unit_test(any_efi_tag_means_uefi_and_no_other_tag_does),
    };
    return cmocka_run_group_tests_name("multiboot2_tags", tests, make_guarded, NULL);
}
