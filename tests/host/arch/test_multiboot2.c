/* SPDX-License-Identifier: MIT */
/* The block as a whole: its place, its size, the chain of tags, and texts. */
#include "boot_captures.h"
#include "multiboot2_information.h"

static void reads_everything_that_grub_passes(void **state)
{
    (void)state;
    assert_int_equal(parse_at(GRUB_CAPTURE_ADDRESS, grub_capture, sizeof grub_capture), MULTIBOOT2_OK);
    assert_int_equal(info.loader, BOOT_LOADER_MULTIBOOT2);
    assert_int_equal(info.firmware, BOOT_FIRMWARE_BIOS);
    assert_string_equal(info.loader_name, "GRUB 2.06-13+deb12u2");
    assert_string_equal(info.command_line, "log=debug console=serial \"a b=c d\"");
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
    assert_int_equal(info.modules[0].base, 0x101000);
    assert_int_equal(info.modules[0].length, 13);
    assert_string_equal(info.modules[0].command_line, "first module");
    assert_int_equal(info.framebuffer.kind, BOOT_FRAMEBUFFER_TEXT);
    assert_int_equal(info.framebuffer.base, 0xb8000);
    assert_int_equal(info.framebuffer.pitch_bytes, 160);
    assert_int_equal(info.framebuffer.width, 80);
    assert_int_equal(info.framebuffer.height, 25);
    assert_int_equal(info.framebuffer.bits_per_pixel, 16);
    assert_int_equal(info.rsdp_address, GRUB_CAPTURE_ADDRESS + 896 + 8);
    assert_int_equal(info.information_base, GRUB_CAPTURE_ADDRESS);
    assert_int_equal(info.information_length, 936);
}

static void no_corrupted_byte_of_a_real_block_does_harm(void **state)
{
    (void)state;
    uint8_t bytes[sizeof grub_capture];
    memcpy(bytes, grub_capture, sizeof bytes);
    unsigned refused = 0;
    for (size_t at = 0; at < sizeof bytes; at++) {
        for (unsigned value = 0; value < 256; value++) {
            bytes[at] = (uint8_t)value;
            refused += parse_at(GRUB_CAPTURE_ADDRESS, bytes, sizeof bytes) != MULTIBOOT2_OK;
        }
        bytes[at] = grub_capture[at];
    }
    assert_in_range(refused, 1000, sizeof bytes * 256 - 1000);
}

static void a_block_that_memory_shows_only_in_part_is_refused(void **state)
{
    (void)state;
    for (size_t length = 0; length < sizeof grub_capture; length++)
        assert_int_equal(parse_at(GRUB_CAPTURE_ADDRESS, grub_capture, length), MULTIBOOT2_OUTSIDE_MEMORY);
}

static void random_chains_terminate(void **state)
{
    (void)state;
    uint64_t random = 0x7e40217e;
    print_message("seed %#llx\n", (unsigned long long)random);
    for (unsigned round = 0; round < 20000; round++) {
        uint8_t bytes[256];
        for (size_t i = 0; i < sizeof bytes; i++) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            bytes[i] = i % 4 == 0 ? (uint8_t)(random % 64) : (uint8_t)(random % 37 == 0 ? random >> 8 : 0);
        }
        size_t total = 16 + random % 31 * 8;
        memcpy(bytes, (uint8_t[]){(uint8_t)total, 0, 0, 0}, 4);
        memcpy(bytes + total - 8, (uint8_t[]){0, 0, 0, 0, 8, 0, 0, 0}, 8);
        enum multiboot2_error ignored = parse_at(ADDRESS, bytes, total);
        (void)ignored;
    }
}

static void an_address_of_zero_is_refused(void **state)
{
    (void)state;
    assert_int_equal(parse_at(0, grub_capture, sizeof grub_capture), MULTIBOOT2_NULL);
}

static void a_misaligned_address_is_refused(void **state)
{
    (void)state;
    for (uint64_t shift = 1; shift < 8; shift++)
        assert_int_equal(parse_at(GRUB_CAPTURE_ADDRESS + shift, grub_capture, sizeof grub_capture),
                         MULTIBOOT2_MISALIGNED);
}

static void an_address_outside_the_view_is_refused(void **state)
{
    (void)state;
    struct physical_view view = {grub_capture, 0x200000, sizeof grub_capture};
    static const uint64_t outside[] = {8, 0x1ffff8, 0x200000 + 936, 0xfffffff8, UINT64_MAX - 7};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++)
        assert_int_equal(multiboot2_parse(&view, outside[i], &info), MULTIBOOT2_OUTSIDE_MEMORY);
    assert_int_equal(multiboot2_parse(&view, 0x200000, &info), MULTIBOOT2_OK);
}

static void only_a_padded_size_of_at_least_16_is_accepted(void **state)
{
    (void)state;
    for (uint32_t total = 0; total <= 64; total++) {
        uint8_t bytes[64] = {(uint8_t)total};
        if (total >= 8)
            bytes[total - 8 + 4] = 8; /* an end tag right at the end; filler before it */
        if (total > 16 && total % 8 == 0) {
            bytes[8] = 99;
            bytes[12] = (uint8_t)(total - 16);
        }
        enum multiboot2_error expected = total < 16       ? MULTIBOOT2_TOO_SMALL
                                         : total % 8 != 0 ? MULTIBOOT2_NOT_PADDED
                                                          : MULTIBOOT2_OK;
        assert_int_equal(parse_at(ADDRESS, bytes, sizeof bytes), expected);
    }
}

static void sizes_above_one_mebibyte_are_refused(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {1024 * 1024 + 1, 1024 * 1024 + 8, 0x7fffffff, 0xfffffff8, 0xffffffff};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        begin();
        poke32(0, sizes[i]);
        assert_int_equal(parse_at(ADDRESS, built.bytes, 16), MULTIBOOT2_TOO_LARGE);
    }
    begin();
    poke32(0, 1024 * 1024);
    assert_int_equal(parse_at(ADDRESS, built.bytes, 16), MULTIBOOT2_OUTSIDE_MEMORY);
}

static void information_without_tags_is_valid(void **state)
{
    (void)state;
    begin();
    assert_int_equal(finish(), MULTIBOOT2_OK);
    assert_int_equal(info.region_count + info.module_count + info.rsdp_address, 0);
    assert_int_equal(info.framebuffer.kind, BOOT_FRAMEBUFFER_NONE);
    assert_string_equal(info.command_line, "");
    assert_int_equal(info.information_length, 16);
}

/* 8 bytes of header, 48 bytes in which the tag stands (zero where it does not reach), the end tag. */
static enum multiboot2_error parse_one_tag(uint32_t type, uint32_t size)
{
    begin();
    begin_tag(type);
    built.length = 56;
    begin_tag(0);
    end_tag();
    poke32(0, 64);
    poke32(8, type);
    poke32(12, size);
    return parse_at(ADDRESS, built.bytes, 64);
}

static void only_a_tag_size_that_leads_to_the_end_tag_is_accepted(void **state)
{
    (void)state;
    for (uint32_t size = 0; size <= 64; size++) {
        enum multiboot2_error expected = size < 8 || size > 56 ? MULTIBOOT2_BAD_TAG_SIZE
                                         : size > 48           ? MULTIBOOT2_NO_END_TAG
                                         : size > 40           ? MULTIBOOT2_OK
                                                               : MULTIBOOT2_BAD_END_TAG_SIZE;
        assert_int_equal(parse_one_tag(99, size), expected);
    }
    for (uint32_t size = 0xfffffff0; size != 0; size++)
        assert_int_equal(parse_one_tag(99, size), MULTIBOOT2_BAD_TAG_SIZE);
}

static void known_tags_of_any_size_do_no_harm(void **state)
{
    (void)state;
    for (uint32_t type = 1; type <= 22; type++) {
        for (uint32_t size = 0; size <= 64; size++) {
            bool leads_to_the_end = size > 40 && size <= 48;
            enum multiboot2_error error = parse_one_tag(type, size);
            assert_true(leads_to_the_end || error != MULTIBOOT2_OK);
        }
    }
}

static void the_end_tag_must_be_the_last_and_have_eight_bytes(void **state)
{
    (void)state;
    for (uint32_t size = 0; size <= 64; size++) {
        if (size != 8)
            assert_int_equal(parse_one_tag(0, size), MULTIBOOT2_BAD_END_TAG_SIZE);
    }
    assert_int_equal(parse_one_tag(0, 8), MULTIBOOT2_END_TAG_NOT_LAST);
    begin();
    begin_tag(0);
    end_tag();
    assert_int_equal(finish(), MULTIBOOT2_END_TAG_NOT_LAST);
}

static void a_thousand_unknown_tags_are_skipped(void **state)
{
    (void)state;
    begin();
    for (uint32_t i = 0; i < 1000; i++) {
        begin_tag(1000 + i);
        put(0x1234, i % 20);
        end_tag();
    }
    begin_tag(1);
    put_text("still read");
    end_tag();
    assert_int_equal(finish(), MULTIBOOT2_OK);
    assert_string_equal(info.command_line, "still read");
}

static void a_text_without_nul_is_refused(void **state)
{
    (void)state;
    for (uint32_t type = 1; type <= 3; type++) {
        for (size_t length = 0; length <= 16; length++) {
            begin();
            begin_tag(type);
            if (type == 3)
                put(0, 8);
            for (size_t i = 0; i < length; i++)
                put('x', 1);
            end_tag();
            assert_int_equal(finish(), MULTIBOOT2_TEXT_WITHOUT_END);
        }
    }
}

static void bytes_behind_the_first_nul_of_a_text_are_ignored(void **state)
{
    (void)state;
    begin();
    begin_tag(1);
    put_text("one");
    put_text("two");
    end_tag();
    begin_tag(2);
    put_text("\xff\x80loader");
    put_text("more");
    end_tag();
    assert_int_equal(finish(), MULTIBOOT2_OK);
    assert_string_equal(info.command_line, "one");
    assert_string_equal(info.loader_name, "\xff\x80loader");
}

static void a_command_line_that_does_not_fit_is_cut_and_marked(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, 1022, 1023, 1024, 1025, 4096};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        begin();
        for (uint32_t type = 1; type <= 2; type++) {
            begin_tag(type);
            for (size_t k = 0; k < lengths[i]; k++)
                put('a' + k % 26, 1);
            put(0, 1);
            end_tag();
        }
        assert_int_equal(finish(), MULTIBOOT2_OK);
        assert_int_equal(strlen(info.command_line), lengths[i] < 1023 ? lengths[i] : 1023);
        assert_int_equal(info.command_line_was_cut, lengths[i] > 1023);
        assert_int_equal(strlen(info.loader_name), lengths[i] < 63 ? lengths[i] : 63);
        for (size_t k = 0; info.command_line[k] != '\0'; k++)
            assert_int_equal(info.command_line[k], 'a' + k % 26);
    }
}

static void every_error_has_a_text_of_its_own(void **state)
{
    (void)state;
    for (int a = MULTIBOOT2_OK; a <= MULTIBOOT2_TOO_MANY_REGIONS; a++) {
        const char *text = multiboot2_error_text((enum multiboot2_error)a);
        assert_true(strlen(text) > 5 && strchr(text, '\n') == NULL);
        for (int b = MULTIBOOT2_OK; b < a; b++)
            assert_string_not_equal(text, multiboot2_error_text((enum multiboot2_error)b));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_everything_that_grub_passes),
        cmocka_unit_test(no_corrupted_byte_of_a_real_block_does_harm),
        cmocka_unit_test(a_block_that_memory_shows_only_in_part_is_refused),
        cmocka_unit_test(random_chains_terminate),
        cmocka_unit_test(an_address_of_zero_is_refused),
        cmocka_unit_test(a_misaligned_address_is_refused),
        cmocka_unit_test(an_address_outside_the_view_is_refused),
        cmocka_unit_test(only_a_padded_size_of_at_least_16_is_accepted),
        cmocka_unit_test(sizes_above_one_mebibyte_are_refused),
        cmocka_unit_test(information_without_tags_is_valid),
        cmocka_unit_test(only_a_tag_size_that_leads_to_the_end_tag_is_accepted),
        cmocka_unit_test(known_tags_of_any_size_do_no_harm),
        cmocka_unit_test(the_end_tag_must_be_the_last_and_have_eight_bytes),
        cmocka_unit_test(a_thousand_unknown_tags_are_skipped),
        cmocka_unit_test(a_text_without_nul_is_refused),
        cmocka_unit_test(bytes_behind_the_first_nul_of_a_text_are_ignored),
        cmocka_unit_test(a_command_line_that_does_not_fit_is_cut_and_marked),
        cmocka_unit_test(every_error_has_a_text_of_its_own),
    };
    return cmocka_run_group_tests_name("multiboot2", tests, make_guarded, NULL);
}
