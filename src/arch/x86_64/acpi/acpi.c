/* SPDX-License-Identifier: MIT */
#include "arch/x86_64/acpi/acpi.h"

#include <tenorite/lib/printk.h>
#include <tenorite/lib/text.h>

#include "arch/x86_64/acpi/sleep_types.h"
#include "arch/x86_64/acpi/tables.h"
#include "arch/x86_64/device_pages.h"
#include "arch/x86_64/layout.h"

static struct acpi_tables found_tables = {.error = ACPI_NO_ROOT_POINTER};
static struct acpi_power found_power;

/* The DSDT goes before the SSDTs. */
static struct sleep_types find_sleep_types(const struct physical_view *memory, const struct acpi_tables *tables)
{
    struct sleep_types types = sleep_types_find(acpi_tables_find(tables, memory, "DSDT"));
    for (size_t i = 0; i < tables->count && !types.are_known; i++)
        types = sleep_types_find(acpi_tables_bytes(tables, memory, i, "SSDT"));
    return types;
}

static bool has_usable_byte(const struct boot_info *boot_info, uint64_t address, uint64_t length)
{
    for (size_t i = 0; i < boot_info->region_count; i++) {
        const struct boot_region *region = &boot_info->regions[i];
        if (region->kind == BOOT_REGION_USABLE && address < region->base + region->length &&
            region->base < address + length)
            return true;
    }
    return false;
}

static void drop_unless_a_device(const struct physical_view *memory, const struct boot_info *boot_info,
                                 struct machine_register *place, uint64_t length)
{
    if (place->space != REGISTER_MEMORY)
        return;
    bool is_in_one_page = place->address % PAGE_BYTES <= PAGE_BYTES - length;
    if (!is_in_one_page || !physical_view_shows(memory, place->address, length) ||
        has_usable_byte(boot_info, place->address, length))
        place->space = REGISTER_NONE;
}

/* Lists the DSDT that the FADT names: by the extended field, and by the old one if that leads to none. */
static void list_dsdt(const struct physical_view *memory, struct byte_span fadt, struct acpi_tables *tables)
{
    const uint64_t addresses[] = {fadt_extended_dsdt(fadt), fadt_dsdt(fadt)};
    for (size_t i = 0; i < COUNT_OF(addresses); i++) {
        if (addresses[i] == 0 || acpi_tables_find(tables, memory, "DSDT").length != 0)
            continue;
        if (!acpi_tables_add(tables, memory, addresses[i]))
            tables->left_out_count++;
    }
}

/* Drops what is no device; of PM1 control, the port of ACPI 1.0 is then left. */
static void settle_registers(const struct physical_view *memory, const struct boot_info *boot_info,
                             struct byte_span fadt, struct acpi_power *power)
{
    drop_unless_a_device(memory, boot_info, &power->pm1a_control, 2);
    drop_unless_a_device(memory, boot_info, &power->pm1b_control, 2);
    drop_unless_a_device(memory, boot_info, &power->sleep_control, 1);
    drop_unless_a_device(memory, boot_info, &power->reset, 1);
    if (power->is_hardware_reduced)
        return;
    if (power->pm1a_control.space == REGISTER_NONE)
        power->pm1a_control = fadt_pm1a_port(fadt);
    if (power->pm1b_control.space == REGISTER_NONE)
        power->pm1b_control = fadt_pm1b_port(fadt);
}

static void read_power(const struct physical_view *memory, const struct boot_info *boot_info,
                       struct acpi_tables *tables, struct acpi_power *power)
{
    struct byte_span fadt = acpi_tables_find(tables, memory, "FACP");
    fadt_read(fadt, power);
    settle_registers(memory, boot_info, fadt, power);
    list_dsdt(memory, fadt, tables);
    struct sleep_types types = find_sleep_types(memory, tables);
    power->has_sleep_types = types.are_known;
    power->sleep_type_a = types.a;
    power->sleep_type_b = types.b;
}

void acpi_read(const struct physical_view *memory, const struct boot_info *boot_info, struct acpi_tables *tables,
               struct acpi_power *power)
{
    memset(power, 0, sizeof *power);
    acpi_tables_read(memory, boot_info->rsdp_address, tables);
    /* Otherwise the list holds what was refused as a root table, be it a valid table of another kind. */
    if (tables->error == ACPI_OK)
        read_power(memory, boot_info, tables, power);
}

static const char *table_name(const struct acpi_table *table)
{
    return table->signature[0] == '\0' ? "without a name" : table->signature;
}

static void log_malformed(const struct acpi_tables *tables)
{
    if (tables->error == ACPI_NO_ROOT_TABLE)
        log_warning("acpi", "%s", acpi_error_text(tables->error));
    for (size_t i = 0; i < tables->count; i++)
        if (tables->tables[i].state != ACPI_TABLE_OK)
            log_warning("acpi", "table %s at %#llx: %s", table_name(&tables->tables[i]),
                        (unsigned long long)tables->tables[i].address,
                        acpi_table_state_text(tables->tables[i].state));
    if (tables->left_out_count != 0)
        log_warning("acpi", "%zu tables left out: there are too many", tables->left_out_count);
}

void acpi_init(const struct physical_view *memory, const struct boot_info *boot_info)
{
    acpi_read(memory, boot_info, &found_tables, &found_power);
    const struct machine_register *registers[] = {&found_power.pm1a_control, &found_power.pm1b_control,
                                                  &found_power.sleep_control, &found_power.reset};
    static_assert(COUNT_OF(registers) <= DEVICE_PAGES_MAX, "each may lie in a page of its own");
    for (size_t i = 0; i < COUNT_OF(registers); i++)
        if (registers[i]->space == REGISTER_MEMORY)
            device_pages_add(registers[i]->address);
    log_malformed(&found_tables);
}

const struct acpi_tables *acpi_tables(void)
{
    return &found_tables;
}

const struct acpi_power *acpi_power(void)
{
    return &found_power;
}
