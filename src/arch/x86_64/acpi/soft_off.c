/* SPDX-License-Identifier: MIT */
#include "arch/x86_64/acpi/soft_off.h"

#include "arch/x86_64/io_delay.h"

enum {
    PM1_ACPI_MODE = 1 << 0, /* SCI_EN */
    PM1_SLEEP_TYPE_SHIFT = 10,
    PM1_SLEEP_TYPE_MASK = 7 << 10,
    PM1_SLEEP_ENABLE = 1 << 13,
    SLEEP_CONTROL_TYPE_SHIFT = 2,
    SLEEP_CONTROL_ENABLE = 1 << 5,
};

enum soft_off_way soft_off_way(const struct acpi_power *power)
{
    if (!power->has_sleep_types)
        return SOFT_OFF_NONE;
    if (power->is_hardware_reduced)
        return power->sleep_control.space == REGISTER_NONE ? SOFT_OFF_NONE : SOFT_OFF_SLEEP_CONTROL;
    return power->pm1a_control.space == REGISTER_NONE ? SOFT_OFF_NONE : SOFT_OFF_PM1_CONTROL;
}

/* The bits of the register that the two blocks share between them. */
static uint16_t read_control(const struct acpi_power *power)
{
    return machine_register_read16(&power->pm1a_control) | machine_register_read16(&power->pm1b_control);
}

/* ACPI 6.5, 4.8.2.5 "Legacy/ACPI Select and the SCI Interrupt" */
static void enter_acpi_mode(const struct acpi_power *power)
{
    if (power->smi_command_port == 0 || power->acpi_enable == 0 || read_control(power) & PM1_ACPI_MODE)
        return;
    io_write8(power->smi_command_port, power->acpi_enable);
    for (unsigned i = 0; i < SOFT_OFF_WAIT_LIMIT && (read_control(power) & PM1_ACPI_MODE) == 0; i++)
        io_delay();
}

static void write_control(const struct acpi_power *power, unsigned common)
{
    unsigned type_a = (unsigned)power->sleep_type_a << PM1_SLEEP_TYPE_SHIFT;
    unsigned type_b = (unsigned)power->sleep_type_b << PM1_SLEEP_TYPE_SHIFT;
    machine_register_write16(&power->pm1a_control, (uint16_t)(common | type_a));
    machine_register_write16(&power->pm1b_control, (uint16_t)(common | type_b));
}

/* The type goes first, alone: there are chipsets that do not take both at once. */
static void sleep_by_pm1(const struct acpi_power *power)
{
    enter_acpi_mode(power);
    unsigned common = read_control(power) & ~(unsigned)(PM1_SLEEP_TYPE_MASK | PM1_SLEEP_ENABLE);
    write_control(power, common);
    write_control(power, common | PM1_SLEEP_ENABLE);
}

void soft_off_enter(const struct acpi_power *power)
{
    switch (soft_off_way(power)) {
    case SOFT_OFF_NONE:
        return;
    case SOFT_OFF_PM1_CONTROL:
        sleep_by_pm1(power);
        return;
    case SOFT_OFF_SLEEP_CONTROL:
        machine_register_write8(&power->sleep_control,
                                (uint8_t)(power->sleep_type_a << SLEEP_CONTROL_TYPE_SHIFT | SLEEP_CONTROL_ENABLE));
        return;
    }
}
