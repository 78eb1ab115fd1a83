/* SPDX-License-Identifier: MIT */
#include "../guarded_bytes.h"
#include "acpi_captures.h"
#include "arch/x86_64/acpi/fadt.h"
#include "firmware.h"

/* Offsets are written out from ACPI 6.5, table 5.9. */
enum {
    SMI_COMMAND = 48,
    ACPI_ENABLE = 52,
    PM1A = 64,
    PM1B = 68,
    FLAGS = 112,
    RESET = 116,
    VALUE = 128,
    LENGTH = 276
};
enum { X_PM1A = 172, X_PM1B = 184, SLEEP_CONTROL = 244 };
enum { MEMORY = 0, IO = 1, PCI = 2 };

static struct guarded_bytes guarded;
static uint8_t fadt[LENGTH];
static struct acpi_power power;

static int make_guarded(void **state)
{
    (void)state;
    guarded = guarded_bytes_new(4096);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    memset(fadt, 0, sizeof fadt);
    return 0;
}

static void put_u32(size_t offset, uint32_t value)
{
    memcpy(fadt + offset, &value, sizeof value);
}

static void put_register(size_t offset, uint8_t space, uint64_t address)
{
    fadt[offset] = space;
    memcpy(fadt + offset + 4, &address, sizeof address);
}

/* Nothing behind the table can be read. */
static void read_bytes(const uint8_t *bytes, size_t length)
{
    memset(&power, 0xa5, sizeof power);
    fadt_read((struct byte_span){guarded_bytes_place(&guarded, bytes, length), length}, &power);
}

static void expect(struct machine_register place, enum register_space space, uint64_t address)
{
    assert_int_equal(place.space, space);
    if (space != REGISTER_NONE)
        assert_int_equal(place.address, address);
}

static void expect_nothing(void)
{
    static const struct acpi_power nothing;
    assert_memory_equal(&power, &nothing, sizeof power);
}

static void machine_with_a_table_of_acpi_1_has_pm1_and_no_reset(void **state)
{
    (void)state;
    read_bytes(pc_fadt, sizeof pc_fadt);
    assert_false(power.is_hardware_reduced);
    expect(power.pm1a_control, REGISTER_IO, 0x604);
    expect(power.pm1b_control, REGISTER_NONE, 0);
    expect(power.reset, REGISTER_NONE, 0);
    assert_int_equal(power.smi_command_port, 0xb2);
    assert_int_equal(power.acpi_enable, 0xf1);
    assert_int_equal(fadt_dsdt((struct byte_span){pc_fadt, sizeof pc_fadt}), 0x3fe0040);
}

static void machine_with_a_later_table_has_a_reset_port(void **state)
{
    (void)state;
    read_bytes(q35_fadt, sizeof q35_fadt);
    expect(power.pm1a_control, REGISTER_IO, 0x604);
    expect(power.reset, REGISTER_IO, 0xcf9);
    assert_int_equal(power.reset_value, 0x0f);
    assert_int_equal(power.smi_command_port, 0xb2);
    assert_int_equal(power.acpi_enable, 0x02);
    assert_int_equal(fadt_extended_dsdt((struct byte_span){q35_fadt, sizeof q35_fadt}), 0x3fe0040);
}

static void hardware_reduced_machine_has_registers_in_memory(void **state)
{
    (void)state;
    read_bytes(microvm_fadt, sizeof microvm_fadt);
    assert_true(power.is_hardware_reduced);
    expect(power.sleep_control, REGISTER_MEMORY, 0xfea00200);
    expect(power.reset, REGISTER_MEMORY, 0xfea00202);
    assert_int_equal(power.reset_value, 0x42);
    expect(power.pm1a_control, REGISTER_NONE, 0);
    assert_int_equal(power.smi_command_port, 0);
    assert_int_equal(fadt_extended_dsdt((struct byte_span){microvm_fadt, sizeof microvm_fadt}), 0xefd00);
}

static void short_table_offers_nothing(void **state)
{
    (void)state;
    memset(fadt, 0x01, sizeof fadt);
    memset(fadt + 66, 0, 2); /* the port is 0x101 */
    for (size_t length = 0; length < 116; length++) {
        read_bytes(fadt, length);
        expect_nothing();
        expect(fadt_pm1a_port((struct byte_span){fadt, length}), REGISTER_NONE, 0);
    }
    fadt_read((struct byte_span){NULL, 0}, &power);
    expect_nothing();
    assert_int_equal(fadt_dsdt((struct byte_span){NULL, 0}), 0);
    assert_int_equal(fadt_extended_dsdt((struct byte_span){NULL, 0}), 0);
}

/* A table of any length: what it does not have as a whole is absent. */
static void fields_beyond_the_end_are_absent(void **state)
{
    (void)state;
    put_u32(FLAGS, 1 << 10);
    put_u32(PM1A, 0x404);
    put_register(RESET, IO, 0xcf9);
    fadt[VALUE] = 6;
    put_register(X_PM1A, IO, 0x804);
    for (size_t length = 116; length <= sizeof fadt; length++) {
        read_bytes(fadt, length);
        expect(power.reset, length < VALUE + 1 ? REGISTER_NONE : REGISTER_IO, 0xcf9);
        expect(power.pm1a_control, REGISTER_IO, length < X_PM1A + 12 ? 0x404 : 0x804);
    }
    put_u32(FLAGS, 1 << 20);
    put_register(SLEEP_CONTROL, MEMORY, 0xfea00200);
    read_bytes(fadt, SLEEP_CONTROL + 11);
    expect(power.sleep_control, REGISTER_NONE, 0);
    read_bytes(fadt, SLEEP_CONTROL + 12);
    expect(power.sleep_control, REGISTER_MEMORY, 0xfea00200);
}

static void reset_register_counts_only_with_its_flag(void **state)
{
    (void)state;
    put_register(RESET, IO, 0xcf9);
    put_u32(FLAGS, ~(1u << 10));
    read_bytes(fadt, sizeof fadt);
    expect(power.reset, REGISTER_NONE, 0);
    put_u32(FLAGS, 1u << 10);
    read_bytes(fadt, sizeof fadt);
    expect(power.reset, REGISTER_IO, 0xcf9);
}

static void registers_that_cannot_be_are_left_out(void **state)
{
    static const struct {
        uint8_t space;
        uint64_t address;
        enum register_space expected;
    } cases[] = {
        {MEMORY, 0, REGISTER_NONE},
        {MEMORY, UINT64_MAX, REGISTER_MEMORY}, /* its reach is judged by who knows the memory */
        {IO, 0, REGISTER_NONE},
        {IO, 0xffff, REGISTER_IO},
        {IO, 0x10000, REGISTER_NONE},
        {IO, 1ull << 63, REGISTER_NONE},
        {PCI, 0x0000001f000700dc, REGISTER_PCI},
        {PCI, 0x0000002000000000, REGISTER_NONE}, /* device 32 */
        {PCI, 0x0000000000080000, REGISTER_NONE}, /* function 8 */
        {PCI, 0x0000000000000100, REGISTER_NONE}, /* extended configuration space */
        {PCI, 0x0001000000000040, REGISTER_NONE},
        {3, 0x64, REGISTER_NONE}, /* embedded controller */
        {0x7f, 0x64, REGISTER_NONE},
        {0xff, 0x64, REGISTER_NONE},
    };
    (void)state;
    put_u32(FLAGS, 1 << 10);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        put_register(RESET, cases[i].space, cases[i].address);
        read_bytes(fadt, sizeof fadt);
        expect(power.reset, cases[i].expected, cases[i].address);
    }
}

static void extended_control_register_goes_before_the_port(void **state)
{
    (void)state;
    put_u32(PM1A, 0x404);
    put_u32(PM1B, 0x444);
    put_register(X_PM1A, MEMORY, 0xfed00004);
    put_register(X_PM1B, IO, 0x844);
    read_bytes(fadt, sizeof fadt);
    expect(power.pm1a_control, REGISTER_MEMORY, 0xfed00004);
    expect(power.pm1b_control, REGISTER_IO, 0x844);
    put_register(X_PM1A, PCI, 0x40); /* no place for it: the port counts */
    put_register(X_PM1B, IO, 0x10000);
    read_bytes(fadt, sizeof fadt);
    expect(power.pm1a_control, REGISTER_IO, 0x404);
    expect(power.pm1b_control, REGISTER_IO, 0x444);
    put_u32(PM1A, 0x10000);
    read_bytes(fadt, sizeof fadt);
    expect(power.pm1a_control, REGISTER_NONE, 0);
}

static void hardware_reduced_flag_decides_between_the_ways(void **state)
{
    (void)state;
    put_u32(PM1A, 0x404);
    put_u32(SMI_COMMAND, 0xb2);
    fadt[ACPI_ENABLE] = 1;
    put_register(SLEEP_CONTROL, MEMORY, 0xfea00200);
    read_bytes(fadt, sizeof fadt);
    expect(power.pm1a_control, REGISTER_IO, 0x404);
    expect(power.sleep_control, REGISTER_NONE, 0);
    put_u32(FLAGS, 1 << 20);
    read_bytes(fadt, sizeof fadt);
    expect(power.pm1a_control, REGISTER_NONE, 0);
    expect(power.sleep_control, REGISTER_MEMORY, 0xfea00200);
    assert_int_equal(power.smi_command_port, 0);
    put_register(SLEEP_CONTROL, PCI, 0x40);
    read_bytes(fadt, sizeof fadt);
    expect(power.sleep_control, REGISTER_NONE, 0);
}

static void smi_command_beyond_the_ports_is_none(void **state)
{
    (void)state;
    put_u32(SMI_COMMAND, 0x100b2);
    read_bytes(fadt, sizeof fadt);
    assert_int_equal(power.smi_command_port, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(machine_with_a_table_of_acpi_1_has_pm1_and_no_reset),
        cmocka_unit_test(machine_with_a_later_table_has_a_reset_port),
        cmocka_unit_test(hardware_reduced_machine_has_registers_in_memory),
        cmocka_unit_test_setup(short_table_offers_nothing, clear),
        cmocka_unit_test_setup(fields_beyond_the_end_are_absent, clear),
        cmocka_unit_test_setup(reset_register_counts_only_with_its_flag, clear),
        cmocka_unit_test_setup(registers_that_cannot_be_are_left_out, clear),
        cmocka_unit_test_setup(extended_control_register_goes_before_the_port, clear),
        cmocka_unit_test_setup(hardware_reduced_flag_decides_between_the_ways, clear),
        cmocka_unit_test_setup(smi_command_beyond_the_ports_is_none, clear),
    };
    return cmocka_run_group_tests_name("fadt", tests, make_guarded, NULL);
}
