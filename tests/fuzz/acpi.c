/* SPDX-License-Identifier: MIT */
/*
 * What is read from ACPI: root pointer, tables, registers of the FADT, the sleep types of soft-off. An input:
 *
 *     0                  8                  16                 24                 32
 *     +------------------+------------------+------------------+------------------+------- ... -+
 *     | u64 address of   | u64 address of   | u64 start        | u64 length       | the         |
 *     | the first byte   | the root pointer | of a usable region                  | memory      |
 *     +------------------+------------------+------------------+------------------+------- ... -+
 */
#include "arch/x86_64/acpi/acpi.h"
#include "arch/x86_64/acpi/tables.h"
#include "boot_info_check.h"
#include "fuzz.h"

enum { HEADER_BYTES = 32, PAGE = 4096, FADT_BYTES = 116 };

static struct acpi_tables tables;
static struct acpi_power power;

static struct physical_view place(const uint8_t *data, size_t size)
{
    uint64_t base = fuzz_number(data, 8);
    size_t length = size - HEADER_BYTES;
    if (base > UINT64_MAX - length)
        base = UINT64_MAX - length;
    return (struct physical_view){fuzz_copy(data + HEADER_BYTES, length), base, length};
}

static bool is_shown(const struct physical_view *memory, uint64_t address, uint64_t length)
{
    return address >= memory->base && address - memory->base <= memory->length &&
           length <= memory->length - (address - memory->base);
}

static void check_printable(const char *text, size_t size)
{
    size_t length = strnlen(text, size);
    FUZZ_REQUIRE(length < size);
    for (size_t i = 0; i < length; i++)
        FUZZ_REQUIRE(text[i] >= ' ' && text[i] <= '~');
}

/* A table whose header cannot be seen has neither name nor length. */
static void check_table(const struct acpi_table *table, const struct physical_view *memory)
{
    bool is_seen = is_shown(memory, table->address, ACPI_TABLE_HEADER_BYTES);
    bool is_possible = table->length_bytes >= ACPI_TABLE_HEADER_BYTES && table->length_bytes <= ACPI_TABLE_MAX_BYTES;
    bool is_whole = is_seen && is_shown(memory, table->address, table->length_bytes);
    const uint8_t *bytes = memory->bytes + (is_seen ? table->address - memory->base : 0);
    check_printable(table->signature, sizeof table->signature);
    check_printable(table->oem_id, sizeof table->oem_id);
    FUZZ_REQUIRE(acpi_table_state_text(table->state) != NULL);
    FUZZ_REQUIRE(table->length_bytes == (is_seen ? fuzz_number(bytes + 4, 4) : 0));
    FUZZ_REQUIRE(is_seen || table->signature[0] == '\0');
    enum acpi_table_state expected = !is_seen                                    ? ACPI_TABLE_OUT_OF_REACH
                                     : !is_possible                              ? ACPI_TABLE_BAD_LENGTH
                                     : !is_whole                                 ? ACPI_TABLE_OUT_OF_REACH
                                     : fuzz_sum(bytes, table->length_bytes) != 0 ? ACPI_TABLE_BAD_CHECKSUM
                                                                                 : ACPI_TABLE_OK;
    FUZZ_REQUIRE(table->state == expected);
}

/* The first valid table with this signature, or NULL. */
static const struct acpi_table *find(const char *signature)
{
    for (size_t i = 0; i < tables.count; i++) {
        if (tables.tables[i].state == ACPI_TABLE_OK && strcmp(tables.tables[i].signature, signature) == 0)
            return &tables.tables[i];
    }
    return NULL;
}

static void check_tables(const struct physical_view *memory)
{
    FUZZ_REQUIRE(tables.count <= ACPI_MAX_TABLES && acpi_error_text(tables.error) != NULL);
    FUZZ_REQUIRE((tables.error == ACPI_NO_ROOT_POINTER) == (tables.rsdp_address == 0));
    if (tables.rsdp_address != 0)
        rsdp_check(tables.rsdp_address, memory);
    else
        FUZZ_REQUIRE(tables.count == 0);
    check_printable(tables.oem_id, sizeof tables.oem_id);
    for (size_t i = 0; i < tables.count; i++) {
        check_table(&tables.tables[i], memory);
        for (size_t j = 0; j < i; j++)
            FUZZ_REQUIRE(tables.tables[i].address != tables.tables[j].address);
    }
    if (tables.error == ACPI_OK)
        FUZZ_REQUIRE(find("XSDT") != NULL || find("RSDT") != NULL);
    if (tables.error == ACPI_NO_ROOT_TABLE)
        FUZZ_REQUIRE(tables.count <= 2);
}

static void check_register(const struct machine_register *place, const struct physical_view *memory,
                           const struct boot_region *usable, uint64_t length)
{
    char text[32];
    memset(text, 'x', sizeof text);
    machine_register_describe(place, text, sizeof text);
    FUZZ_REQUIRE(memchr(text, 0, sizeof text) != NULL);
    FUZZ_REQUIRE(place->space <= REGISTER_PCI);
    if (place->space == REGISTER_IO)
        FUZZ_REQUIRE(place->address > 0 && place->address <= 0xffff);
    if (place->space == REGISTER_PCI)
        FUZZ_REQUIRE((place->address & ~0x1f000700ffull) == 0);
    if (place->space != REGISTER_MEMORY)
        return;
    FUZZ_REQUIRE(is_shown(memory, place->address, length) && place->address != 0);
    FUZZ_REQUIRE(place->address / PAGE == (place->address + length - 1) / PAGE);
    FUZZ_REQUIRE(place->address + length <= usable->base || place->address >= usable->base + usable->length);
}

static void check_power(const struct physical_view *memory, const struct boot_region *usable)
{
    const struct acpi_table *fadt = find("FACP");
    bool is_any = power.pm1a_control.space || power.pm1b_control.space || power.sleep_control.space ||
                  power.reset.space || power.smi_command_port != 0;
    FUZZ_REQUIRE(!is_any || (fadt != NULL && fadt->length_bytes >= FADT_BYTES));
    FUZZ_REQUIRE(!power.has_sleep_types || (power.sleep_type_a <= 7 && power.sleep_type_b <= 7));
    FUZZ_REQUIRE(!power.has_sleep_types || find("DSDT") != NULL || find("SSDT") != NULL);
    check_register(&power.pm1a_control, memory, usable, 2);
    check_register(&power.pm1b_control, memory, usable, 2);
    check_register(&power.sleep_control, memory, usable, 1);
    check_register(&power.reset, memory, usable, 1);
    FUZZ_REQUIRE(power.pm1a_control.space != REGISTER_PCI && power.pm1b_control.space != REGISTER_PCI);
    FUZZ_REQUIRE(power.sleep_control.space != REGISTER_PCI);
    FUZZ_REQUIRE(power.is_hardware_reduced || power.sleep_control.space == REGISTER_NONE);
    FUZZ_REQUIRE(!power.is_hardware_reduced || power.pm1a_control.space == REGISTER_NONE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct boot_info boot_info;
    if (size < HEADER_BYTES)
        return 0;
    struct physical_view view = place(data, size);
    uint64_t start = fuzz_number(data + 16, 8), length = fuzz_number(data + 24, 8);
    boot_info.rsdp_address = fuzz_number(data + 8, 8);
    boot_info.regions[0] = (struct boot_region){start, length, BOOT_REGION_USABLE};
    boot_info.region_count = length > 0 && length <= UINT64_MAX - start; /* what a parser lets through */
    memset(&tables, 0xa5, sizeof tables);
    memset(&power, 0xa5, sizeof power);
    acpi_read(&view, &boot_info, &tables, &power);
    check_tables(&view);
    if (boot_info.region_count == 0)
        boot_info.regions[0] = (struct boot_region){0, 0, BOOT_REGION_USABLE};
    check_power(&view, &boot_info.regions[0]);
    free((void *)(uintptr_t)view.bytes);
    return 0;
}
