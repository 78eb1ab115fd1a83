/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/drivers/early_console.h>
#include <tenorite/lib/console.h>
#include <tenorite/lib/text.h>
#include <tenorite/mm/kernel_memory.h>

#include "kernel_test.h"

/* blog_os's tests of its VGA text buffer: what was printed is read back by a mapping of the test's own. */
static struct kernel_memory memory;
static struct vga_text *screen;
static volatile uint16_t *cells;

static void print(const char *text)
{
    console_write_to(&screen->console, text, strlen(text));
}

static void println_simple(void)
{
    print("test_println_simple output\n");
}

static void println_many(void)
{
    for (unsigned i = 0; i < 200; i++)
        print("test_println_many output\n");
}

static void println_output(void)
{
    static const char text[] = "Some test string that fits on a single line";
    print("\n");
    print(text);
    print("\n");
    for (size_t i = 0; i < sizeof text - 1; i++) {
        uint16_t cell = cells[23 * VGA_TEXT_COLUMNS + i];
        CHECK(cell == (0x0e00 | (uint8_t)text[i]), "cell %zu is %#x", i, cell);
    }
    for (size_t i = 0; i < VGA_TEXT_COLUMNS; i++)
        CHECK((cells[24 * VGA_TEXT_COLUMNS + i] & 0xff) == ' ', "column %zu of the last row is not blank", i);
}

static void long_lines_wrap(void)
{
    print("\n");
    for (unsigned i = 0; i < VGA_TEXT_COLUMNS; i++)
        print("a");
    print("b");
    CHECK((cells[23 * VGA_TEXT_COLUMNS + 79] & 0xff) == 'a', "%#x", cells[23 * VGA_TEXT_COLUMNS + 79]);
    CHECK((cells[24 * VGA_TEXT_COLUMNS] & 0xff) == 'b', "%#x", cells[24 * VGA_TEXT_COLUMNS]);
    CHECK((cells[24 * VGA_TEXT_COLUMNS + 1] & 0xff) == ' ', "%#x", cells[24 * VGA_TEXT_COLUMNS + 1]);
}

static void other_bytes_show_as_blocks(void)
{
    print("\n\xc3\xa4\x01");
    for (unsigned i = 0; i < 3; i++)
        CHECK((cells[24 * VGA_TEXT_COLUMNS + i] & 0xff) == 0xfe, "cell %u is %#x", i,
              cells[24 * VGA_TEXT_COLUMNS + i]);
}

void kernel_main(const struct boot_info *boot_info)
{
    static const struct kernel_test tests[] = {
        KERNEL_TEST(println_simple),
        KERNEL_TEST(println_many),
        KERNEL_TEST(println_output),
        KERNEL_TEST(long_lines_wrap),
        KERNEL_TEST(other_bytes_show_as_blocks),
    };
    enum kernel_memory_error error = kernel_memory_init(&memory, boot_info);
    ASSERT(error == KERNEL_MEMORY_OK, "%s", kernel_memory_error_text(error));
    screen = early_console_screen();
    ASSERT(screen, "no screen");
    struct mmio_mapping mapping = mmio_map(&memory.mmio, phys_addr_new(VGA_TEXT_PHYSICAL_ADDRESS),
                                           VGA_TEXT_CELLS * sizeof(uint16_t), MMIO_UNCACHED);
    ASSERT(mapping.error == MAP_OK, "error %d", (int)mapping.error);
    cells = mapping.start;
    kernel_test_run(tests, COUNT_OF(tests));
}
