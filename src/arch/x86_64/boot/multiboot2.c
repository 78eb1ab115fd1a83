/* SPDX-License-Identifier: MIT */
/*
 * The Multiboot2 parser: turns the tags a loader left in memory into a struct boot_info.
 *
 *     0          4          8                                          total_size
 *     +----------+----------+-------+-------+-- ... --+-------+--------+
 *     |total_size| reserved | tag   | tag   |         | tag   | end tag|    each starts at a multiple of 8
 *     +----------+----------+-------+-------+-- ... --+-------+--------+
 *     a tag: u32 type, u32 size (of the whole tag, without the padding behind it), contents
 *
 * find_information() establishes M1, check_chain() M2; only then are contents read, tag by tag, each through a span
 * that ends where the tag ends.
 *
 * Invariants
 *   M1  The information lies inside the view as a whole, and its size is a multiple of 8 from 16 to
 *       MULTIBOOT2_MAX_BYTES.
 *   M2  Walking from tag to tag advances by at least 8 bytes a step, stays inside the information, and ends at its
 *       last 8 bytes, which are the only end tag.
 *   M3  No read goes beyond the tag that it belongs to (byte_span.h).
 */
#include <tenorite/arch/address.h>
#include <tenorite/lib/text.h>

#include "arch/x86_64/boot/boot_collect.h"
#include "arch/x86_64/boot/multiboot2.h"

enum tag_type {
    TAG_END = 0,
    TAG_COMMAND_LINE = 1,
    TAG_LOADER_NAME = 2,
    TAG_MODULE = 3,
    TAG_MEMORY_MAP = 6,
    TAG_FRAMEBUFFER = 8,
    TAG_EFI32_SYSTEM_TABLE = 11,
    TAG_EFI64_SYSTEM_TABLE = 12,
    TAG_OLD_RSDP = 14,
    TAG_NEW_RSDP = 15,
    TAG_EFI_MEMORY_MAP = 17,
    TAG_EFI_BOOT_SERVICES = 18,
    TAG_EFI32_IMAGE_HANDLE = 19,
    TAG_EFI64_IMAGE_HANDLE = 20,
};

enum { INFORMATION_HEADER_BYTES = 8, TAG_HEADER_BYTES = 8, TAG_ALIGNMENT = 8 };

static uint32_t tag_type(struct byte_span tag)
{
    return byte_span_u32(tag, 0);
}

static uint32_t tag_size(struct byte_span tag)
{
    return byte_span_u32(tag, 4);
}

/* The tag at `offset`; its span reaches up to where its own size says, or the information ends. */
static struct byte_span tag_at(struct byte_span information, size_t offset)
{
    struct byte_span rest = byte_span_slice(information, offset, information.length);
    return byte_span_slice(rest, 0, tag_size(rest));
}

static size_t next_tag_offset(size_t offset, size_t size)
{
    return offset + ((size + TAG_ALIGNMENT - 1) & ~(size_t)(TAG_ALIGNMENT - 1));
}

static enum multiboot2_error find_information(const struct physical_view *memory, uint64_t address,
                                              struct byte_span *information)
{
    if (address == 0)
        return MULTIBOOT2_NULL;
    if (address % TAG_ALIGNMENT != 0)
        return MULTIBOOT2_MISALIGNED;
    if (!physical_view_shows(memory, address, INFORMATION_HEADER_BYTES))
        return MULTIBOOT2_OUTSIDE_MEMORY;
    uint32_t total = byte_span_u32(physical_view_tail(memory, address), 0);
    if (total < INFORMATION_HEADER_BYTES + TAG_HEADER_BYTES)
        return MULTIBOOT2_TOO_SMALL;
    if (total > MULTIBOOT2_MAX_BYTES)
        return MULTIBOOT2_TOO_LARGE;
    if (total % TAG_ALIGNMENT != 0)
        return MULTIBOOT2_NOT_PADDED;
    if (!physical_view_shows(memory, address, total))
        return MULTIBOOT2_OUTSIDE_MEMORY;
    *information = physical_view_span(memory, address, total);
    return MULTIBOOT2_OK;
}

static enum multiboot2_error check_chain(struct byte_span information)
{
    size_t offset = INFORMATION_HEADER_BYTES;
    while (offset < information.length) {
        struct byte_span rest = byte_span_slice(information, offset, information.length);
        uint32_t size = tag_size(rest);
        if (tag_type(rest) == TAG_END) {
            if (size != TAG_HEADER_BYTES)
                return MULTIBOOT2_BAD_END_TAG_SIZE;
            return rest.length == TAG_HEADER_BYTES ? MULTIBOOT2_OK : MULTIBOOT2_END_TAG_NOT_LAST;
        }
        if (size < TAG_HEADER_BYTES || size > rest.length)
            return MULTIBOOT2_BAD_TAG_SIZE;
        offset = next_tag_offset(offset, size);
    }
    return MULTIBOOT2_NO_END_TAG;
}

static bool has_text(struct byte_span contents)
{
    return byte_span_text_length(contents) < contents.length;
}

/* u32 type, u32 size, text (3.6.5 "Boot command line", 3.6.9 "Boot loader name") */
static enum multiboot2_error collect_text(struct byte_span tag, struct boot_info *out)
{
    struct byte_span text = byte_span_slice(tag, TAG_HEADER_BYTES, tag.length);
    if (!has_text(text))
        return MULTIBOOT2_TEXT_WITHOUT_END;
    if (tag_type(tag) == TAG_COMMAND_LINE)
        boot_collect_command_line(out, text);
    else
        text_copy(out->loader_name, sizeof out->loader_name, (const char *)text.bytes, text.length);
    return MULTIBOOT2_OK;
}

/* u32 type, u32 size, u32 start, u32 end, text (3.6.6 "Modules") */
static enum multiboot2_error collect_module(struct byte_span tag, struct boot_info *out)
{
    struct byte_span text = byte_span_slice(tag, 16, tag.length);
    if (!has_text(text))
        return MULTIBOOT2_TEXT_WITHOUT_END;
    uint32_t start = byte_span_u32(tag, 8), end = byte_span_u32(tag, 12);
    if (end < start)
        return MULTIBOOT2_BAD_MODULE;
    switch (boot_collect_module(out, start, end - start, text)) {
    case BOOT_COLLECT_OK:
        return MULTIBOOT2_OK;
    case BOOT_COLLECT_FULL:
        return MULTIBOOT2_TOO_MANY_MODULES;
    case BOOT_COLLECT_BAD_RANGE:
        break;
    }
    return MULTIBOOT2_BAD_MODULE;
}

/* u32 type, u32 size, u32 entry_size, u32 entry_version, entries: u64 base, u64 length, u32 type, u32 reserved, and
 * whatever later versions append to an entry (3.6.8 "Memory map") */
static enum multiboot2_error collect_memory_map(struct byte_span tag, struct boot_info *out)
{
    enum { ENTRIES_AT = 16, ENTRY_BYTES = 24 };
    size_t stride = byte_span_u32(tag, 8);
    if (tag.length < ENTRIES_AT || stride < ENTRY_BYTES || stride % 8 != 0 || (tag.length - ENTRIES_AT) % stride != 0)
        return MULTIBOOT2_BAD_MEMORY_MAP;
    for (size_t at = ENTRIES_AT; at < tag.length; at += stride) {
        struct byte_span entry = byte_span_slice(tag, at, stride);
        if (boot_collect_region(out, byte_span_u64(entry, 0), byte_span_u64(entry, 8), byte_span_u32(entry, 16)) !=
            BOOT_COLLECT_OK)
            return MULTIBOOT2_TOO_MANY_REGIONS;
    }
    return MULTIBOOT2_OK;
}

static const struct boot_framebuffer unusable_framebuffer = {.kind = BOOT_FRAMEBUFFER_UNUSABLE};

static bool field_fits(uint8_t shift, uint8_t bits, uint8_t bits_per_pixel)
{
    return bits > 0 && (unsigned)shift + bits <= bits_per_pixel;
}

static bool is_pixel_size(uint8_t bits)
{
    return bits == 15 || bits == 16 || bits == 24 || bits == 32;
}

static bool framebuffer_is_usable(const struct boot_framebuffer *screen)
{
    uint64_t bytes_per_pixel = (screen->bits_per_pixel + 7u) / 8;
    uint64_t size = (uint64_t)screen->pitch_bytes * screen->height;
    if (screen->base == 0 || screen->width == 0 || screen->height == 0)
        return false;
    if (!phys_addr_is_valid(screen->base) || size > (1ull << PHYS_ADDR_BITS) - screen->base)
        return false;
    if (screen->pitch_bytes < screen->width * bytes_per_pixel)
        return false;
    if (screen->kind == BOOT_FRAMEBUFFER_TEXT)
        return screen->bits_per_pixel == 16;
    return is_pixel_size(screen->bits_per_pixel) &&
           field_fits(screen->red_shift, screen->red_bits, screen->bits_per_pixel) &&
           field_fits(screen->green_shift, screen->green_bits, screen->bits_per_pixel) &&
           field_fits(screen->blue_shift, screen->blue_bits, screen->bits_per_pixel);
}

/* u32 type, u32 size, u64 base, u32 pitch, u32 width, u32 height, u8 bits per pixel, u8 kind, u16 reserved, then for
 * RGB a position and a size, u8 each, of red, green and blue (3.6.12 "Framebuffer info"; that `reserved` has two
 * bytes follows from the specification's multiboot2.h, its drawing is off by one) */
static void collect_framebuffer(struct byte_span tag, struct boot_info *out)
{
    enum { KIND_RGB = 1, KIND_TEXT = 2, COLOURS_AT = 32 };
    uint8_t kind = byte_span_u8(tag, 29);
    struct boot_framebuffer screen = {
        .kind = kind == KIND_RGB ? BOOT_FRAMEBUFFER_RGB : BOOT_FRAMEBUFFER_TEXT,
        .base = byte_span_u64(tag, 8),
        .pitch_bytes = byte_span_u32(tag, 16),
        .width = byte_span_u32(tag, 20),
        .height = byte_span_u32(tag, 24),
        .bits_per_pixel = byte_span_u8(tag, 28),
    };
    if (kind == KIND_RGB) {
        screen.red_shift = byte_span_u8(tag, COLOURS_AT);
        screen.red_bits = byte_span_u8(tag, COLOURS_AT + 1);
        screen.green_shift = byte_span_u8(tag, COLOURS_AT + 2);
        screen.green_bits = byte_span_u8(tag, COLOURS_AT + 3);
        screen.blue_shift = byte_span_u8(tag, COLOURS_AT + 4);
        screen.blue_bits = byte_span_u8(tag, COLOURS_AT + 5);
    }
    bool is_known = kind == KIND_RGB || kind == KIND_TEXT;
    out->framebuffer = is_known && framebuffer_is_usable(&screen) ? screen : unusable_framebuffer;
}

/* u32 type, u32 size, copy (3.6.16 "ACPI old RSDP", 3.6.17 "ACPI new RSDP") */
static void collect_rsdp(struct byte_span tag, uint64_t tag_address, struct boot_info *out)
{
    bool is_second_choice = tag_type(tag) == TAG_OLD_RSDP && out->rsdp_address != 0;
    if (!is_second_choice && boot_collect_is_rsdp(byte_span_slice(tag, TAG_HEADER_BYTES, tag.length)))
        out->rsdp_address = tag_address + TAG_HEADER_BYTES;
}

static enum multiboot2_error collect_tag(struct byte_span tag, uint64_t tag_address, struct boot_info *out)
{
    switch (tag_type(tag)) {
    case TAG_COMMAND_LINE:
    case TAG_LOADER_NAME:
        return collect_text(tag, out);
    case TAG_MODULE:
        return collect_module(tag, out);
    case TAG_MEMORY_MAP:
        return collect_memory_map(tag, out);
    case TAG_FRAMEBUFFER:
        collect_framebuffer(tag, out);
        return MULTIBOOT2_OK;
    case TAG_OLD_RSDP:
    case TAG_NEW_RSDP:
        collect_rsdp(tag, tag_address, out);
        return MULTIBOOT2_OK;
    case TAG_EFI32_SYSTEM_TABLE:
    case TAG_EFI64_SYSTEM_TABLE:
    case TAG_EFI_MEMORY_MAP:
    case TAG_EFI_BOOT_SERVICES:
    case TAG_EFI32_IMAGE_HANDLE:
    case TAG_EFI64_IMAGE_HANDLE:
        out->firmware = BOOT_FIRMWARE_UEFI; /* their contents are not used */
        return MULTIBOOT2_OK;
    default:
        return MULTIBOOT2_OK;
    }
}

/* A screen that would be drawn into memory which the frame allocator hands out is no screen. */
static void drop_framebuffer_in_usable_memory(struct boot_info *out)
{
    const struct boot_framebuffer *screen = &out->framebuffer;
    uint64_t end = screen->base + (uint64_t)screen->pitch_bytes * screen->height;
    for (size_t i = 0; i < out->region_count; i++) {
        const struct boot_region *region = &out->regions[i];
        if (region->kind != BOOT_REGION_USABLE || region->base >= end ||
            region->base + region->length <= screen->base)
            continue;
        out->framebuffer = unusable_framebuffer;
        return;
    }
}

static enum multiboot2_error collect_all(const struct physical_view *memory, uint64_t address, struct boot_info *out)
{
    struct byte_span information;
    enum multiboot2_error error = find_information(memory, address, &information);
    if (error != MULTIBOOT2_OK)
        return error;
    error = check_chain(information);
    out->firmware = BOOT_FIRMWARE_BIOS;
    size_t offset = INFORMATION_HEADER_BYTES;
    while (error == MULTIBOOT2_OK && offset < information.length) {
        struct byte_span tag = tag_at(information, offset);
        error = collect_tag(tag, address + offset, out);
        offset = next_tag_offset(offset, tag.length);
    }
    drop_framebuffer_in_usable_memory(out);
    out->loader = BOOT_LOADER_MULTIBOOT2;
    out->information_base = address;
    out->information_length = information.length;
    return error;
}

enum multiboot2_error multiboot2_parse(const struct physical_view *memory, uint64_t information,
                                       struct boot_info *out)
{
    memset(out, 0, sizeof *out);
    enum multiboot2_error error = collect_all(memory, information, out);
    if (error != MULTIBOOT2_OK)
        memset(out, 0, sizeof *out);
    return error;
}

const char *multiboot2_error_text(enum multiboot2_error error)
{
    switch (error) {
    case MULTIBOOT2_OK:
        return "no error";
    case MULTIBOOT2_NULL:
        return "the Multiboot2 information is at address 0";
    case MULTIBOOT2_MISALIGNED:
        return "the Multiboot2 information is not aligned to 8 bytes";
    case MULTIBOOT2_OUTSIDE_MEMORY:
        return "the Multiboot2 information lies outside the memory mapped at boot";
    case MULTIBOOT2_TOO_SMALL:
        return "the Multiboot2 information claims less than 16 bytes";
    case MULTIBOOT2_TOO_LARGE:
        return "the Multiboot2 information claims more than 1 MiB";
    case MULTIBOOT2_NOT_PADDED:
        return "the size of the Multiboot2 information is not a multiple of 8";
    case MULTIBOOT2_BAD_TAG_SIZE:
        return "a Multiboot2 tag is smaller than its header or larger than what is left";
    case MULTIBOOT2_BAD_END_TAG_SIZE:
        return "the Multiboot2 end tag does not have 8 bytes";
    case MULTIBOOT2_NO_END_TAG:
        return "the Multiboot2 information has no end tag";
    case MULTIBOOT2_END_TAG_NOT_LAST:
        return "the Multiboot2 information goes on behind its end tag";
    case MULTIBOOT2_TEXT_WITHOUT_END:
        return "a text in a Multiboot2 tag has no closing NUL";
    case MULTIBOOT2_BAD_MODULE:
        return "a Multiboot2 module ends before it starts";
    case MULTIBOOT2_TOO_MANY_MODULES:
        return "the Multiboot2 loader passed more modules than the kernel can keep";
    case MULTIBOOT2_BAD_MEMORY_MAP:
        return "the entries of the Multiboot2 memory map have an impossible size";
    case MULTIBOOT2_TOO_MANY_REGIONS:
        return "the Multiboot2 memory map has more regions than the kernel can keep";
    }
    return "unknown Multiboot2 error";
}
