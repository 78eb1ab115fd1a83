/* SPDX-License-Identifier: MIT */
#include "arch/x86_64/acpi/soft_off.h"
#include "firmware.h"
#include "io.h"
#include "paging_double.h"

/* A chipset that goes off when SLP_EN is written with the type it knows, if it is in ACPI mode by then. Bits are written
 * out from ACPI 6.5, 4.8.3.2.1 and 4.8.3.7. */
enum { PM1A = 0x604, PM1B = 0x614, SMI = 0xb2, ENABLE = 0xf1, DELAY = 0x80, TYPE_A = 5, TYPE_B = 2 };
enum { SCI_EN = 1, SLP_EN = 0x2000, KEPT = 0x0206 };
enum { MAX_WRITES = 8, REGISTER_PAGE = 0x8000 };

static struct {
    uint16_t pm1a, pm1b;
    uint16_t writes_a[MAX_WRITES], writes_b[MAX_WRITES];
    unsigned write_count_a, write_count_b, smi_count;
    unsigned delays, delays_until_acpi_mode;
    bool is_waiting;
} chip;
static struct acpi_power power;
static uint8_t memory[2 * REGISTER_PAGE];

static uint32_t read_pm1(void *context, uint16_t offset, unsigned width_bytes)
{
    assert_int_equal(offset, 0);
    assert_int_equal(width_bytes, 2);
    return *(uint16_t *)context;
}

static void write_pm1(void *context, uint16_t offset, unsigned width_bytes, uint32_t value)
{
    assert_int_equal(offset, 0);
    assert_int_equal(width_bytes, 2);
    bool is_a = context == &chip.pm1a;
    unsigned *count = is_a ? &chip.write_count_a : &chip.write_count_b;
    assert_true(*count < MAX_WRITES);
    (is_a ? chip.writes_a : chip.writes_b)[(*count)++] = (uint16_t)value;
}

static uint32_t read_other(void *context, uint16_t offset, unsigned width_bytes)
{
    (void)context;
    (void)offset;
    (void)width_bytes;
    fail_msg("a port that is only written is read");
    return 0;
}

static void write_smi(void *context, uint16_t offset, unsigned width_bytes, uint32_t value)
{
    (void)context;
    (void)offset;
    assert_int_equal(width_bytes, 1);
    assert_int_equal(value, ENABLE);
    chip.smi_count++;
    chip.is_waiting = true;
    if (chip.delays_until_acpi_mode == 0)
        chip.pm1a |= SCI_EN;
}

static void write_delay(void *context, uint16_t offset, unsigned width_bytes, uint32_t value)
{
    (void)context;
    (void)offset;
    (void)width_bytes;
    (void)value;
    if (chip.is_waiting && ++chip.delays == chip.delays_until_acpi_mode)
        chip.pm1a |= SCI_EN;
}

static int set_up(void **state)
{
    (void)state;
    memset(&chip, 0, sizeof chip);
    chip.pm1a = KEPT | 7 << 10;
    io_double_reset();
    io_double_add(&(struct io_device){PM1A, 2, read_pm1, write_pm1, &chip.pm1a});
    io_double_add(&(struct io_device){PM1B, 2, read_pm1, write_pm1, &chip.pm1b});
    io_double_add(&(struct io_device){SMI, 1, read_other, write_smi, NULL});
    io_double_add(&(struct io_device){DELAY, 1, read_other, write_delay, NULL});
    memset(memory, 0, sizeof memory);
    paging_double.layout.physical_window.start = virt_addr_from_pointer(memory);
    power = (struct acpi_power){
        .pm1a_control = {REGISTER_IO, PM1A},
        .smi_command_port = SMI,
        .acpi_enable = ENABLE,
        .has_sleep_types = true,
        .sleep_type_a = TYPE_A,
        .sleep_type_b = TYPE_B,
    };
    return 0;
}

static void way_follows_from_what_there_is(void **state)
{
    (void)state;
    assert_int_equal(soft_off_way(&power), SOFT_OFF_PM1_CONTROL);
    power.has_sleep_types = false;
    assert_int_equal(soft_off_way(&power), SOFT_OFF_NONE);
    power.has_sleep_types = true;
    power.pm1a_control.space = REGISTER_NONE;
    assert_int_equal(soft_off_way(&power), SOFT_OFF_NONE);
    power.is_hardware_reduced = true;
    assert_int_equal(soft_off_way(&power), SOFT_OFF_NONE);
    power.sleep_control = (struct machine_register){REGISTER_IO, 0x700};
    assert_int_equal(soft_off_way(&power), SOFT_OFF_SLEEP_CONTROL);
    assert_int_equal(soft_off_way(&(struct acpi_power){}), SOFT_OFF_NONE);
}

static void without_a_way_nothing_is_touched(void **state)
{
    (void)state;
    power.has_sleep_types = false;
    soft_off_enter(&power);
    soft_off_enter(&(struct acpi_power){});
    assert_int_equal(io_double_access_count(), 0);
}

static void acpi_mode_comes_first_then_the_type_then_the_enable_bit(void **state)
{
    (void)state;
    chip.delays_until_acpi_mode = 1000;
    soft_off_enter(&power);
    assert_int_equal(chip.smi_count, 1);
    assert_int_equal(chip.delays, 1000);
    assert_int_equal(chip.write_count_a, 2);
    assert_int_equal(chip.writes_a[0], KEPT | SCI_EN | TYPE_A << 10);
    assert_int_equal(chip.writes_a[1], KEPT | SCI_EN | TYPE_A << 10 | SLP_EN);
    assert_int_equal(chip.write_count_b, 0);
    assert_int_equal(io_double_unclaimed_count(), 0);
}

static void machine_in_acpi_mode_is_left_in_it(void **state)
{
    (void)state;
    chip.pm1a |= SCI_EN;
    soft_off_enter(&power);
    assert_int_equal(chip.smi_count, 0);
    assert_int_equal(chip.write_count_a, 2);
}

static void machine_without_a_switch_is_in_acpi_mode(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        set_up(NULL);
        *(i == 0 ? &power.acpi_enable : (uint8_t *)&power.smi_command_port) = 0;
        soft_off_enter(&power);
        assert_int_equal(chip.smi_count + chip.delays, 0);
        assert_int_equal(chip.write_count_a, 2);
    }
}

static void acpi_mode_that_never_comes_is_waited_for_a_bounded_time(void **state)
{
    (void)state;
    chip.delays_until_acpi_mode = UINT32_MAX;
    soft_off_enter(&power);
    assert_int_equal(chip.delays, SOFT_OFF_WAIT_LIMIT);
    assert_int_equal(chip.write_count_a, 2); /* tried all the same */
}

/* Reads of SLP_EN should give 0. Where they do not, the type is still written before the machine is told to go. */
static void enable_bit_that_reads_as_set_is_not_written_back(void **state)
{
    (void)state;
    chip.pm1a |= SCI_EN | SLP_EN;
    soft_off_enter(&power);
    assert_int_equal(chip.writes_a[0], KEPT | SCI_EN | TYPE_A << 10);
    assert_int_equal(chip.writes_a[1], KEPT | SCI_EN | TYPE_A << 10 | SLP_EN);
}

static void second_block_gets_its_own_type(void **state)
{
    (void)state;
    power.pm1b_control = (struct machine_register){REGISTER_IO, PM1B};
    chip.pm1b = SCI_EN | 0x0100;
    soft_off_enter(&power);
    assert_int_equal(chip.smi_count, 0); /* either block may say it */
    assert_int_equal(chip.writes_a[1], KEPT | 0x0100 | SCI_EN | TYPE_A << 10 | SLP_EN);
    assert_int_equal(chip.write_count_b, 2);
    assert_int_equal(chip.writes_b[0], KEPT | 0x0100 | SCI_EN | TYPE_B << 10);
    assert_int_equal(chip.writes_b[1], KEPT | 0x0100 | SCI_EN | TYPE_B << 10 | SLP_EN);
}

static void hardware_reduced_machine_gets_one_byte(void **state)
{
    (void)state;
    power.is_hardware_reduced = true;
    power.sleep_control = (struct machine_register){REGISTER_MEMORY, REGISTER_PAGE};
    soft_off_enter(&power);
    assert_int_equal(memory[REGISTER_PAGE], TYPE_A << 2 | 1 << 5);
    memory[REGISTER_PAGE] = 0;
    for (size_t i = 0; i < sizeof memory; i++)
        assert_int_equal(memory[i], 0);
    assert_int_equal(io_double_access_count(), 0);
}

/* PCI configuration mechanism #1. */
static struct {
    uint32_t address;
    uint32_t value;
    unsigned port, width;
} pci;

static void write_pci(void *context, uint16_t offset, unsigned width_bytes, uint32_t value)
{
    (void)context;
    if (offset < 4) {
        assert_int_equal(width_bytes, 4);
        pci.address = value;
        return;
    }
    pci.port = offset - 4;
    pci.value = value;
    pci.width = width_bytes;
}

static void registers_are_reached_in_every_space(void **state)
{
    const struct machine_register in_pci = {REGISTER_PCI, 31ull << 32 | 3 << 16 | 0xde},
                                  none = {REGISTER_NONE, 0xcf9}, in_memory = {REGISTER_MEMORY, 0x1234};
    (void)state;
    io_double_add(&(struct io_device){0xcf8, 8, NULL, write_pci, NULL});
    machine_register_write8(&in_pci, 0x5a);
    assert_int_equal(pci.address, 0x80000000 | 31 << 11 | 3 << 8 | 0xdc);
    assert_true(pci.port == 2 && pci.value == 0x5a && pci.width == 1);
    machine_register_write16(&in_memory, 0xabcd);
    assert_int_equal(memory[0x1234] | memory[0x1235] << 8, 0xabcd);
    assert_int_equal(machine_register_read16(&in_memory), 0xabcd);
    machine_register_write8(&in_memory, 0x11);
    assert_int_equal(machine_register_read16(&in_memory), 0xab11);
    uint64_t accesses = io_double_access_count();
    machine_register_write8(&none, 1);
    machine_register_write16(&none, 1);
    assert_int_equal(machine_register_read16(&none), 0);
    machine_register_write16(&in_pci, 0x1234);
    assert_int_equal(machine_register_read16(&in_pci), 0);
    assert_int_equal(io_double_access_count(), accesses);
}

static void registers_are_named_for_people(void **state)
{
    static const struct {
        struct machine_register place;
        const char *text;
    } cases[] = {
        {{REGISTER_NONE, 0}, "nowhere"},
        {{REGISTER_IO, 0xcf9}, "I/O port 0xcf9"},
        {{REGISTER_MEMORY, 0xfea00202}, "memory 0xfea00202"},
        {{REGISTER_PCI, 31ull << 32 | 3 << 16 | 0xde}, "PCI 00:1f.3 offset 0xde"},
    };
    char text[40];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        machine_register_describe(&cases[i].place, text, sizeof text);
        assert_string_equal(text, cases[i].text);
    }
    machine_register_describe(&cases[1].place, text, 4);
    assert_string_equal(text, "I/O");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(way_follows_from_what_there_is, set_up),
        cmocka_unit_test_setup(without_a_way_nothing_is_touched, set_up),
        cmocka_unit_test_setup(acpi_mode_comes_first_then_the_type_then_the_enable_bit, set_up),
        cmocka_unit_test_setup(machine_in_acpi_mode_is_left_in_it, set_up),
        cmocka_unit_test_setup(machine_without_a_switch_is_in_acpi_mode, set_up),
        cmocka_unit_test_setup(acpi_mode_that_never_comes_is_waited_for_a_bounded_time, set_up),
        cmocka_unit_test_setup(enable_bit_that_reads_as_set_is_not_written_back, set_up),
        cmocka_unit_test_setup(second_block_gets_its_own_type, set_up),
        cmocka_unit_test_setup(hardware_reduced_machine_gets_one_byte, set_up),
        cmocka_unit_test_setup(registers_are_reached_in_every_space, set_up),
        cmocka_unit_test_setup(registers_are_named_for_people, set_up),
    };
    return cmocka_run_group_tests_name("soft_off", tests, NULL, NULL);
}
