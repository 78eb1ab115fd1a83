/* SPDX-License-Identifier: MIT */
#include "boot_info_check.h"
#include "fuzz.h"

static const uint64_t PHYSICAL_END = 1ull << 52;

static bool is_closed(const char *text, size_t size)
{
    return memchr(text, 0, size) != NULL;
}

static void check_lists(const struct boot_info *info)
{
    FUZZ_REQUIRE(info->region_count <= BOOT_MAX_REGIONS && info->module_count <= BOOT_MAX_MODULES);
    for (size_t i = 0; i < info->region_count; i++) {
        const struct boot_region *region = &info->regions[i];
        FUZZ_REQUIRE(region->length > 0 && region->length <= UINT64_MAX - region->base);
        FUZZ_REQUIRE(region->kind <= BOOT_REGION_DEFECTIVE);
    }
    for (size_t i = 0; i < info->module_count; i++) {
        const struct boot_module *module = &info->modules[i];
        FUZZ_REQUIRE(module->base < PHYSICAL_END && module->length <= PHYSICAL_END - module->base);
        FUZZ_REQUIRE(is_closed(module->command_line, sizeof module->command_line));
    }
}

static void check_text_screen(const struct boot_framebuffer *screen)
{
    FUZZ_REQUIRE(screen->bits_per_pixel == 16);
    FUZZ_REQUIRE((screen->red_bits | screen->green_bits | screen->blue_bits) == 0);
}

static void check_pixels(const struct boot_framebuffer *screen)
{
    FUZZ_REQUIRE(screen->bits_per_pixel == 15 || screen->bits_per_pixel == 16 || screen->bits_per_pixel == 24 ||
                 screen->bits_per_pixel == 32);
    FUZZ_REQUIRE(screen->red_bits > 0 && screen->red_shift + screen->red_bits <= screen->bits_per_pixel);
    FUZZ_REQUIRE(screen->green_bits > 0 && screen->green_shift + screen->green_bits <= screen->bits_per_pixel);
    FUZZ_REQUIRE(screen->blue_bits > 0 && screen->blue_shift + screen->blue_bits <= screen->bits_per_pixel);
}

static void check_framebuffer(const struct boot_info *info)
{
    const struct boot_framebuffer *screen = &info->framebuffer;
    if (screen->kind == BOOT_FRAMEBUFFER_NONE || screen->kind == BOOT_FRAMEBUFFER_UNUSABLE) {
        FUZZ_REQUIRE(screen->base == 0 && screen->width == 0 && screen->height == 0 && screen->pitch_bytes == 0);
        return;
    }
    FUZZ_REQUIRE(screen->kind == BOOT_FRAMEBUFFER_TEXT || screen->kind == BOOT_FRAMEBUFFER_RGB);
    FUZZ_REQUIRE(screen->width > 0 && screen->height > 0);
    FUZZ_REQUIRE(screen->pitch_bytes / ((screen->bits_per_pixel + 7u) / 8) >= screen->width);
    FUZZ_REQUIRE(screen->base > 0 && screen->base < PHYSICAL_END);
    uint64_t size = (uint64_t)screen->pitch_bytes * screen->height;
    FUZZ_REQUIRE(size <= PHYSICAL_END - screen->base);
    for (size_t i = 0; i < info->region_count; i++) {
        const struct boot_region *region = &info->regions[i];
        bool is_apart = region->base >= screen->base + size || region->base + region->length <= screen->base;
        FUZZ_REQUIRE(is_apart || region->kind != BOOT_REGION_USABLE);
    }
    if (screen->kind == BOOT_FRAMEBUFFER_TEXT)
        check_text_screen(screen);
    else
        check_pixels(screen);
}

/* ACPI 6.5, 5.2.5.3 "Root System Description Pointer (RSDP) Structure" */
void rsdp_check(uint64_t address, const struct physical_view *memory)
{
    FUZZ_REQUIRE(address >= memory->base && address - memory->base < memory->length);
    uint64_t rest = memory->length - (address - memory->base);
    const uint8_t *rsdp = memory->bytes + (address - memory->base);
    FUZZ_REQUIRE(rest >= 20 && memcmp(rsdp, "RSD PTR ", 8) == 0 && fuzz_sum(rsdp, 20) == 0);
    if (rsdp[15] < 2)
        return;
    FUZZ_REQUIRE(rest >= 36 && fuzz_number(rsdp + 20, 4) >= 36 && fuzz_number(rsdp + 20, 4) <= rest);
    FUZZ_REQUIRE(fuzz_sum(rsdp, fuzz_number(rsdp + 20, 4)) == 0);
}

void boot_info_check(const struct boot_info *info, const struct physical_view *memory)
{
    FUZZ_REQUIRE(info->loader == BOOT_LOADER_MULTIBOOT2 || info->loader == BOOT_LOADER_PVH);
    FUZZ_REQUIRE(is_closed(info->loader_name, sizeof info->loader_name));
    FUZZ_REQUIRE(is_closed(info->command_line, sizeof info->command_line));
    FUZZ_REQUIRE(info->information_base >= memory->base && info->information_length <= memory->length);
    FUZZ_REQUIRE(info->information_base - memory->base <= memory->length - info->information_length);
    check_lists(info);
    check_framebuffer(info);
    if (info->rsdp_address != 0)
        rsdp_check(info->rsdp_address, memory);
}

void boot_info_check_empty(const struct boot_info *info)
{
    static const struct boot_info empty;
    FUZZ_REQUIRE(memcmp(info, &empty, sizeof empty) == 0);
}
