/* SPDX-License-Identifier: MIT */
#include "firmware.h"

#include "../guarded_bytes.h"

enum { TABLE_CHECKSUM_AT = 9, ROOT_POINTER_CHECKSUM_AT = 8, ROOT_POINTER_EXTENDED_CHECKSUM_AT = 32 };

struct physical_view firmware_view;
struct boot_info firmware_boot_info;

static struct guarded_bytes guarded;
static uint8_t *bytes;

int firmware_reset(void **state)
{
    (void)state;
    if (!bytes) {
        guarded = guarded_bytes_new(FIRMWARE_BYTES);
        bytes = guarded.end - FIRMWARE_BYTES;
    }
    memset(bytes, 0, FIRMWARE_BYTES);
    firmware_view = (struct physical_view){bytes, 0, FIRMWARE_BYTES};
    memset(&firmware_boot_info, 0, sizeof firmware_boot_info);
    firmware_boot_info.regions[0] = (struct boot_region){0x1000, 0x9ec00, BOOT_REGION_USABLE};
    firmware_boot_info.region_count = 1;
    return 0;
}

uint8_t *firmware_at(uint64_t address)
{
    assert_true(address < FIRMWARE_BYTES);
    return bytes + address;
}

void firmware_put_u32(uint64_t address, uint32_t value)
{
    memcpy(firmware_at(address), &value, sizeof value);
}

void firmware_put_u64(uint64_t address, uint64_t value)
{
    memcpy(firmware_at(address), &value, sizeof value);
}

void firmware_seal(uint64_t address, size_t checksum_at, size_t length)
{
    unsigned sum = 0;
    *firmware_at(address + checksum_at) = 0;
    for (size_t i = 0; i < length; i++)
        sum += *firmware_at(address + i);
    *firmware_at(address + checksum_at) = (uint8_t)(0x100 - sum % 0x100);
}

void firmware_put_root_pointer(uint64_t address, uint8_t revision, uint32_t rsdt, uint64_t xsdt)
{
    memcpy(firmware_at(address), "RSD PTR ", 8);
    memcpy(firmware_at(address + 9), "TENORI", 6);
    *firmware_at(address + 15) = revision;
    firmware_put_u32(address + 16, rsdt);
    firmware_seal(address, ROOT_POINTER_CHECKSUM_AT, 20);
    if (revision < 2)
        return;
    firmware_put_u32(address + 20, 36);
    firmware_put_u64(address + 24, xsdt);
    firmware_seal(address, ROOT_POINTER_EXTENDED_CHECKSUM_AT, 36);
}

void firmware_put_table(uint64_t address, const char *signature, const void *contents, size_t contents_bytes)
{
    size_t length = FIRMWARE_HEADER_BYTES + contents_bytes;
    memset(firmware_at(address), 0, length);
    memcpy(firmware_at(address), signature, 4);
    firmware_put_u32(address + 4, (uint32_t)length);
    *firmware_at(address + 8) = 3;
    memcpy(firmware_at(address + 10), "TENORI", 6);
    if (contents)
        memcpy(firmware_at(address + FIRMWARE_HEADER_BYTES), contents, contents_bytes);
    firmware_seal(address, TABLE_CHECKSUM_AT, length);
}

void firmware_spoil(uint64_t address)
{
    *firmware_at(address + TABLE_CHECKSUM_AT) ^= 1;
}

void firmware_put_rsdt(uint64_t address, const uint32_t *entries, size_t count)
{
    firmware_put_table(address, "RSDT", entries, count * sizeof *entries);
}

void firmware_put_xsdt(uint64_t address, const uint64_t *entries, size_t count)
{
    firmware_put_table(address, "XSDT", entries, count * sizeof *entries);
}
