/* SPDX-License-Identifier: MIT */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <tenorite/arch/boot_info.h>

#include "arch/x86_64/boot/physical_view.h"

/*
 * The first MiB of a machine's memory, into which a test writes what firmware would. The byte behind it cannot be read.
 * Layouts and checksums are written out from the ACPI specification.
 */
enum { FIRMWARE_BYTES = 1024 * 1024, FIRMWARE_HEADER_BYTES = 36 };

extern struct physical_view firmware_view;
extern struct boot_info firmware_boot_info; /* one usable region: 0x1000..0x9fbff, as a PC has it; no root pointer */

/* cmocka set-up: all zero. */
int firmware_reset(void **state);

uint8_t *firmware_at(uint64_t address);
void firmware_put_u32(uint64_t address, uint32_t value);
void firmware_put_u64(uint64_t address, uint64_t value);

/* Makes the sum of `length` bytes 0 by the byte at `checksum_at`, an offset. */
void firmware_seal(uint64_t address, size_t checksum_at, size_t length);

/* Revision 0 has 20 bytes, 2 and more have 36. */
void firmware_put_root_pointer(uint64_t address, uint8_t revision, uint32_t rsdt, uint64_t xsdt);

/* A table with valid checksum and OEM "TENORI". Contents NULL: all zero. */
void firmware_put_table(uint64_t address, const char *signature, const void *contents, size_t contents_bytes);

/* Changes a byte so that the checksum is wrong. */
void firmware_spoil(uint64_t address);

/* Root tables of `count` entries. */
void firmware_put_rsdt(uint64_t address, const uint32_t *entries, size_t count);
void firmware_put_xsdt(uint64_t address, const uint64_t *entries, size_t count);
