/* SPDX-License-Identifier: MIT */
/*
 * The Multiboot2 parser. An input:
 *
 *     0                    8              9          16
 *     +--------------------+--------------+----------+------------------- ... -+
 *     | u64 address of the | u8 bytes     | ignored  | bytes of memory: those  |
 *     | information        | before it    |          | before it, then it      |
 *     +--------------------+--------------+----------+------------------- ... -+
 *
 * Beside what holds for every struct boot_info, a second walk over the tags checks their chain and counts the lists; and
 * the same tags at another address, with other bytes between and behind them, must give the same.
 */
#include "arch/x86_64/boot/multiboot2.h"
#include "boot_info_check.h"
#include "fuzz.h"

enum { HEADER_BYTES = 16, SHIFT = 1 << 20, RGB = 1 };

static struct physical_view place(const uint8_t *data, size_t size, uint64_t address)
{
    uint64_t before = data[8];
    uint64_t base = address >= before ? address - before : 0;
    size_t length = size - HEADER_BYTES;
    if (base > UINT64_MAX - length)
        base = UINT64_MAX - length;
    return (struct physical_view){fuzz_copy(data + HEADER_BYTES, length), base, length};
}

static bool says_something(const uint8_t *entry)
{
    uint64_t base = fuzz_number(entry, 8), length = fuzz_number(entry + 8, 8);
    bool is_usable = fuzz_number(entry + 16, 4) == 1;
    return length != 0 && base != UINT64_MAX && !(is_usable && base + length < base);
}

static bool is_of_efi(uint64_t type)
{
    return type == 11 || type == 12 || (type >= 17 && type <= 20);
}

/* What the information that was accepted says of itself, and what it lists. */
static void check_chain(const uint8_t *information, const struct boot_info *info)
{
    const uint8_t *end = information + fuzz_number(information, 4), *tag = information + 8;
    size_t modules = 0, regions = 0, screens = 0, whole_screens = 0;
    bool has_efi = false;
    FUZZ_REQUIRE(info->information_length == fuzz_number(information, 4));
    while (fuzz_number(tag, 4) != 0) {
        size_t size = fuzz_number(tag + 4, 4);
        FUZZ_REQUIRE(size >= 8 && size <= (size_t)(end - tag - 8));
        modules += fuzz_number(tag, 4) == 3;
        has_efi |= is_of_efi(fuzz_number(tag, 4));
        screens += fuzz_number(tag, 4) == 8;
        whole_screens += fuzz_number(tag, 4) == 8 && size >= 30 && (tag[29] != RGB || size >= 38);
        for (size_t at = 16; fuzz_number(tag, 4) == 6 && at < size; at += fuzz_number(tag + 8, 4))
            regions += says_something(tag + at);
        tag += (size + 7) / 8 * 8;
    }
    FUZZ_REQUIRE(tag + 8 == end && fuzz_number(tag + 4, 4) == 8);
    FUZZ_REQUIRE(info->module_count == modules && info->region_count == regions);
    enum boot_framebuffer_kind kind = info->framebuffer.kind;
    FUZZ_REQUIRE((kind == BOOT_FRAMEBUFFER_NONE) == (screens == 0));
    FUZZ_REQUIRE(whole_screens > 0 || kind == BOOT_FRAMEBUFFER_NONE || kind == BOOT_FRAMEBUFFER_UNUSABLE);
    FUZZ_REQUIRE(info->firmware == (has_efi ? BOOT_FIRMWARE_UEFI : BOOT_FIRMWARE_BIOS));
}

/* Turns every bit that is in no tag. */
static void change_padding(uint8_t *information, const uint8_t *end)
{
    uint8_t *tag = information + 8;
    while (fuzz_number(tag, 4) != 0) {
        size_t size = fuzz_number(tag + 4, 4);
        for (size_t i = size; i < (size + 7) / 8 * 8; i++)
            tag[i] ^= 0xff;
        tag += (size + 7) / 8 * 8;
    }
    for (uint8_t *behind = tag + 8; behind < end; behind++)
        *behind ^= 0xff;
}

static void check_same_regions(const struct boot_info *first, const struct boot_info *second)
{
    FUZZ_REQUIRE(first->region_count == second->region_count);
    for (size_t i = 0; i < first->region_count; i++)
        FUZZ_REQUIRE(first->regions[i].base == second->regions[i].base &&
                     first->regions[i].length == second->regions[i].length &&
                     first->regions[i].kind == second->regions[i].kind);
}

static void check_elsewhere(const uint8_t *data, size_t size, uint64_t address, const struct boot_info *first)
{
    static struct boot_info second;
    struct physical_view view = place(data, size, address + SHIFT);
    uint8_t *bytes = (uint8_t *)(uintptr_t)view.bytes;
    change_padding(bytes + (address + SHIFT - view.base), bytes + view.length);
    FUZZ_REQUIRE(multiboot2_parse(&view, address + SHIFT, &second) == MULTIBOOT2_OK);
    FUZZ_REQUIRE(second.information_base == first->information_base + SHIFT);
    FUZZ_REQUIRE(second.rsdp_address == (first->rsdp_address == 0 ? 0 : first->rsdp_address + SHIFT));
    FUZZ_REQUIRE(strcmp(first->command_line, second.command_line) == 0);
    FUZZ_REQUIRE(strcmp(first->loader_name, second.loader_name) == 0);
    FUZZ_REQUIRE(first->module_count == second.module_count);
    FUZZ_REQUIRE(first->framebuffer.kind == second.framebuffer.kind &&
                 first->framebuffer.base == second.framebuffer.base &&
                 first->framebuffer.bits_per_pixel == second.framebuffer.bits_per_pixel);
    check_same_regions(first, &second);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct boot_info info;
    if (size < HEADER_BYTES)
        return 0;
    uint64_t address = fuzz_number(data, 8);
    struct physical_view view = place(data, size, address);
    memset(&info, 0xa5, sizeof info);
    enum multiboot2_error error = multiboot2_parse(&view, address, &info);
    FUZZ_REQUIRE(multiboot2_error_text(error) != NULL);
    if (error != MULTIBOOT2_OK) {
        boot_info_check_empty(&info);
    } else {
        boot_info_check(&info, &view);
        FUZZ_REQUIRE(info.loader == BOOT_LOADER_MULTIBOOT2 && info.information_base == address);
        FUZZ_REQUIRE(info.information_length % 8 == 0 && info.information_length <= MULTIBOOT2_MAX_BYTES);
        check_chain(view.bytes + (address - view.base), &info);
        if (address < UINT64_MAX - 2 * SHIFT && address > UINT8_MAX)
            check_elsewhere(data, size, address, &info);
    }
    free((void *)(uintptr_t)view.bytes);
    return 0;
}
