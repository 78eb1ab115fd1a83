/* SPDX-License-Identifier: MIT */
/* What the tags say: memory map, modules, framebuffer, ACPI root pointer. */
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

struct screen {
    uint64_t base;
    uint32_t pitch, width, height;
    uint8_t bits, kind;
    uint8_t fields[6];
};

static const struct screen good_screen = {0xfd000000, 4096, 1024, 768, 32, 1, {16, 8, 8, 8, 0, 8}};

static enum boot_framebuffer_kind parse_screen(struct screen screen)
{
    begin();
    begin_tag(8);
    put(screen.base, 8);
    put(screen.pitch, 4);
    put(screen.width, 4);
    put(screen.height, 4);
    put(screen.bits, 1);
    put(screen.kind, 1);
    put(0, 2);
    for (size_t i = 0; i < 6; i++)
        put(screen.fields[i], 1);
    end_tag();
    begin_tag(6);
    put(24, 4);
    put(0, 4);
    put_entry(0x100000, 0x7f00000, 1);
    put_entry(0xb0000000, 0x10000000, 2);
    end_tag();
    assert_int_equal(finish(), MULTIBOOT2_OK);
    return info.framebuffer.kind;
}

static void an_rgb_framebuffer_is_described(void **state)
{
    (void)state;
    assert_int_equal(parse_screen(good_screen), BOOT_FRAMEBUFFER_RGB);
    const struct boot_framebuffer *f = &info.framebuffer;
    assert_int_equal(f->base, 0xfd000000);
    assert_int_equal(f->pitch_bytes, 4096);
    assert_int_equal(f->width, 1024);
    assert_int_equal(f->height, 768);
    assert_int_equal(f->bits_per_pixel, 32);
    assert_int_equal(f->red_shift, 16);
    assert_int_equal(f->green_shift, 8);
    assert_int_equal(f->blue_shift, 0);
    assert_int_equal(f->red_bits + f->green_bits + f->blue_bits, 24);
    struct screen high_colour = {0xb0000000, 2048, 1024, 768, 16, 1, {11, 5, 5, 6, 0, 5}};
    assert_int_equal(parse_screen(high_colour), BOOT_FRAMEBUFFER_RGB);
    assert_int_equal(info.framebuffer.green_bits, 6);
}

/* Evaluates to the kind found for good_screen with one field changed. */
#define SCREEN_WITH(field, ...)                                                                                      \
    ({                                                                                                               \
        struct screen changed = good_screen;                                                                         \
        changed.field = __VA_ARGS__;                                                                                 \
        parse_screen(changed);                                                                                       \
    })

static void a_framebuffer_that_cannot_be_right_is_left_out(void **state)
{
    (void)state;
    assert_int_equal(SCREEN_WITH(pitch, 4095), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(pitch, 0), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(width, 0), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(width, 0x40000400), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(height, 0), BOOT_FRAMEBUFFER_UNUSABLE);
    for (unsigned bits = 0; bits < 256; bits++) /* of 15 and 16, red in 16 to 23 is none */
        assert_int_equal(SCREEN_WITH(bits, (uint8_t)bits),
                         bits == 32 || bits == 24 ? BOOT_FRAMEBUFFER_RGB : BOOT_FRAMEBUFFER_UNUSABLE);
    for (unsigned kind = 3; kind < 256; kind++)
        assert_int_equal(SCREEN_WITH(kind, (uint8_t)kind), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(fields[0], 25), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(fields[3], 0), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(fields[5], 255), BOOT_FRAMEBUFFER_UNUSABLE);
}

static void every_pixel_size_is_taken_with_fields_that_fit(void **state)
{
    (void)state;
    struct screen small = {0xb0000000, 1600, 800, 600, 15, 1, {10, 5, 5, 5, 0, 5}};
    assert_int_equal(parse_screen(small), BOOT_FRAMEBUFFER_RGB);
    assert_int_equal(info.framebuffer.bits_per_pixel, 15);
    small.fields[0] = 11;
    assert_int_equal(parse_screen(small), BOOT_FRAMEBUFFER_UNUSABLE);
    small.bits = 16;
    assert_int_equal(parse_screen(small), BOOT_FRAMEBUFFER_RGB);
    small.pitch = 1599;
    assert_int_equal(parse_screen(small), BOOT_FRAMEBUFFER_UNUSABLE);
    struct screen packed = {0xb0000000, 2400, 800, 600, 24, 1, {0, 8, 8, 8, 16, 8}};
    assert_int_equal(parse_screen(packed), BOOT_FRAMEBUFFER_RGB);
    packed.pitch = 2399;
    assert_int_equal(parse_screen(packed), BOOT_FRAMEBUFFER_UNUSABLE);
    struct screen deep = {0xb0000000, 3200, 800, 600, 32, 1, {22, 10, 12, 10, 2, 10}};
    assert_int_equal(parse_screen(deep), BOOT_FRAMEBUFFER_RGB);
    assert_int_equal(info.framebuffer.blue_shift, 2);
}

static void a_framebuffer_in_an_impossible_place_is_left_out(void **state)
{
    (void)state;
    assert_int_equal(SCREEN_WITH(base, 0), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(base, 1ull << 52), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(base, UINT64_MAX - 0xfff), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(base, (1ull << 52) - 4096 * 768), BOOT_FRAMEBUFFER_RGB);
    assert_int_equal(SCREEN_WITH(base, (1ull << 52) - 4096 * 768 + 1), BOOT_FRAMEBUFFER_UNUSABLE);
    struct screen huge = good_screen;
    huge.pitch = huge.height = UINT32_MAX;
    assert_int_equal(parse_screen(huge), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(base, 0x8000000 - 1), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(base, 0x8000000), BOOT_FRAMEBUFFER_RGB);
    assert_int_equal(SCREEN_WITH(base, 0x200000), BOOT_FRAMEBUFFER_UNUSABLE);
}

static void an_ega_text_screen_is_described(void **state)
{
    (void)state;
    struct screen text = {0xb8000, 160, 80, 25, 16, 2, {0}};
    assert_int_equal(parse_screen(text), BOOT_FRAMEBUFFER_TEXT);
    assert_int_equal(info.framebuffer.width, 80);
    assert_int_equal(info.framebuffer.height, 25);
    struct screen wide_cells = {0xb8000, 320, 80, 25, 32, 2, {0}};
    assert_int_equal(parse_screen(wide_cells), BOOT_FRAMEBUFFER_UNUSABLE);
    text.pitch = 159;
    assert_int_equal(parse_screen(text), BOOT_FRAMEBUFFER_UNUSABLE);
}

static void an_indexed_framebuffer_is_left_out_whatever_its_palette_says(void **state)
{
    (void)state;
    assert_int_equal(SCREEN_WITH(kind, 0), BOOT_FRAMEBUFFER_UNUSABLE);
    struct screen palette = {0xfd000000, 1024, 1024, 768, 8, 0, {0xff, 0xff, 0xff, 0xff, 1, 2}};
    assert_int_equal(parse_screen(palette), BOOT_FRAMEBUFFER_UNUSABLE);
}

static void a_framebuffer_tag_of_any_length_is_no_error(void **state)
{
    (void)state;
    for (size_t length = 0; length <= 30; length++) {
        begin();
        begin_tag(8);
        put(0xfd000000, 8);
        put(4096, 4);
        put(1024, 4);
        put(768, 4);
        put(0x0120, 4);
        put(0x08080810, 4);
        put(0x0800, 2);
        built.length = built.tag + 8 + length;
        end_tag();
        assert_int_equal(finish(), MULTIBOOT2_OK);
        assert_int_equal(info.framebuffer.kind, length == 30 ? BOOT_FRAMEBUFFER_RGB : BOOT_FRAMEBUFFER_UNUSABLE);
    }
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
        cmocka_unit_test(an_rgb_framebuffer_is_described),
        cmocka_unit_test(a_framebuffer_that_cannot_be_right_is_left_out),
        cmocka_unit_test(every_pixel_size_is_taken_with_fields_that_fit),
        cmocka_unit_test(a_framebuffer_in_an_impossible_place_is_left_out),
        cmocka_unit_test(an_ega_text_screen_is_described),
        cmocka_unit_test(an_indexed_framebuffer_is_left_out_whatever_its_palette_says),
        cmocka_unit_test(a_framebuffer_tag_of_any_length_is_no_error),
        cmocka_unit_test(a_copied_root_pointer_is_found_where_it_lies),
        cmocka_unit_test(a_root_pointer_with_any_changed_byte_is_left_out),
        cmocka_unit_test(a_root_pointer_with_a_wrong_length_is_left_out),
        cmocka_unit_test(the_new_root_pointer_is_preferred_in_either_order),
        cmocka_unit_test(any_efi_tag_means_uefi_and_no_other_tag_does),
    };
    return cmocka_run_group_tests_name("multiboot2_tags", tests, make_guarded, NULL);
}
