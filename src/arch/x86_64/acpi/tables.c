/* SPDX-License-Identifier: MIT */
/*
 *     root pointer                     table header                    root table
 *      0  "RSD PTR "                    0  signature                    0  header, "RSDT" or "XSDT"
 *      8  u8 checksum                   4  u32 length, header included 36  addresses: u32 each in the RSDT,
 *      9  OEM ID, 6 bytes               8  u8 revision                      u64 in the XSDT
 *     15  u8 revision                   9  u8 checksum
 *     16  u32 RSDT address             10  OEM ID, 6 bytes
 *     20  u32 length                   36  contents
 *     24  u64 XSDT address             the rest names versions
 *
 * Invariants
 *   A1  A table's contents are read only if the view shows all of it, its length is possible and its bytes sum to 0.
 *   A2  Every address is listed once. So a root table that lists itself, or a table twice, leads to no second look.
 */
#include "arch/x86_64/acpi/tables.h"

#include <tenorite/lib/text.h>

#include "arch/x86_64/boot/boot_collect.h"

enum {
    RSDP_OEM_ID_AT = 9,
    RSDP_REVISION_AT = 15,
    RSDP_RSDT_AT = 16,
    RSDP_XSDT_AT = 24,
    RSDP_MAX_BYTES = 4096, /* bounds the checksum's cost */
    TABLE_LENGTH_AT = 4,
    TABLE_REVISION_AT = 8,
    TABLE_OEM_ID_AT = 10,
    SIGNATURE_BYTES = 4,
    OEM_ID_BYTES = 6,
};
/* ACPI 6.5, 5.2.5.1 "Finding the RSDP on IA-PC Systems" */
enum {
    SEARCH_STEP_BYTES = 16,
    EBDA_SEGMENT_AT = 0x40e,
    EBDA_SEARCH_BYTES = 1024,
    BIOS_START = 0xe0000,
    BIOS_BYTES = 0x20000,
};

static void copy_printable(char *to, struct byte_span from, size_t offset, size_t length)
{
    struct byte_span part = byte_span_slice(from, offset, length);
    for (size_t i = 0; i < part.length; i++)
        to[i] = (char)(part.bytes[i] >= ' ' && part.bytes[i] <= '~' ? part.bytes[i] : '?');
    to[part.length] = '\0';
}

static bool is_root_pointer(const struct physical_view *memory, uint64_t address)
{
    return boot_collect_is_rsdp(physical_view_span(memory, address, RSDP_MAX_BYTES));
}

static uint64_t search(const struct physical_view *memory, uint64_t start, uint64_t length)
{
    for (uint64_t offset = 0; offset < length; offset += SEARCH_STEP_BYTES)
        if (is_root_pointer(memory, start + offset))
            return start + offset;
    return 0;
}

static uint64_t find_root_pointer(const struct physical_view *memory, uint64_t given)
{
    if (given != 0 && is_root_pointer(memory, given))
        return given;
    uint64_t ebda = (uint64_t)byte_span_u16(physical_view_tail(memory, EBDA_SEGMENT_AT), 0) * 16;
    uint64_t found = ebda == 0 ? 0 : search(memory, ebda, EBDA_SEARCH_BYTES);
    return found != 0 ? found : search(memory, BIOS_START, BIOS_BYTES);
}

static enum acpi_table_state table_state(const struct physical_view *memory, uint64_t address, uint32_t length)
{
    if (length < ACPI_TABLE_HEADER_BYTES || length > ACPI_TABLE_MAX_BYTES)
        return ACPI_TABLE_BAD_LENGTH;
    if (!physical_view_shows(memory, address, length))
        return ACPI_TABLE_OUT_OF_REACH;
    return byte_span_sums_to_zero(physical_view_span(memory, address, length)) ? ACPI_TABLE_OK
                                                                               : ACPI_TABLE_BAD_CHECKSUM;
}

static struct acpi_table describe(const struct physical_view *memory, uint64_t address)
{
    struct acpi_table table = {.address = address, .state = ACPI_TABLE_OUT_OF_REACH};
    if (!physical_view_shows(memory, address, ACPI_TABLE_HEADER_BYTES))
        return table;
    struct byte_span header = physical_view_span(memory, address, ACPI_TABLE_HEADER_BYTES);
    copy_printable(table.signature, header, 0, SIGNATURE_BYTES);
    copy_printable(table.oem_id, header, TABLE_OEM_ID_AT, OEM_ID_BYTES);
    table.revision = byte_span_u8(header, TABLE_REVISION_AT);
    table.length_bytes = byte_span_u32(header, TABLE_LENGTH_AT);
    table.state = table_state(memory, address, table.length_bytes);
    return table;
}

bool acpi_tables_add(struct acpi_tables *tables, const struct physical_view *memory, uint64_t address)
{
    for (size_t i = 0; i < tables->count; i++)
        if (tables->tables[i].address == address)
            return true;
    if (tables->count == ACPI_MAX_TABLES)
        return false;
    tables->tables[tables->count++] = describe(memory, address);
    return true;
}

struct byte_span acpi_tables_bytes(const struct acpi_tables *tables, const struct physical_view *memory, size_t index,
                                   const char *signature)
{
    const struct acpi_table *table = &tables->tables[index];
    bool is_it = table->state == ACPI_TABLE_OK && strcmp(table->signature, signature) == 0;
    return physical_view_span(memory, table->address, is_it ? table->length_bytes : 0);
}

struct byte_span acpi_tables_find(const struct acpi_tables *tables, const struct physical_view *memory,
                                  const char *signature)
{
    struct byte_span found = {NULL, 0};
    for (size_t i = 0; i < tables->count && found.length == 0; i++)
        found = acpi_tables_bytes(tables, memory, i, signature);
    return found;
}

/* Lists the root table at `address` and what it names; false where it is none. An incomplete address at its end is
 * none. */
static bool list_from_root(struct acpi_tables *out, const struct physical_view *memory, uint64_t address,
                           const char *signature, size_t entry_bytes)
{
    if (address == 0 || !acpi_tables_add(out, memory, address))
        return false;
    struct byte_span root = acpi_tables_bytes(out, memory, out->count - 1, signature);
    if (root.length == 0)
        return false;
    size_t count = (root.length - ACPI_TABLE_HEADER_BYTES) / entry_bytes;
    for (size_t i = 0; i < count; i++) {
        uint64_t entry = byte_span_number(root, ACPI_TABLE_HEADER_BYTES + i * entry_bytes, entry_bytes);
        bool has_room = i < ACPI_ROOT_MAX_ENTRIES && (entry == 0 || acpi_tables_add(out, memory, entry));
        out->left_out_count += !has_room;
    }
    return true;
}

void acpi_tables_read(const struct physical_view *memory, uint64_t rsdp_address, struct acpi_tables *out)
{
    memset(out, 0, sizeof *out);
    out->rsdp_address = find_root_pointer(memory, rsdp_address);
    out->error = ACPI_NO_ROOT_POINTER;
    if (out->rsdp_address == 0)
        return;
    struct byte_span pointer = physical_view_span(memory, out->rsdp_address, RSDP_MAX_BYTES);
    out->revision = byte_span_u8(pointer, RSDP_REVISION_AT);
    copy_printable(out->oem_id, pointer, RSDP_OEM_ID_AT, OEM_ID_BYTES);
    uint64_t xsdt = out->revision >= 2 ? byte_span_u64(pointer, RSDP_XSDT_AT) : 0;
    bool is_listed = list_from_root(out, memory, xsdt, "XSDT", 8) ||
                     list_from_root(out, memory, byte_span_u32(pointer, RSDP_RSDT_AT), "RSDT", 4);
    out->error = is_listed ? ACPI_OK : ACPI_NO_ROOT_TABLE;
}

const char *acpi_error_text(enum acpi_error error)
{
    switch (error) {
    case ACPI_OK:
        return "no error";
    case ACPI_NO_ROOT_POINTER:
        return "there is no ACPI root pointer";
    case ACPI_NO_ROOT_TABLE:
        return "the ACPI root pointer leads to no valid table";
    }
    return "unknown ACPI error";
}

const char *acpi_table_state_text(enum acpi_table_state state)
{
    switch (state) {
    case ACPI_TABLE_OK:
        return "valid";
    case ACPI_TABLE_BAD_CHECKSUM:
        return "the checksum is wrong";
    case ACPI_TABLE_BAD_LENGTH:
        return "the length is impossible";
    case ACPI_TABLE_OUT_OF_REACH:
        return "it does not lie in the first 4 GiB";
    }
    return "unknown state";
}
