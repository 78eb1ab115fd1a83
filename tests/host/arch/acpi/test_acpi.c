/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/console.h>

#include "acpi_captures.h"
#include "arch/x86_64/acpi/acpi.h"
#include "arch/x86_64/acpi/tables.h"
#include "arch/x86_64/device_pages.h"
#include "firmware.h"
#include "paging_double.h"

/* The whole way from the boot information to registers and sleep types. */
enum {
    POINTER = 0xf5000,
    RSDT = 0xa1000,
    FADT = 0xb0000,
    DSDT = 0xb2000,
    FIRST_SSDT = 0xb4000,
    SECOND_SSDT = 0xb5000
};
enum {
    FADT_BYTES = 268,
    DSDT_AT = 40,
    FLAGS = 112,
    RESET = 116,
    SLEEP_CONTROL = 244,
    PM1A = 64,
    PM1B = 68,
    X_PM1A = 172,
    X_PM1B = 184
};

/* Name (_S5, Package () {7, 6}) and so on */
#define SLEEP_TYPES(a, b)                                                                                            \
    (const uint8_t[])                                                                                                \
    {                                                                                                                \
        0x08, '_', 'S', '5', '_', 0x12, 6, 2, 0x0a, (a), 0x0a, (b)                                                   \
    }
enum { SLEEP_TYPES_BYTES = 12 };

static struct acpi_tables tables;
static struct acpi_power power;

static void put_fadt_register(size_t offset, uint8_t space, uint64_t address)
{
    *firmware_at(FADT + offset) = space;
    firmware_put_u64(FADT + offset + 4, address);
}

/* An RSDT that names a FADT and two SSDTs; the FADT names a DSDT. Nothing in them. */
static int put_tables(void **state)
{
    firmware_reset(state);
    firmware_put_table(FADT, "FACP", NULL, FADT_BYTES - 36);
    firmware_put_u32(FADT + DSDT_AT, DSDT);
    firmware_put_table(DSDT, "DSDT", NULL, 0);
    firmware_put_table(FIRST_SSDT, "SSDT", NULL, 0);
    firmware_put_table(SECOND_SSDT, "SSDT", NULL, 0);
    firmware_put_rsdt(RSDT, (uint32_t[]){FIRST_SSDT, FADT, SECOND_SSDT}, 3);
    firmware_put_root_pointer(POINTER, 0, RSDT, 0);
    firmware_boot_info.rsdp_address = POINTER;
    return 0;
}

static void read_all(void)
{
    firmware_seal(FADT, 9, FADT_BYTES);
    acpi_read(&firmware_view, &firmware_boot_info, &tables, &power);
}

static void expect_sleep_types(uint8_t a, uint8_t b)
{
    read_all();
    assert_true(power.has_sleep_types);
    assert_int_equal(power.sleep_type_a, a);
    assert_int_equal(power.sleep_type_b, b);
}

static void real_fadt_in_memory_is_read(void **state)
{
    (void)state;
    memcpy(firmware_at(FADT), q35_fadt, sizeof q35_fadt);
    firmware_put_u32(FADT + DSDT_AT, DSDT);
    firmware_put_u64(FADT + 140, 0);
    firmware_seal(FADT, 9, sizeof q35_fadt);
    acpi_read(&firmware_view, &firmware_boot_info, &tables, &power);
    assert_int_equal(tables.error, ACPI_OK);
    assert_int_equal(tables.count, 5);
    assert_string_equal(tables.tables[4].signature, "DSDT");
    assert_int_equal(power.pm1a_control.space, REGISTER_IO);
    assert_int_equal(power.reset.address, 0xcf9);
    assert_false(power.has_sleep_types);
}

static void sleep_types_come_from_the_dsdt_first(void **state)
{
    (void)state;
    read_all();
    assert_false(power.has_sleep_types);
    firmware_put_table(SECOND_SSDT, "SSDT", SLEEP_TYPES(3, 2), SLEEP_TYPES_BYTES);
    expect_sleep_types(3, 2);
    firmware_put_table(FIRST_SSDT, "SSDT", SLEEP_TYPES(1, 4), SLEEP_TYPES_BYTES);
    expect_sleep_types(1, 4);
    firmware_put_table(DSDT, "DSDT", SLEEP_TYPES(7, 6), SLEEP_TYPES_BYTES);
    expect_sleep_types(7, 6);
    firmware_spoil(DSDT);
    expect_sleep_types(1, 4);
    firmware_put_table(DSDT, "OEM1", SLEEP_TYPES(7, 6), SLEEP_TYPES_BYTES);
    expect_sleep_types(1, 4);
}

static void spoiled_fadt_offers_nothing(void **state)
{
    (void)state;
    put_fadt_register(RESET, 1, 0xcf9);
    firmware_put_u32(FADT + FLAGS, 1 << 10);
    read_all();
    assert_int_equal(power.reset.space, REGISTER_IO);
    firmware_spoil(FADT);
    acpi_read(&firmware_view, &firmware_boot_info, &tables, &power);
    assert_int_equal(power.reset.space, REGISTER_NONE);
    assert_int_equal(tables.count, 4); /* without the DSDT */
    assert_int_equal(tables.tables[2].state, ACPI_TABLE_BAD_CHECKSUM);
}

static void dsdt_out_of_reach_is_listed_so(void **state)
{
    (void)state;
    firmware_put_u32(FADT + DSDT_AT, 0);
    firmware_put_u64(FADT + 140, 1ull << 33);
    read_all();
    assert_int_equal(tables.count, 5);
    assert_int_equal(tables.tables[4].state, ACPI_TABLE_OUT_OF_REACH);
    firmware_put_u64(FADT + 140, FADT); /* it names itself */
    read_all();
    assert_int_equal(tables.count, 4);
    assert_false(power.has_sleep_types);
}

/* ACPI 6.5, 5.2.9: the old field counts unless the extended one can be used. */
static void old_fields_count_where_the_extended_ones_cannot_be_used(void **state)
{
    (void)state;
    firmware_put_table(DSDT, "DSDT", SLEEP_TYPES(7, 6), SLEEP_TYPES_BYTES);
    firmware_put_u64(FADT + 140, 1ull << 33);
    expect_sleep_types(7, 6);
    firmware_put_u64(FADT + 140, DSDT);
    firmware_put_u32(FADT + DSDT_AT, FIRST_SSDT);
    expect_sleep_types(7, 6);

    firmware_put_u32(FADT + PM1A, 0x604);
    firmware_put_u32(FADT + PM1B, 0x704);
    put_fadt_register(X_PM1A, 0, 1ull << 33);
    put_fadt_register(X_PM1B, 0, 1ull << 33);
    read_all();
    assert_true(power.pm1a_control.space == REGISTER_IO && power.pm1a_control.address == 0x604);
    assert_true(power.pm1b_control.space == REGISTER_IO && power.pm1b_control.address == 0x704);
    firmware_put_u32(FADT + FLAGS, 1 << 20); /* hardware-reduced: there is no PM1 */
    read_all();
    assert_true(power.pm1a_control.space == REGISTER_NONE && power.pm1b_control.space == REGISTER_NONE);
}

static void dsdt_that_finds_no_room_is_counted(void **state)
{
    static uint32_t entries[ACPI_MAX_TABLES - 1] = {FADT};
    (void)state;
    for (size_t i = 1; i < COUNT_OF(entries); i++)
        entries[i] = (uint32_t)(SECOND_SSDT + i);
    firmware_put_rsdt(RSDT, entries, COUNT_OF(entries));
    read_all();
    assert_int_equal(tables.count, ACPI_MAX_TABLES);
    assert_int_equal(tables.left_out_count, 1);
}

static void machine_without_tables_offers_nothing(void **state)
{
    static const struct acpi_power nothing;
    (void)state;
    firmware_reset(NULL);
    memset(&power, 0xa5, sizeof power);
    acpi_read(&firmware_view, &firmware_boot_info, &tables, &power);
    assert_int_equal(tables.error, ACPI_NO_ROOT_POINTER);
    assert_memory_equal(&power, &nothing, sizeof power);
}

static enum register_space reset_at(uint64_t address)
{
    firmware_put_u32(FADT + FLAGS, 1 << 10);
    put_fadt_register(RESET, 0, address);
    read_all();
    return power.reset.space;
}

/* The view ends at 1 MiB; usable are 0x1000..0x9fbff. */
static void register_in_usable_memory_is_not_believed(void **state)
{
    (void)state;
    assert_int_equal(reset_at(0xfff), REGISTER_MEMORY);
    assert_int_equal(reset_at(0x1000), REGISTER_NONE);
    assert_int_equal(reset_at(0x50000), REGISTER_NONE);
    assert_int_equal(reset_at(0x9fbff), REGISTER_NONE);
    assert_int_equal(reset_at(0x9fc00), REGISTER_MEMORY);
    assert_int_equal(reset_at(0xfffff), REGISTER_MEMORY);
    static const enum boot_region_kind others[] = {BOOT_REGION_RESERVED, BOOT_REGION_ACPI_RECLAIMABLE,
                                                   BOOT_REGION_ACPI_NVS, BOOT_REGION_DEFECTIVE};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        firmware_boot_info.regions[0].kind = others[i];
        assert_int_equal(reset_at(0x50000), REGISTER_MEMORY);
    }
    firmware_boot_info.regions[1] = (struct boot_region){0x50000, 1, BOOT_REGION_USABLE}; /* the second word counts */
    firmware_boot_info.region_count = 2;
    assert_int_equal(reset_at(0x50000), REGISTER_NONE);
}

static void register_out_of_reach_is_not_used(void **state)
{
    static const uint64_t beyond[] = {0x100000, 0xfee00000, 0x100000000, 1ull << 63, UINT64_MAX};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(beyond); i++)
        assert_int_equal(reset_at(beyond[i]), REGISTER_NONE);
}

static void every_register_is_judged_by_its_own_width(void **state)
{
    (void)state;
    put_fadt_register(X_PM1A, 0, 0xa0ffe);
    put_fadt_register(X_PM1B, 0, 0xa0fff); /* two bytes in two pages */
    read_all();
    assert_int_equal(power.pm1a_control.space, REGISTER_MEMORY);
    assert_int_equal(power.pm1b_control.space, REGISTER_NONE);
    put_fadt_register(X_PM1A, 0, 0xfff); /* the same, and the second is usable memory */
    put_fadt_register(X_PM1B, 0, 0x100000 - 1);
    read_all();
    assert_int_equal(power.pm1a_control.space, REGISTER_NONE);
    assert_int_equal(power.pm1b_control.space, REGISTER_NONE);
    firmware_put_u32(FADT + FLAGS, 1 << 20);
    put_fadt_register(SLEEP_CONTROL, 0, 0xa0fff);
    read_all();
    assert_int_equal(power.sleep_control.space, REGISTER_MEMORY);
    put_fadt_register(SLEEP_CONTROL, 0, 0x2000);
    read_all();
    assert_int_equal(power.sleep_control.space, REGISTER_NONE);
}

/* It is listed, as what was refused, but nothing that is in force names it. */
static void fadt_or_ssdt_in_place_of_a_root_table_is_not_used(void **state)
{
    (void)state;
    put_fadt_register(RESET, 1, 0xcf9);
    firmware_put_u32(FADT + FLAGS, 1 << 10);
    firmware_put_table(FIRST_SSDT, "SSDT", SLEEP_TYPES(1, 4), SLEEP_TYPES_BYTES);
    firmware_put_root_pointer(POINTER, 2, FIRST_SSDT, FADT);
    read_all();
    assert_int_equal(tables.error, ACPI_NO_ROOT_TABLE);
    assert_int_equal(tables.count, 2);
    assert_int_equal(power.reset.space, REGISTER_NONE);
    assert_false(power.has_sleep_types);
}

static void pages_of_registers_in_memory_stay_reachable(void **state)
{
    size_t count;
    (void)state;
    (void)device_pages(&count);
    assert_int_equal(count, 0);
    assert_int_equal(acpi_tables()->error, ACPI_NO_ROOT_POINTER);
    firmware_put_u32(FADT + FLAGS, 1 << 10);
    put_fadt_register(RESET, 0, 0xa5123);
    put_fadt_register(X_PM1A, 0, 0xa2ffe);
    put_fadt_register(X_PM1B, 0, 0xa5124);
    firmware_seal(FADT, 9, FADT_BYTES);
    acpi_init(&firmware_view, &firmware_boot_info);
    const uint64_t *pages = device_pages(&count);
    assert_int_equal(count, 2);
    assert_int_equal(pages[0], 0xa2000);
    assert_int_equal(pages[1], 0xa5000);
    assert_int_equal(acpi_tables()->error, ACPI_OK);
    assert_int_equal(acpi_tables()->count, 5);
    assert_int_equal(acpi_power()->reset.address, 0xa5123);
    paging_double.layout.physical_window.start = virt_addr_from_pointer(firmware_view.bytes);
    assert_ptr_equal(device_pages_pointer(0xa5123), firmware_at(0xa5123));
}

static char written[4096];

static void write_console(struct console *self, const char *bytes, size_t length)
{
    (void)self;
    strncat(written, bytes, length);
}

static struct console console = {.name = "test", .write = write_console};

static void what_is_malformed_is_logged(void **state)
{
    (void)state;
    console_register(&console);
    firmware_seal(FADT, 9, FADT_BYTES);
    acpi_init(&firmware_view, &firmware_boot_info);
    assert_string_equal(written, "");
    firmware_spoil(DSDT);
    firmware_put_rsdt(RSDT, (uint32_t[]){FADT, FIRMWARE_BYTES}, 2);
    acpi_init(&firmware_view, &firmware_boot_info);
    assert_string_equal(written,
                        "[    0.000000] warning: acpi: table without a name at 0x100000: it does not lie in the "
                        "first 4 GiB\n"
                        "[    0.000000] warning: acpi: table DSDT at 0xb2000: the checksum is wrong\n");
    written[0] = '\0';
    firmware_spoil(RSDT);
    acpi_init(&firmware_view, &firmware_boot_info);
    assert_string_equal(written, "[    0.000000] warning: acpi: the ACPI root pointer leads to no valid table\n"
                                 "[    0.000000] warning: acpi: table RSDT at 0xa1000: the checksum is wrong\n");
    written[0] = '\0';
    firmware_put_rsdt(RSDT, (uint32_t[ACPI_ROOT_MAX_ENTRIES + 2]){0}, ACPI_ROOT_MAX_ENTRIES + 2);
    acpi_init(&firmware_view, &firmware_boot_info);
    assert_string_equal(written, "[    0.000000] warning: acpi: 2 tables left out: there are too many\n");
    written[0] = '\0';
    firmware_reset(NULL); /* no tables are no mistake */
    acpi_init(&firmware_view, &firmware_boot_info);
    assert_string_equal(written, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(real_fadt_in_memory_is_read, put_tables),
        cmocka_unit_test_setup(sleep_types_come_from_the_dsdt_first, put_tables),
        cmocka_unit_test_setup(spoiled_fadt_offers_nothing, put_tables),
        cmocka_unit_test_setup(dsdt_out_of_reach_is_listed_so, put_tables),
        cmocka_unit_test_setup(old_fields_count_where_the_extended_ones_cannot_be_used, put_tables),
        cmocka_unit_test_setup(dsdt_that_finds_no_room_is_counted, put_tables),
        cmocka_unit_test_setup(machine_without_tables_offers_nothing, put_tables),
        cmocka_unit_test_setup(register_in_usable_memory_is_not_believed, put_tables),
        cmocka_unit_test_setup(register_out_of_reach_is_not_used, put_tables),
        cmocka_unit_test_setup(every_register_is_judged_by_its_own_width, put_tables),
        cmocka_unit_test_setup(fadt_or_ssdt_in_place_of_a_root_table_is_not_used, put_tables),
        cmocka_unit_test_setup(pages_of_registers_in_memory_stay_reachable, put_tables),
        cmocka_unit_test_setup(what_is_malformed_is_logged, put_tables),
    };
    return cmocka_run_group_tests_name("acpi", tests, NULL, NULL);
}
