/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <tenorite/app/hwreport.h>
#include <tenorite/arch/boot_info.h>
#include <tenorite/drivers/inventory.h>
#include <tenorite/mm/frames.h>

#include "acpi/acpi_double.h"
#include "clock_double.h"
#include "io.h"
#include "pci_model.h"

enum { LINES_OF_A_PART = 16, PARTS_LIMIT = 2000 };

static char report[512 * 1024];
static size_t report_length;

static void write_console(struct console *self, const char *bytes, size_t length)
{
    (void)self;
    assert_true(report_length + length < sizeof report);
    memcpy(report + report_length, bytes, length);
    report_length += length;
    report[report_length] = '\0';
}

static struct console console = {.name = "test", .write = write_console};
static struct boot_info boot_info;
static struct frames frames;
static const struct command_environment environment = {.frames = &frames, .boot_info = &boot_info};

static int set_up(void **state)
{
    static uint64_t bookkeeping[128];
    struct region memory[] = {{0x1000, 0x1000 + 1000 * PAGE_4K_BYTES}};
    struct region_list usable = {memory, 1, 1};
    (void)state;
    boot_info = (struct boot_info){.loader = BOOT_LOADER_MULTIBOOT2};
    acpi_double_tables = (struct acpi_tables){.error = ACPI_NO_ROOT_POINTER};
    frames_init(&frames, bookkeeping, sizeof bookkeeping, &usable);
    assert_true(frames_alloc_run(&frames, (struct frames_request){.count = 750}).is_valid);
    clock_double_set_ns(12034567890);
    pci_model_reset();
    return 0;
}

static unsigned count_lines(const char *text)
{
    unsigned lines = 0;
    for (; *text != '\0'; text++)
        lines += *text == '\n';
    return lines;
}

/* Prints all of it, and checks what holds for every report. */
static void print_report(void)
{
    report_length = 0;
    report[0] = '\0';
    console.is_mid_line = false;
    unsigned part = 0;
    for (size_t before = 0; hwreport_print_part(&environment, &console, part); before = report_length, part++) {
        assert_true(part < PARTS_LIMIT);
        assert_in_range(count_lines(report + before), 0, LINES_OF_A_PART);
    }
    size_t length = report_length;
    for (unsigned i = 0; i < 3; i++)
        assert_false(hwreport_print_part(&environment, &console, part + i));
    assert_int_equal(report_length, length);

    size_t column = 0;
    for (size_t i = 0; i < report_length; i++) {
        column = report[i] == '\n' ? 0 : column + 1;
        assert_true(column <= HWREPORT_COLUMNS);
        assert_true(report[i] == '\n' || (report[i] >= 0x20 && report[i] <= 0x7e));
    }
    static const char begin[] = HWREPORT_BEGIN "\n", end[] = "\n" HWREPORT_END "\n";
    assert_memory_equal(report, begin, sizeof begin - 1);
    assert_string_equal(report + report_length - (sizeof end - 1), end);
}

static void expect(const char *text)
{
    if (!strstr(report, text))
        fail_msg("no \"%s\" in\n%s", text, report);
}

static void a_report_tells_every_fact_under_its_title(void **state)
{
    (void)state;
    strcpy(boot_info.loader_name, "GRUB 2.06");
    strcpy(boot_info.command_line, "log=debug a=\"b c\"");
    boot_info.firmware = BOOT_FIRMWARE_UEFI;
    boot_info.region_count = 2;
    boot_info.regions[0] = (struct boot_region){0, 0x9fc00, BOOT_REGION_USABLE};
    boot_info.regions[1] = (struct boot_region){0xfd00000000, 0x300000000, BOOT_REGION_ACPI_NVS};
    boot_info.framebuffer =
        (struct boot_framebuffer){BOOT_FRAMEBUFFER_RGB, 0xfd000000, 4096, 1024, 768, 32, 16, 8, 8, 7, 0, 6};
    print_report();
    expect("\nTenorite ");
    expect(", up 12.034 s\n");
    expect("\nboot\n  protocol       Multiboot2\n  loader         GRUB 2.06\n  firmware       UEFI\n");
    expect("\ncommand line\n  \"log=debug a=\"b c\"\"\n");
    expect("\n  vendor         HostDouble?!, family 25, model 0x61, stepping 2\n");
    expect("\n  addresses      46 bits physical, 48 bits virtual\n");
    expect("\n  hypervisor     none that shows itself\n");
    expect("\n  features       nx=yes smep=no tsc=yes rdrand=no\n");
    expect("\n  in use         wp=yes nx=yes smep=no\n");
    expect("\n  0x0000000000000000  0x000000000009fbff             639 KiB  usable\n");
    expect("\n  0x000000fd00000000  0x000000ffffffffff        12582912 KiB  ACPI non-volatile\n");
    expect("\n  1000 KiB free of 4000 KiB\n");
    expect("\n  pixels, 1024x768, 32 bits each, 4096 bytes a line, at 0xfd000000\n"
           "  red 8 bits at bit 16, green 7 at 8, blue 6 at 0\n");
    expect("\ninterrupts\n  spurious       0\n");
}

static void what_is_not_there_is_called_so(void **state)
{
    (void)state;
    boot_info.loader = BOOT_LOADER_PVH;
    io_double_reset();
    print_report();
    expect("\n  protocol       PVH\n  loader         does not say its name\n  firmware       not known\n");
    expect("\ncommand line\n  \"\"\n");
    expect("\nmemory map, as the loader reported it\n  none\n");
    expect("\nACPI tables\n  none: an ACPI error\n");
    expect("\npower, what is tried first\n"
           "  power-off      none: there is no ACPI root pointer\n"
           "  reset          keyboard controller\n");
    expect("\nscreen, as the loader reported it\n  nothing\n");
    expect("\ndevices that the kernel uses\n  none\n");
    expect("\nPCI functions\n  none\n");
}

static void devices_are_listed_found_or_missing(void **state)
{
    (void)state;
    inventory_found("serial", "port %#x", 0x3f8);
    inventory_missing("keyboard", "no controller answers");
    print_report();
    expect("\ndevices that the kernel uses\n  serial         port 0x3f8\n"
           "  keyboard       missing: no controller answers\n");
}

static void pci_functions_of_every_bus_are_listed(void **state)
{
    (void)state;
    const uint32_t host[16] = {0x12378086, 0, 0x06000002}, network[16] = {0x100e8086, 0, 0x02000003};
    const uint32_t bridge[16] = {0x00011b36, 0, 0x06040000, 0x00010000, 0, 0, 0x00ff0100};
    pci_model_add((struct pci_address){0, 0, 0}, host);
    pci_model_add((struct pci_address){0, 3, 0}, bridge);
    pci_model_add((struct pci_address){255, 31, 0}, network);
    print_report();
    expect("\nPCI functions\n"
           "  00:00.0  8086:1237  class 06.00.00  header 00  host bridge\n"
           "  00:03.0  1b36:0001  class 06.04.00  header 01  PCI bridge to bus 01\n"
           "  ff:1f.0  8086:100e  class 02.00.00  header 00  Ethernet controller\n");
}

static void acpi_tables_are_listed_with_what_is_wrong(void **state)
{
    (void)state;
    acpi_double_tables = (struct acpi_tables){
        .error = ACPI_OK,
        .rsdp_address = 0xf5a80,
        .revision = 2,
        .oem_id = "BOCHS ",
        .count = 2,
        .tables = {{"FACP", "BOCHS ", 1, 0x7fe17a8, 116, ACPI_TABLE_OK},
                   {"", "", 0, UINT64_MAX, UINT32_MAX, ACPI_TABLE_OUT_OF_REACH}},
        .left_out_count = 3,
    };
    print_report();
    expect("\nACPI tables\n"
           "  root pointer   at 0xf5a80, revision 2, OEM \"BOCHS \"\n"
           "  (3 more tables than the kernel keeps)\n"
           "  FACP  0x0000000007fe17a8       116 bytes  revision 1, OEM \"BOCHS \"\n"
           "        0xffffffffffffffff  4294967295 bytes  revision 0, OEM \"\": a state\n");
}

/* What a loader and firmware may say at worst: texts of full length, of bytes that no terminal should get. */
static void no_text_breaks_the_form(void **state)
{
    (void)state;
    for (unsigned byte = 1; byte < 256; byte++) {
        memset(boot_info.command_line, (int)byte, sizeof boot_info.command_line - 1);
        memset(boot_info.loader_name, (int)byte, sizeof boot_info.loader_name - 1);
        boot_info.command_line_was_cut = true;
        print_report();
        expect("(longer than what the kernel keeps)");
    }
    boot_info.region_count = BOOT_MAX_REGIONS;
    for (size_t i = 0; i < BOOT_MAX_REGIONS; i++)
        boot_info.regions[i] = (struct boot_region){UINT64_MAX - 1, 1, (enum boot_region_kind)(i % 5)};
    boot_info.regions[1] = (struct boot_region){0, UINT64_MAX, BOOT_REGION_RESERVED};
    print_report();
}

/* A report that is interrupted by nothing but its parts keeps every byte of the command line. */
static void long_command_lines_are_kept_whole(void **state)
{
    (void)state;
    static const size_t lengths[] = {1, 75, 76, 77, 151, 152, 153, 1023};
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        char joined[BOOT_COMMAND_LINE_BYTES] = "";
        memset(boot_info.command_line, 0, sizeof boot_info.command_line);
        for (size_t k = 0; k < lengths[i]; k++)
            boot_info.command_line[k] = (char)('a' + k % 26);
        print_report();
        char *line = strstr(report, "\ncommand line\n");
        assert_non_null(line);
        line += strlen("\ncommand line\n");
        while (memcmp(line, "  \"", 3) == 0) {
            char *quote = strchr(line + 3, '"');
            assert_non_null(quote);
            assert_true(quote - line < 80); /* a row of a text screen: a page is to fit */
            strncat(joined, line + 3, (size_t)(quote - line - 3));
            line = quote + 2;
        }
        assert_string_equal(joined, boot_info.command_line);
    }
}

/* Appends what a page shows of the report to `joined`; returns the number of pages that it names. */
static unsigned append_page(char *joined, unsigned page)
{
    report_length = 0;
    report[0] = '\0';
    hwreport_print_page(&environment, &console, page);
    char *last = strstr(report, "(page ");
    assert_non_null(last);
    unsigned shown, pages;
    assert_int_equal(sscanf(last, "(page %u of %u)\n", &shown, &pages), 2);
    assert_int_equal(shown, page);
    *last = '\0';
    assert_in_range(count_lines(report), page < pages ? HWREPORT_PAGE_LINES : 0, HWREPORT_PAGE_LINES);
    strcat(joined, report);
    return pages;
}

static void pages_together_are_the_report(void **state)
{
    (void)state;
    static char whole[64 * 1024], joined[64 * 1024];
    for (size_t regions = 0; regions < 40; regions++) {
        boot_info.region_count = regions;
        print_report();
        assert_true(report_length < sizeof whole);
        strcpy(whole, report);
        unsigned whole_pages = (count_lines(whole) + 19) / 20;
        joined[0] = '\0';
        for (unsigned page = 1; page <= whole_pages; page++)
            assert_int_equal(append_page(joined, page), whole_pages);
        assert_string_equal(joined, whole);
        append_page(joined, whole_pages + 1);
        append_page(joined, HWREPORT_PAGES_LIMIT);
        assert_string_equal(joined, whole);
    }
}

static void a_report_starts_on_a_line_of_its_own(void **state)
{
    (void)state;
    report_length = 0;
    console.is_mid_line = true;
    assert_true(hwreport_print_part(&environment, &console, 0));
    assert_int_equal(report[0], '\n');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_not_there_is_called_so, set_up),
        cmocka_unit_test_setup(a_report_tells_every_fact_under_its_title, set_up),
        cmocka_unit_test_setup(devices_are_listed_found_or_missing, set_up),
        cmocka_unit_test_setup(pci_functions_of_every_bus_are_listed, set_up),
        cmocka_unit_test_setup(acpi_tables_are_listed_with_what_is_wrong, set_up),
        cmocka_unit_test_setup(no_text_breaks_the_form, set_up),
        cmocka_unit_test_setup(long_command_lines_are_kept_whole, set_up),
        cmocka_unit_test_setup(pages_together_are_the_report, set_up),
        cmocka_unit_test_setup(a_report_starts_on_a_line_of_its_own, set_up),
    };
    return cmocka_run_group_tests_name("hwreport", tests, NULL, NULL);
}
