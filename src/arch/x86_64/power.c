/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/power.h>

#include <tenorite/arch/cpu.h>
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/io.h>
#include <tenorite/arch/uart_16550.h>
#include <tenorite/lib/format.h>
#include <tenorite/lib/printk.h>

#include "arch/x86_64/acpi/acpi.h"
#include "arch/x86_64/acpi/soft_off.h"
#include "arch/x86_64/descriptor_table.h"
#include "arch/x86_64/io_delay.h"
#include "arch/x86_64/layout.h"

/*
 * Ending the machine. What the tables name was read at boot (acpi/acpi.h): no table is looked at here. All that is written
 * to are ports, and pages of device_pages.h, so it works on the boot tables and on the kernel's own.
 *
 * References: ACPI 6.5, 4.8.3.6 "Reset Register"; IBM PS/2, "Keyboard and Auxiliary Device Controller": output port, bit 0
 * is the reset line; SDM vol. 3A, 6.15, "Interrupt 8 - Double Fault Exception": a third fault shuts the CPU down, upon
 * which the chipset resets.
 */
enum {
    KEYBOARD_COMMAND = 0x64,
    KEYBOARD_INPUT_FULL = 1 << 1,
    KEYBOARD_PULSE_RESET = 0xfe,
    KEYBOARD_ABSENT = 0xff, /* what an empty bus reads as */
    PAUSE_DELAYS = 100000,
    SERIAL_WAIT_LIMIT = 1000000,
};

/* QEMU drops what the UART still holds when it ends, and the UART holds bytes back while their reader lags. Without a UART
 * the bus reads as all ones, and nothing is waited for. */
static void wait_for_serial_output(void)
{
    const uint16_t status = UART_COM1_BASE + UART_LINE_STATUS;
    for (unsigned i = 0; i < SERIAL_WAIT_LIMIT && (io_read8(status) & UART_LSR_TRANSMITTER_EMPTY) == 0; i++)
        cpu_pause();
}

void power_exit(uint8_t code)
{
    wait_for_serial_output();
    io_write32(DEBUG_EXIT_PORT, code & 0x7f);
    cpu_halt();
}

/* Gives what was just done the time to take effect. */
static void pause_for_effect(void)
{
    for (unsigned i = 0; i < PAUSE_DELAYS; i++)
        io_delay();
}

static void announce(const char *way)
{
    log_info("power", "%s", way);
    wait_for_serial_output();
}

static void reset_by_register(void)
{
    char way[POWER_DESCRIPTION_BYTES];
    if (acpi_power()->reset.space == REGISTER_NONE)
        return;
    power_describe_reboot(way, sizeof way);
    announce(way);
    machine_register_write8(&acpi_power()->reset, acpi_power()->reset_value);
    pause_for_effect();
}

static bool has_keyboard_controller(void)
{
    return io_read8(KEYBOARD_COMMAND) != KEYBOARD_ABSENT;
}

static void reset_by_keyboard_controller(void)
{
    if (!has_keyboard_controller())
        return;
    announce("reset by the keyboard controller");
    for (unsigned i = 0; i < PAUSE_DELAYS && io_read8(KEYBOARD_COMMAND) & KEYBOARD_INPUT_FULL; i++)
        io_delay();
    io_write8(KEYBOARD_COMMAND, KEYBOARD_PULSE_RESET);
    pause_for_effect();
}

static void reset_by_triple_fault(void)
{
    struct descriptor_table_pointer no_gates = {};
    announce("reset by a triple fault");
    __asm__ volatile("lidt %0\n\tint3" ::"m"(no_gates) : "memory");
}

void power_reboot(void)
{
    interrupts_disable();
    printk_go_direct();
    reset_by_register();
    reset_by_keyboard_controller();
    reset_by_triple_fault();
    cpu_halt();
}

void power_off(void)
{
    char way[POWER_DESCRIPTION_BYTES];
    interrupts_disable();
    printk_go_direct();
    power_describe_off(way, sizeof way);
    announce(way);
    soft_off_enter(acpi_power());
    pause_for_effect();
    log_warning("power", "this machine cannot be turned off by software; it is safe to switch it off");
    cpu_halt();
}

static void describe_no_way_off(char *text, size_t capacity)
{
    const char *reason = "the ACPI tables name no power control register that can be used";
    if (acpi_tables()->error != ACPI_OK)
        reason = acpi_error_text(acpi_tables()->error);
    else if (!acpi_power()->has_sleep_types)
        reason = "the ACPI tables state no sleep type for soft-off that this kernel understands";
    format_string(text, capacity, "none: %s", reason);
}

static void describe_register(char *text, size_t capacity, const char *name, const struct machine_register *place)
{
    char where[POWER_DESCRIPTION_BYTES];
    machine_register_describe(place, where, sizeof where);
    format_string(text, capacity, "%s at %s", name, where);
}

void power_describe_off(char *text, size_t capacity)
{
    const struct acpi_power *power = acpi_power();
    switch (soft_off_way(power)) {
    case SOFT_OFF_NONE:
        describe_no_way_off(text, capacity);
        return;
    case SOFT_OFF_PM1_CONTROL:
        describe_register(text, capacity, "ACPI PM1 control register", &power->pm1a_control);
        return;
    case SOFT_OFF_SLEEP_CONTROL:
        describe_register(text, capacity, "ACPI sleep control register", &power->sleep_control);
        return;
    }
    __builtin_unreachable();
}

void power_describe_reboot(char *text, size_t capacity)
{
    const struct machine_register *reset = &acpi_power()->reset;
    if (reset->space != REGISTER_NONE)
        describe_register(text, capacity, "ACPI reset register", reset);
    else
        format_string(text, capacity, "%s", has_keyboard_controller() ? "keyboard controller" : "triple fault");
}
