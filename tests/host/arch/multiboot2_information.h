/* SPDX-License-Identifier: MIT */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "arch/x86_64/boot/multiboot2.h"
#include "guarded_bytes.h"

/* Builds Multiboot2 information tag by tag, and parses it where reading a byte too many faults. */
enum { ADDRESS = 0x9d000, LARGEST = 64 * 1024 };

static struct guarded_bytes guarded;
static struct boot_info info;

static inline int make_guarded(void **state)
{
    (void)state;
    guarded = guarded_bytes_new(LARGEST);
    return 0;
}

static inline bool is_all_zero(const struct boot_info *tested)
{
    const unsigned char *bytes = (const unsigned char *)tested;
    for (size_t i = 0; i < sizeof *tested; i++) {
        if (bytes[i] != 0)
            return false;
    }
    return true;
}

/* Parses `length` bytes that end at a page which must not be read; checks what holds for every result. */
static inline enum multiboot2_error parse_at(uint64_t address, const void *bytes, size_t length)
{
    struct physical_view view = {guarded_bytes_place(&guarded, bytes, length), address, length};
    memset(&info, 0xa5, sizeof info);
    enum multiboot2_error error = multiboot2_parse(&view, address, &info);
    if (error != MULTIBOOT2_OK) {
        assert_true(is_all_zero(&info));
        return error;
    }
    assert_true(info.region_count <= BOOT_MAX_REGIONS && info.module_count <= BOOT_MAX_MODULES);
    assert_non_null(memchr(info.command_line, 0, sizeof info.command_line));
    assert_non_null(memchr(info.loader_name, 0, sizeof info.loader_name));
    for (size_t i = 0; i < info.region_count; i++) {
        assert_true(info.regions[i].length > 0 &&
                    info.regions[i].base + info.regions[i].length > info.regions[i].base);
        assert_true(info.regions[i].kind <= BOOT_REGION_DEFECTIVE);
    }
    for (size_t i = 0; i < info.module_count; i++)
        assert_non_null(memchr(info.modules[i].command_line, 0, sizeof info.modules[i].command_line));
    assert_true(info.rsdp_address == 0 || (info.rsdp_address >= address && info.rsdp_address < address + length));
    return error;
}

/* Builds information tag by tag. */
struct builder {
    uint8_t bytes[LARGEST];
    size_t length;
    size_t tag;
};

static struct builder built;

static inline void put(uint64_t value, size_t width)
{
    for (size_t i = 0; i < width; i++)
        built.bytes[built.length++] = i < 8 ? (uint8_t)(value >> (8 * i)) : 0;
}

static inline void poke32(size_t at, uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        built.bytes[at + i] = (uint8_t)(value >> (8 * i));
}

static inline void begin(void)
{
    memset(&built, 0, sizeof built);
    built.length = 8;
}

static inline void begin_tag(uint32_t type)
{
    built.tag = built.length;
    put(type, 4);
    put(0, 4);
}

static inline void end_tag(void)
{
    poke32(built.tag + 4, (uint32_t)(built.length - built.tag));
    while (built.length % 8 != 0)
        put(0xee, 1);
}

static inline void put_text(const char *text)
{
    do
        put((uint8_t)*text, 1);
    while (*text++ != '\0');
}

static inline enum multiboot2_error finish(void)
{
    begin_tag(0);
    end_tag();
    poke32(0, (uint32_t)built.length);
    return parse_at(ADDRESS, built.bytes, built.length);
}

static inline void put_entry(uint64_t base, uint64_t length, uint32_t type)
{
    put(base, 8);
    put(length, 8);
    put(type, 4);
    put(0xffffffff, 4);
}

static inline void expect_region(size_t index, uint64_t base, uint64_t length, enum boot_region_kind kind)
{
    assert_true(index < info.region_count);
    assert_int_equal(info.regions[index].base, base);
    assert_int_equal(info.regions[index].length, length);
    assert_int_equal(info.regions[index].kind, kind);
}
