/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "arch/x86_64/acpi/tables.h"
#include "firmware.h"

enum { POINTER = 0xf5000, RSDT = 0xa1000, XSDT = 0xa2000, FIRST = 0xb0000, SECOND = 0xb1000 };
enum { EBDA = 0x9fc00, EBDA_SEGMENT_AT = 0x40e, FULL = ACPI_MAX_TABLES };

static struct acpi_tables tables;

static void read_from(uint64_t rsdp_address)
{
    memset(&tables, 0xa5, sizeof tables);
    acpi_tables_read(&firmware_view, rsdp_address, &tables);
    assert_true(tables.count <= ACPI_MAX_TABLES);
    for (size_t i = 0; i < tables.count; i++) {
        assert_true(strlen(tables.tables[i].signature) <= 4 && strlen(tables.tables[i].oem_id) <= 6);
        for (size_t k = 0; k < i; k++)
            assert_true(tables.tables[i].address != tables.tables[k].address);
    }
}

static void expect_table(size_t index, const char *signature, uint64_t address, enum acpi_table_state state)
{
    assert_true(index < tables.count);
    assert_string_equal(tables.tables[index].signature, signature);
    assert_int_equal(tables.tables[index].address, address);
    assert_int_equal(tables.tables[index].state, state);
}

/* A root pointer, an RSDT that names one table, and an XSDT that names another. */
static void put_two_roots(uint8_t revision, uint64_t xsdt)
{
    firmware_put_table(FIRST, "FRST", "contents", 8);
    firmware_put_table(SECOND, "SCND", NULL, 0);
    firmware_put_rsdt(RSDT, (uint32_t[]){FIRST}, 1);
    firmware_put_xsdt(XSDT, (uint64_t[]){SECOND}, 1);
    firmware_put_root_pointer(POINTER, revision, RSDT, xsdt);
}

static void expect_by_rsdt(size_t refused)
{
    read_from(POINTER);
    assert_int_equal(tables.error, ACPI_OK);
    assert_int_equal(tables.count, refused + 2);
    expect_table(refused, "RSDT", RSDT, ACPI_TABLE_OK);
    expect_table(refused + 1, "FRST", FIRST, ACPI_TABLE_OK);
}

static void nothing_anywhere_is_no_root_pointer(void **state)
{
    (void)state;
    read_from(0);
    assert_int_equal(tables.error, ACPI_NO_ROOT_POINTER);
    assert_int_equal(tables.rsdp_address, 0);
    assert_int_equal(tables.count, 0);
}

static void first_version_leads_to_the_rsdt(void **state)
{
    (void)state;
    put_two_roots(0, XSDT); /* what follows the 20 bytes is not looked at */
    firmware_put_u64(POINTER + 24, XSDT);
    expect_by_rsdt(0);
    assert_int_equal(tables.rsdp_address, POINTER);
    assert_int_equal(tables.revision, 0);
    assert_string_equal(tables.oem_id, "TENORI");
    assert_string_equal(tables.tables[1].oem_id, "TENORI");
    assert_int_equal(tables.tables[1].revision, 3);
    assert_int_equal(tables.tables[1].length_bytes, 44);
    firmware_put_root_pointer(POINTER, 1, RSDT,
                              0); /* no edition has it; only from 2 on there is more than 20 bytes */
    expect_by_rsdt(0);
}

static void later_versions_lead_to_the_xsdt(void **state)
{
    (void)state;
    for (uint8_t revision = 2; revision < 5; revision++) {
        put_two_roots(revision, XSDT);
        read_from(POINTER);
        assert_int_equal(tables.error, ACPI_OK);
        assert_int_equal(tables.revision, revision);
        assert_int_equal(tables.count, 2);
        expect_table(0, "XSDT", XSDT, ACPI_TABLE_OK);
        expect_table(1, "SCND", SECOND, ACPI_TABLE_OK);
    }
}

static void xsdt_that_cannot_be_used_leaves_the_rsdt(void **state)
{
    (void)state;
    put_two_roots(2, 0);
    expect_by_rsdt(0);
    put_two_roots(2, XSDT);
    firmware_spoil(XSDT);
    expect_by_rsdt(1);
    expect_table(0, "XSDT", XSDT, ACPI_TABLE_BAD_CHECKSUM);
    put_two_roots(2, 1ull << 40);
    expect_by_rsdt(1);
    expect_table(0, "", 1ull << 40, ACPI_TABLE_OUT_OF_REACH);
    put_two_roots(2, SECOND); /* another table */
    expect_by_rsdt(1);
    put_two_roots(2, RSDT); /* one address for both: it is an RSDT */
    expect_by_rsdt(0);
}

static void root_pointer_that_is_malformed_is_none(void **state)
{
    (void)state;
    for (size_t at = 0; at < 36; at++) {
        firmware_reset(NULL);
        put_two_roots(2, XSDT);
        *firmware_at(POINTER + at) ^= 0x40;
        read_from(POINTER);
        assert_int_equal(tables.error, ACPI_NO_ROOT_POINTER);
    }
    static const uint32_t lengths[] = {0, 1, 19, 20, 35, 4097, 0x7fffffff, 0xffffffff};
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        put_two_roots(2, XSDT);
        firmware_put_u32(POINTER + 20, lengths[i]);
        firmware_seal(POINTER, 32, 36);
        read_from(POINTER);
        assert_int_equal(tables.error, ACPI_NO_ROOT_POINTER);
    }
    put_two_roots(2, XSDT);
    firmware_put_root_pointer(FIRMWARE_BYTES - 36, 2, RSDT, XSDT);
    *firmware_at(POINTER) = 0;
    for (uint64_t address = FIRMWARE_BYTES - 35; address < FIRMWARE_BYTES + 20; address++) {
        read_from(address);
        assert_int_equal(tables.rsdp_address, 0);
    }
    read_from(UINT64_MAX);
    assert_int_equal(tables.error, ACPI_NO_ROOT_POINTER);
}

static void root_pointer_is_searched_where_a_bios_leaves_it(void **state)
{
    static const uint64_t found[] = {EBDA, EBDA + 16, EBDA + 1008, 0xe0000, 0xe0010, 0xf1230, 0xfffe0};
    static const uint64_t not_found[] = {EBDA - 16, EBDA + 8, EBDA + 1024, 0xdfff0, 0xe0008, 0xf1231, 0x80000};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(found) + COUNT_OF(not_found); i++) {
        bool is_found = i < COUNT_OF(found);
        uint64_t address = is_found ? found[i] : not_found[i - COUNT_OF(found)];
        firmware_reset(NULL);
        firmware_put_rsdt(RSDT, NULL, 0);
        firmware_put_root_pointer(address, 0, RSDT, 0);
        firmware_put_u32(EBDA_SEGMENT_AT, EBDA >> 4);
        read_from(0);
        assert_int_equal(tables.rsdp_address, is_found ? address : 0);
        read_from(0x12340); /* where there is none */
        assert_int_equal(tables.rsdp_address, is_found ? address : 0);
    }
}

static void bogus_ebda_is_harmless(void **state)
{
    static const uint16_t segments[] = {0, 1, 0x0040, 0xa000, 0xf000, 0xffff};
    (void)state;
    firmware_put_rsdt(RSDT, NULL, 0);
    for (size_t i = 0; i < COUNT_OF(segments); i++) {
        firmware_put_u32(EBDA_SEGMENT_AT, segments[i]);
        read_from(0);
        assert_int_equal(tables.error, ACPI_NO_ROOT_POINTER);
    }
    struct physical_view low = {firmware_view.bytes, 0, EBDA_SEGMENT_AT + 1};
    acpi_tables_read(&low, 0, &tables);
    assert_int_equal(tables.error, ACPI_NO_ROOT_POINTER);
    acpi_tables_read(&(struct physical_view){firmware_view.bytes, 0, 0}, 0, &tables);
    assert_int_equal(tables.error, ACPI_NO_ROOT_POINTER);
}

static void root_table_of_impossible_length_is_none(void **state)
{
    static const uint32_t lengths[] = {0, 1, 35, ACPI_TABLE_MAX_BYTES + 1, 0x7fffffff, 0xffffffff};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        put_two_roots(0, 0);
        firmware_put_u32(RSDT + 4, lengths[i]);
        firmware_seal(RSDT, 9, 36);
        read_from(POINTER);
        assert_int_equal(tables.error, ACPI_NO_ROOT_TABLE);
        assert_int_equal(tables.count, 1);
        expect_table(0, "RSDT", RSDT, ACPI_TABLE_BAD_LENGTH);
    }
}

static void incomplete_entry_at_the_end_is_not_read(void **state)
{
    (void)state;
    for (size_t extra = 0; extra < 8; extra++) {
        const uint8_t entries[16] = {0, 0, 0xb};
        put_two_roots(2, XSDT);
        firmware_put_table(XSDT, "XSDT", entries, 8 + extra);
        read_from(POINTER);
        assert_int_equal(tables.error, ACPI_OK);
        assert_int_equal(tables.count, 2);
        expect_table(1, "FRST", FIRST, ACPI_TABLE_OK);
    }
}

static void root_table_without_entries_is_valid(void **state)
{
    (void)state;
    firmware_put_rsdt(RSDT, NULL, 0);
    firmware_put_root_pointer(POINTER, 0, RSDT, 0);
    read_from(POINTER);
    assert_int_equal(tables.error, ACPI_OK);
    assert_int_equal(tables.count, 1);
}

static void tables_with_errors_are_listed_with_their_state(void **state)
{
    (void)state;
    enum { SHORT = 0xb2000, EDGE = FIRMWARE_BYTES - 36, CUT = FIRMWARE_BYTES - 20 };
    firmware_put_rsdt(RSDT, (uint32_t[]){FIRST, SECOND, SHORT, 0, EDGE, CUT, 0xfffffff0}, 7);
    firmware_put_root_pointer(POINTER, 0, RSDT, 0);
    firmware_put_table(FIRST, "GOOD", "x", 1);
    firmware_put_table(SECOND, "SPOI", "x", 1);
    firmware_spoil(SECOND);
    firmware_put_table(SHORT, "SHRT", NULL, 0);
    firmware_put_u32(SHORT + 4, 35);
    firmware_put_table(EDGE, "EDGE", NULL, 0);
    firmware_put_u32(EDGE + 4, 37);
    firmware_seal(EDGE, 9, 36);
    read_from(POINTER);
    assert_int_equal(tables.error, ACPI_OK);
    assert_int_equal(tables.count, 7);
    expect_table(1, "GOOD", FIRST, ACPI_TABLE_OK);
    expect_table(2, "SPOI", SECOND, ACPI_TABLE_BAD_CHECKSUM);
    expect_table(3, "SHRT", SHORT, ACPI_TABLE_BAD_LENGTH);
    expect_table(4, "EDGE", EDGE, ACPI_TABLE_OUT_OF_REACH);
    expect_table(5, "", CUT, ACPI_TABLE_OUT_OF_REACH);
    expect_table(6, "", 0xfffffff0, ACPI_TABLE_OUT_OF_REACH);
    assert_int_equal(tables.left_out_count, 0);
    for (size_t i = 0; i < tables.count; i++) {
        bool is_good = tables.tables[i].state == ACPI_TABLE_OK;
        struct byte_span span = acpi_tables_bytes(&tables, &firmware_view, i, tables.tables[i].signature);
        assert_int_equal(span.length, is_good ? tables.tables[i].length_bytes : 0);
    }
    assert_int_equal(acpi_tables_find(&tables, &firmware_view, "GOOD").length, 37);
    assert_int_equal(acpi_tables_find(&tables, &firmware_view, "SPOI").length, 0);
    assert_int_equal(acpi_tables_find(&tables, &firmware_view, "NONE").length, 0);
}

static void table_that_ends_where_memory_ends_is_valid(void **state)
{
    (void)state;
    enum { EDGE = FIRMWARE_BYTES - 36 };
    firmware_put_rsdt(RSDT, (uint32_t[]){EDGE}, 1);
    firmware_put_root_pointer(POINTER, 0, RSDT, 0);
    firmware_put_table(EDGE, "EDGE", NULL, 0);
    read_from(POINTER);
    expect_table(1, "EDGE", EDGE, ACPI_TABLE_OK);
}

static void entries_that_loop_or_repeat_are_listed_once(void **state)
{
    (void)state;
    firmware_put_table(FIRST, "FRST", NULL, 0);
    firmware_put_xsdt(XSDT, (uint64_t[]){XSDT, FIRST, RSDT, FIRST, POINTER, XSDT, FIRST, POINTER}, 8);
    firmware_put_rsdt(RSDT, (uint32_t[]){XSDT, RSDT}, 2);
    firmware_put_root_pointer(POINTER, 2, RSDT, XSDT);
    read_from(POINTER);
    assert_int_equal(tables.error, ACPI_OK);
    assert_int_equal(tables.count, 4);
    expect_table(0, "XSDT", XSDT, ACPI_TABLE_OK);
    expect_table(1, "FRST", FIRST, ACPI_TABLE_OK);
    expect_table(2, "RSDT", RSDT, ACPI_TABLE_OK);
    assert_int_equal(tables.tables[3].address, POINTER);
    assert_true(tables.tables[3].state != ACPI_TABLE_OK);
}

static void unprintable_names_become_question_marks(void **state)
{
    (void)state;
    firmware_put_rsdt(RSDT, (uint32_t[]){FIRST}, 1);
    firmware_put_root_pointer(POINTER, 0, RSDT, 0);
    memcpy(firmware_at(POINTER + 9), "A\0\x7f\xff\n~", 6);
    firmware_seal(POINTER, 8, 20);
    firmware_put_table(FIRST, "\x1b[2J", NULL, 0);
    read_from(POINTER);
    assert_string_equal(tables.oem_id, "A????~");
    expect_table(1, "?[2J", FIRST, ACPI_TABLE_OK);
}

static void more_tables_than_fit_are_counted(void **state)
{
    enum { ENTRIES = FULL + 10 };
    static uint32_t entries[2000];
    (void)state;
    for (uint32_t i = 0; i < ENTRIES; i++) {
        entries[i] = FIRST + i * 64;
        firmware_put_table(entries[i], "MANY", NULL, 0);
    }
    firmware_put_rsdt(RSDT, entries, ENTRIES);
    firmware_put_root_pointer(POINTER, 0, RSDT, 0);
    read_from(POINTER);
    assert_int_equal(tables.count, FULL);
    assert_int_equal(tables.left_out_count, ENTRIES + 1 - FULL);
    for (size_t i = 0; i < COUNT_OF(entries); i++)
        entries[i] = FIRST;
    entries[ACPI_ROOT_MAX_ENTRIES - 1] = SECOND;
    entries[ACPI_ROOT_MAX_ENTRIES] = SECOND + 64;
    firmware_put_rsdt(RSDT, entries, COUNT_OF(entries));
    read_from(POINTER);
    assert_int_equal(tables.count, 3);
    expect_table(2, "MANY", SECOND, ACPI_TABLE_OK);
    assert_int_equal(tables.left_out_count, COUNT_OF(entries) - ACPI_ROOT_MAX_ENTRIES);
}

/* Whatever a byte of the structures becomes, reading ends, stays inside memory and keeps the list's promises. */
static void any_changed_byte_is_survived(void **state)
{
    static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff};
    static const struct {
        uint64_t start;
        size_t length;
    } parts[] = {{POINTER, 36}, {XSDT, 44}, {SECOND, 36}};
    (void)state;
    for (size_t part = 0; part < COUNT_OF(parts); part++) {
        for (size_t at = 0; at < parts[part].length; at++) {
            for (size_t i = 0; i < COUNT_OF(values); i++) {
                put_two_roots(2, XSDT);
                *firmware_at(parts[part].start + at) = values[i];
                if (part > 0 && at != 9)
                    firmware_seal(parts[part].start, 9, parts[part].length);
                read_from(POINTER);
            }
        }
    }
}

static void every_error_and_state_has_a_text(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        assert_true(strlen(acpi_error_text((enum acpi_error)i)) > 5);
        assert_true(strlen(acpi_table_state_text((enum acpi_table_state)i)) >= 5);
    }
}

#define TABLES_TEST(name) cmocka_unit_test_setup(name, firmware_reset)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TABLES_TEST(nothing_anywhere_is_no_root_pointer),
        TABLES_TEST(first_version_leads_to_the_rsdt),
        TABLES_TEST(later_versions_lead_to_the_xsdt),
        TABLES_TEST(xsdt_that_cannot_be_used_leaves_the_rsdt),
        TABLES_TEST(root_pointer_that_is_malformed_is_none),
        TABLES_TEST(root_pointer_is_searched_where_a_bios_leaves_it),
        TABLES_TEST(bogus_ebda_is_harmless),
        TABLES_TEST(root_table_of_impossible_length_is_none),
        TABLES_TEST(incomplete_entry_at_the_end_is_not_read),
        TABLES_TEST(root_table_without_entries_is_valid),
        TABLES_TEST(tables_with_errors_are_listed_with_their_state),
        TABLES_TEST(table_that_ends_where_memory_ends_is_valid),
        TABLES_TEST(entries_that_loop_or_repeat_are_listed_once),
        TABLES_TEST(unprintable_names_become_question_marks),
        TABLES_TEST(more_tables_than_fit_are_counted),
        TABLES_TEST(any_changed_byte_is_survived),
        TABLES_TEST(every_error_and_state_has_a_text),
    };
    return cmocka_run_group_tests_name("acpi_tables", tests, NULL, NULL);
}
