/* SPDX-License-Identifier: MIT */
#include "arch/x86_64/acpi/sleep_types.h"

#include <tenorite/lib/text.h>

#include "arch/x86_64/acpi/tables.h"

enum {
    AML_ZERO = 0x00,
    AML_ONE = 0x01,
    AML_NAME = 0x08,
    AML_BYTE_PREFIX = 0x0a,
    AML_WORD_PREFIX = 0x0b,
    AML_DWORD_PREFIX = 0x0c,
    AML_QWORD_PREFIX = 0x0e,
    AML_PACKAGE = 0x12,
    AML_ROOT = '\\',
    NAME_BYTES = 4,
    SLEEP_TYPE_MAX = 7,
};

/* Takes a whole number of 0..7 off the front of *rest; false where something else is there. */
static bool take_sleep_type(struct byte_span *rest, uint8_t *type)
{
    size_t width;
    if (rest->length == 0)
        return false;
    switch (rest->bytes[0]) {
    case AML_ZERO:
    case AML_ONE:
        *type = rest->bytes[0];
        *rest = byte_span_slice(*rest, 1, rest->length);
        return true;
    case AML_BYTE_PREFIX:
        width = 1;
        break;
    case AML_WORD_PREFIX:
        width = 2;
        break;
    case AML_DWORD_PREFIX:
        width = 4;
        break;
    case AML_QWORD_PREFIX:
        width = 8;
        break;
    default:
        return false;
    }
    uint64_t value = byte_span_number(*rest, 1, width);
    bool is_whole = rest->length > width;
    *type = (uint8_t)value;
    *rest = byte_span_slice(*rest, 1 + width, rest->length);
    return is_whole && value <= SLEEP_TYPE_MAX;
}

/* The contents of the package whose length `bytes` start with; empty where it reaches beyond them. The two upper bits of
 * the first byte count the bytes that follow it; the length includes them all. */
static struct byte_span package_contents(struct byte_span bytes)
{
    unsigned lead = byte_span_u8(bytes, 0), following = lead >> 6;
    uint64_t length = following == 0 ? lead : (lead & 15) | byte_span_number(bytes, 1, following) << 4;
    struct byte_span package = byte_span_slice(bytes, 0, length);
    return byte_span_slice(package, 1 + following, package.length == length ? package.length : 0);
}

/* `definition`: what follows the name. */
static struct sleep_types parse_package(struct byte_span definition)
{
    struct sleep_types types = {};
    if (definition.length == 0 || definition.bytes[0] != AML_PACKAGE)
        return types;
    struct byte_span contents = package_contents(byte_span_slice(definition, 1, definition.length));
    struct byte_span elements = byte_span_slice(contents, 1, contents.length);
    if (byte_span_u8(contents, 0) < 2)
        return types;
    types.are_known = take_sleep_type(&elements, &types.a) && take_sleep_type(&elements, &types.b);
    return types;
}

static bool is_declared_at(struct byte_span table, size_t at)
{
    if (memcmp(table.bytes + at, "_S5_", NAME_BYTES) != 0)
        return false;
    return table.bytes[at - 1] == AML_NAME || (table.bytes[at - 1] == AML_ROOT && table.bytes[at - 2] == AML_NAME);
}

struct sleep_types sleep_types_find(struct byte_span table)
{
    struct sleep_types types = {};
    for (size_t at = ACPI_TABLE_HEADER_BYTES + 1; at + NAME_BYTES <= table.length && !types.are_known; at++)
        if (is_declared_at(table, at))
            types = parse_package(byte_span_slice(table, at + NAME_BYTES, table.length));
    return types;
}
