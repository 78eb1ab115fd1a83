/* SPDX-License-Identifier: MIT */
/*
 * The PVH parser, in a small physical memory that holds start info, command line, lists and root pointer. An input:
 *
 *     0                       8                       16
 *     +-----------------------+-----------------------+--------- ... -+
 *     | u64 address of the    | u64 address of the    | its bytes     |
 *     | memory's first byte   | start info            |               |
 *     +-----------------------+-----------------------+--------- ... -+
 *
 * Beside what holds for every struct boot_info, the lists and the command line are compared with the input.
 */
#include "arch/x86_64/boot/pvh.h"
#include "boot_info_check.h"
#include "fuzz.h"

enum { HEADER_BYTES = 16 };

static struct physical_view place(const uint8_t *data, size_t size)
{
    uint64_t base = fuzz_number(data, 8);
    size_t length = size - HEADER_BYTES;
    if (base > UINT64_MAX - length)
        base = UINT64_MAX - length;
    return (struct physical_view){fuzz_copy(data + HEADER_BYTES, length), base, length};
}

static const uint8_t *bytes_at(const struct physical_view *view, uint64_t address)
{
    return view->bytes + (address - view->base);
}

static void check_command_line(const struct physical_view *view, uint64_t address, const struct boot_info *info)
{
    size_t length = strlen(info->command_line);
    if (address == 0) {
        FUZZ_REQUIRE(length == 0 && !info->command_line_was_cut);
        return;
    }
    uint64_t rest = view->length - (address - view->base);
    FUZZ_REQUIRE(length <= rest && memcmp(info->command_line, bytes_at(view, address), length) == 0);
    bool is_whole = length < rest && *bytes_at(view, address + length) == 0;
    FUZZ_REQUIRE(info->command_line_was_cut == !is_whole);
    FUZZ_REQUIRE(is_whole || length == rest || length == sizeof info->command_line - 1);
}

/* The list of `count` entries of `size` bytes at `address`, all of which the memory shows. */
static const uint8_t *list_at(const struct physical_view *view, uint64_t address, uint64_t count, size_t size)
{
    if (count == 0)
        return NULL;
    FUZZ_REQUIRE(address >= view->base && address - view->base < view->length);
    FUZZ_REQUIRE(count * size <= view->length - (address - view->base));
    return bytes_at(view, address);
}

static void check_modules(const struct physical_view *view, const uint8_t *start_info, const struct boot_info *info)
{
    uint64_t count = fuzz_number(start_info + 12, 4);
    const uint8_t *module = list_at(view, fuzz_number(start_info + 16, 8), count, 32);
    FUZZ_REQUIRE(info->module_count == count);
    for (uint64_t i = 0; i < count; i++, module += 32)
        FUZZ_REQUIRE(info->modules[i].base == fuzz_number(module, 8) &&
                     info->modules[i].length == fuzz_number(module + 8, 8));
}

static void check_regions(const struct physical_view *view, const uint8_t *start_info, const struct boot_info *info)
{
    bool has_map = fuzz_number(start_info + 4, 4) >= 1;
    uint64_t count = has_map ? fuzz_number(start_info + 48, 4) : 0;
    const uint8_t *entry = list_at(view, has_map ? fuzz_number(start_info + 40, 8) : 0, count, 24);
    size_t regions = 0;
    for (uint64_t i = 0; i < count; i++, entry += 24) {
        uint64_t base = fuzz_number(entry, 8), length = fuzz_number(entry + 8, 8);
        bool is_usable = fuzz_number(entry + 16, 4) == 1;
        if (length == 0 || base == UINT64_MAX || (is_usable && base + length < base))
            continue;
        FUZZ_REQUIRE(regions < info->region_count && info->regions[regions].base == base);
        FUZZ_REQUIRE((info->regions[regions].kind == BOOT_REGION_USABLE) == is_usable);
        regions++;
    }
    FUZZ_REQUIRE(info->region_count == regions);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct boot_info info;
    if (size < HEADER_BYTES)
        return 0;
    uint64_t address = fuzz_number(data + 8, 8);
    struct physical_view view = place(data, size);
    memset(&info, 0xa5, sizeof info);
    enum pvh_error error = pvh_parse(&view, address, &info);
    FUZZ_REQUIRE(pvh_error_text(error) != NULL);
    if (error != PVH_OK) {
        boot_info_check_empty(&info);
    } else {
        const uint8_t *start_info = bytes_at(&view, address);
        boot_info_check(&info, &view);
        FUZZ_REQUIRE(info.loader == BOOT_LOADER_PVH && info.information_base == address);
        FUZZ_REQUIRE(info.loader_name[0] == '\0' && info.framebuffer.kind == BOOT_FRAMEBUFFER_NONE);
        check_modules(&view, start_info, &info);
        check_regions(&view, start_info, &info);
        check_command_line(&view, fuzz_number(start_info + 24, 8), &info);
        FUZZ_REQUIRE(info.rsdp_address == 0 || info.rsdp_address == fuzz_number(start_info + 32, 8));
    }
    free((void *)(uintptr_t)view.bytes);
    return 0;
}
