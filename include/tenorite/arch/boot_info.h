/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * What the boot loader told us, in one form for every loader. Filled by the loader's parser, which copies everything
 * it keeps: nothing here points into the loader's memory. All addresses are physical.
 */
enum boot_loader { BOOT_LOADER_MULTIBOOT2, BOOT_LOADER_PVH };

/* What ran before the loader; UNKNOWN where the loader passes nothing that would tell (PVH). */
enum boot_firmware { BOOT_FIRMWARE_UNKNOWN, BOOT_FIRMWARE_BIOS, BOOT_FIRMWARE_UEFI };

/* The kinds of the ACPI address map; whatever a loader reports beyond them counts as reserved. */
enum boot_region_kind {
    BOOT_REGION_USABLE,
    BOOT_REGION_RESERVED,
    BOOT_REGION_ACPI_RECLAIMABLE,
    BOOT_REGION_ACPI_NVS,
    BOOT_REGION_DEFECTIVE,
};

struct boot_region {
    uint64_t base;
    uint64_t length; /* base + length does not wrap */
    enum boot_region_kind kind;
};

struct boot_module {
    uint64_t base;
    uint64_t length;
    char command_line[64];
};

enum boot_framebuffer_kind {
    BOOT_FRAMEBUFFER_NONE,     /* the loader said nothing */
    BOOT_FRAMEBUFFER_TEXT,     /* text mode */
    BOOT_FRAMEBUFFER_RGB,      /* pixels with a field each for red, green and blue */
    BOOT_FRAMEBUFFER_UNUSABLE, /* what the loader said is of no known kind, or contradicts itself; nothing else is set */
};

struct boot_framebuffer {
    enum boot_framebuffer_kind kind;
    uint64_t base;
    uint32_t pitch_bytes, width, height; /* width and height in pixels, or in characters for TEXT */
    uint8_t bits_per_pixel;              /* RGB: 15, 16, 24 or 32; 15 take two bytes */
    uint8_t red_shift, red_bits, green_shift, green_bits, blue_shift, blue_bits;
};

enum { BOOT_MAX_REGIONS = 128, BOOT_MAX_MODULES = 16, BOOT_COMMAND_LINE_BYTES = 1024 };

struct boot_info {
    enum boot_loader loader;
    enum boot_firmware firmware;
    char loader_name[64];
    char command_line[BOOT_COMMAND_LINE_BYTES];
    bool command_line_was_cut;
    size_t region_count; /* as reported: unsorted, may overlap */
    struct boot_region regions[BOOT_MAX_REGIONS];
    size_t module_count;
    struct boot_module modules[BOOT_MAX_MODULES];
    struct boot_framebuffer framebuffer;
    uint64_t rsdp_address; /* of the ACPI root pointer (or of the loader's copy of it), 0 if unknown */
    uint64_t information_base, information_length; /* the loader's own tables: not free memory */
};

/* For people: "usable", "UEFI". Any context. */
const char *boot_region_kind_text(enum boot_region_kind kind);
const char *boot_firmware_text(enum boot_firmware firmware);

/*
 * Called once, before anything else can fail, so that it can be seen: registers the consoles that need no boot
 * information. src/drivers/early_console.c supplies one for the first serial port; a kernel that defines its own
 * replaces it.
 */
void kernel_early_init(void);

/* The kernel proper, supplied by whoever links one (src/main.c here): called once, on the boot stack, with interrupts
 * off, all 256 interrupt vectors handled, and nothing else. Must not return. */
NO_RETURN void kernel_main(const struct boot_info *boot_info);
