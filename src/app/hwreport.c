/* SPDX-License-Identifier: MIT */
#include <tenorite/app/hwreport.h>

#include <tenorite/arch/acpi.h>
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/cpu.h>
#include <tenorite/arch/cpu_identity.h>
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/power.h>
#include <tenorite/arch/timer.h>
#include <tenorite/drivers/inventory.h>
#include <tenorite/drivers/pci.h>
#include <tenorite/lib/format.h>
#include <tenorite/lib/printk.h>
#include <tenorite/lib/text.h>
#include <tenorite/lib/version.h>
#include <tenorite/mm/frames.h>

/*
 * The report is a table of sections. A section has a number of parts; the number of a part of the report is found by
 * counting through them, so that nothing has to be remembered between two parts.
 */
struct section {
    const char *title;                                                /* NULL: none */
    unsigned (*count)(const struct command_environment *environment); /* of its parts; NULL: one */
    void (*print)(const struct command_environment *environment, struct console *output, unsigned part);
};

static void print_line(struct console *output, const char *format, ...) PRINTF_LIKE(2, 3);

/* What comes from firmware may hold any byte, and be of any length. */
static void print_line(struct console *output, const char *format, ...)
{
    static const char dots[] = "...";
    char text[HWREPORT_COLUMNS + sizeof "\n"];
    va_list arguments;
    va_start(arguments, format);
    size_t length = format_string_va(text, HWREPORT_COLUMNS + 1, format, arguments);
    va_end(arguments);
    if (length > HWREPORT_COLUMNS) {
        length = HWREPORT_COLUMNS;
        memcpy(text + HWREPORT_COLUMNS + 1 - sizeof dots, dots, sizeof dots);
    }
    for (size_t i = 0; i < length; i++)
        if (text[i] < 0x20 || text[i] > 0x7e)
            text[i] = '?';
    text[length] = '\n';
    console_write_to(output, text, length + 1);
}

static void print_field(struct console *output, const char *name, const char *text)
{
    print_line(output, "  %-14s %s", name, text);
}

static unsigned long long kib(uint64_t bytes)
{
    return (unsigned long long)bytes / 1024;
}

static void print_head(const struct command_environment *environment, struct console *output, unsigned part)
{
    (void)environment;
    (void)part;
    unsigned long long milliseconds = clock_ns() / 1000000;
    console_start_line_on(output);
    print_line(output, "%s", HWREPORT_BEGIN);
    print_line(output, "Tenorite %s, built by %s, up %llu.%03llu s", TENORITE_VERSION, COMPILER_NAME,
               milliseconds / 1000, milliseconds % 1000);
}

static void print_boot(const struct command_environment *environment, struct console *output, unsigned part)
{
    (void)part;
    const struct boot_info *boot = environment->boot_info;
    print_field(output, "protocol", boot->loader == BOOT_LOADER_MULTIBOOT2 ? "Multiboot2" : "PVH");
    print_field(output, "loader", boot->loader_name[0] != '\0' ? boot->loader_name : "does not say its name");
    print_field(output, "firmware", boot_firmware_text(boot->firmware));
    print_line(output, "  %-14s %zu", "modules", boot->module_count);
}

/* In quotation marks: spaces at the end of a line get lost on the way into a report. No longer than a row of a text screen:
 * a page of a report, which may be all command line, is to fit there. */
static void print_command_line(const struct command_environment *environment, struct console *output, unsigned part)
{
    enum { BYTES_A_LINE = 76 };
    (void)part;
    const char *rest = environment->boot_info->command_line;
    do {
        print_line(output, "  \"%.*s\"", BYTES_A_LINE, rest);
        rest += strlen(rest) < BYTES_A_LINE ? strlen(rest) : BYTES_A_LINE;
    } while (*rest != '\0');
    if (environment->boot_info->command_line_was_cut)
        print_line(output, "  (longer than what the kernel keeps)");
}

/* Prints facts 0 and on, a few on each line. */
static void print_facts(struct console *output, const char *name, bool (*fact_at)(size_t, struct cpu_fact *))
{
    enum { FACTS_A_LINE = 5 };
    struct cpu_fact fact;
    for (size_t i = 0; fact_at(i, &fact);) {
        char text[HWREPORT_COLUMNS] = "";
        size_t length = 0;
        do
            length = format_append(text, sizeof text, length, "%s%s=%s", length > 0 ? " " : "", fact.name,
                                   fact.is_true ? "yes" : "no");
        while (++i % FACTS_A_LINE != 0 && fact_at(i, &fact));
        print_field(output, name, text);
    }
}

static void print_cpu(const struct command_environment *environment, struct console *output, unsigned part)
{
    (void)environment;
    (void)part;
    struct cpu_identity cpu = cpu_identity();
    print_field(output, "name", cpu_name());
    print_line(output, "  %-14s %s, family %u, model %#x, stepping %u", "vendor", cpu.vendor, cpu.family, cpu.model,
               cpu.stepping);
    print_line(output, "  %-14s %u bits physical, %u bits virtual", "addresses", cpu.physical_bits, cpu.virtual_bits);
    print_field(output, "hypervisor", cpu.hypervisor[0] != '\0' ? cpu.hypervisor : "none that shows itself");
    print_facts(output, "features", cpu_feature);
    print_facts(output, "in use", cpu_protection);
}

static unsigned count_regions(const struct command_environment *environment)
{
    return (unsigned)environment->boot_info->region_count;
}

static void print_region(const struct command_environment *environment, struct console *output, unsigned part)
{
    const struct boot_region *region = &environment->boot_info->regions[part];
    print_line(output, "  0x%016llx  0x%016llx  %14llu KiB  %s", (unsigned long long)region->base,
               (unsigned long long)(region->base + region->length - 1), kib(region->length),
               boot_region_kind_text(region->kind));
}

static void print_memory(const struct command_environment *environment, struct console *output, unsigned part)
{
    (void)part;
    struct frames_statistics frames = frames_statistics(environment->frames);
    print_line(output, "  %llu KiB free of %llu KiB", (unsigned long long)frames.free_count * 4,
               (unsigned long long)frames.total_count * 4);
}

/* The root pointer, and then each table. */
static unsigned count_acpi(const struct command_environment *environment)
{
    (void)environment;
    return 1 + (unsigned)acpi_tables()->count;
}

static void print_acpi_root(struct console *output, const struct acpi_tables *tables)
{
    if (tables->error != ACPI_OK)
        print_line(output, "  none: %s", acpi_error_text(tables->error));
    if (tables->rsdp_address != 0)
        print_line(output, "  %-14s at %#llx, revision %u, OEM \"%s\"", "root pointer",
                   (unsigned long long)tables->rsdp_address, tables->revision, tables->oem_id);
    if (tables->left_out_count > 0)
        print_line(output, "  (%zu more tables than the kernel keeps)", tables->left_out_count);
}

static void print_acpi(const struct command_environment *environment, struct console *output, unsigned part)
{
    (void)environment;
    const struct acpi_tables *tables = acpi_tables();
    if (part == 0) {
        print_acpi_root(output, tables);
        return;
    }
    const struct acpi_table *table = &tables->tables[part - 1];
    print_line(output, "  %-4s  0x%016llx  %8u bytes  revision %u, OEM \"%s\"%s%s", table->signature,
               (unsigned long long)table->address, table->length_bytes, table->revision, table->oem_id,
               table->state == ACPI_TABLE_OK ? "" : ": ",
               table->state == ACPI_TABLE_OK ? "" : acpi_table_state_text(table->state));
}

static void print_screen(const struct command_environment *environment, struct console *output, unsigned part)
{
    (void)part;
    const struct boot_framebuffer *screen = &environment->boot_info->framebuffer;
    switch (screen->kind) {
    case BOOT_FRAMEBUFFER_NONE:
        print_line(output, "  nothing");
        return;
    case BOOT_FRAMEBUFFER_UNUSABLE:
        print_line(output, "  what cannot be used");
        return;
    case BOOT_FRAMEBUFFER_TEXT:
        print_line(output, "  text, %ux%u characters, at %#llx", screen->width, screen->height,
                   (unsigned long long)screen->base);
        return;
    case BOOT_FRAMEBUFFER_RGB:
        print_line(output, "  pixels, %ux%u, %u bits each, %u bytes a line, at %#llx", screen->width, screen->height,
                   screen->bits_per_pixel, screen->pitch_bytes, (unsigned long long)screen->base);
        print_line(output, "  red %u bits at bit %u, green %u at %u, blue %u at %u", screen->red_bits,
                   screen->red_shift, screen->green_bits, screen->green_shift, screen->blue_bits, screen->blue_shift);
        return;
    }
}

static void print_power(const struct command_environment *environment, struct console *output, unsigned part)
{
    char way[POWER_DESCRIPTION_BYTES];
    (void)environment;
    (void)part;
    power_describe_off(way, sizeof way);
    print_line(output, "  %-14s %s", "power-off", way);
    power_describe_reboot(way, sizeof way);
    print_line(output, "  %-14s %s", "reset", way);
}

static unsigned count_devices(const struct command_environment *environment)
{
    (void)environment;
    return (unsigned)inventory_count();
}

static void print_device(const struct command_environment *environment, struct console *output, unsigned part)
{
    (void)environment;
    const struct inventory_entry *entry = inventory_at(part);
    print_line(output, "  %-14s %s%s", entry->name, entry->is_found ? "" : "missing: ", entry->text);
}

static void print_interrupts(const struct command_environment *environment, struct console *output, unsigned part)
{
    (void)environment;
    (void)part;
    print_line(output, "  %-14s %llu", "spurious", (unsigned long long)irq_spurious_count());
}

static void print_log(const struct command_environment *environment, struct console *output, unsigned part)
{
    (void)environment;
    (void)part;
    print_line(output, "  %-14s %llu", "lines lost", (unsigned long long)printk_lost_lines());
}

static unsigned count_buses(const struct command_environment *environment)
{
    (void)environment;
    return pci_config_is_present() ? PCI_BUSES : 0;
}

static void print_bus(const struct command_environment *environment, struct console *output, unsigned part)
{
    (void)environment;
    struct pci_function f;
    for (struct pci_cursor at = PCI_BUS(part); pci_next(&at, &f);) {
        char behind[24] = "";
        if (f.secondary_bus != 0)
            format_string(behind, sizeof behind, " to bus %02x", f.secondary_bus);
        print_line(output, "  %02x:%02x.%u  %04x:%04x  class %02x.%02x.%02x  header %02x  %s%s", f.address.bus,
                   f.address.device, f.address.function, f.vendor_id, f.device_id, f.class_code, f.subclass,
                   f.programming_interface, f.header, pci_class_name(f.class_code, f.subclass), behind);
    }
}

static void print_end(const struct command_environment *environment, struct console *output, unsigned part)
{
    (void)environment;
    (void)part;
    print_line(output, "%s", HWREPORT_END);
}

static const struct section sections[] = {
    {NULL, NULL, print_head},
    {"boot", NULL, print_boot},
    {"command line", NULL, print_command_line},
    {"CPU", NULL, print_cpu},
    {"memory map, as the loader reported it", count_regions, print_region},
    {"memory", NULL, print_memory},
    {"ACPI tables", count_acpi, print_acpi},
    {"power, what is tried first", NULL, print_power},
    {"screen, as the loader reported it", NULL, print_screen},
    {"devices that the kernel uses", count_devices, print_device},
    {"interrupts", NULL, print_interrupts},
    {"log", NULL, print_log},
    {"PCI functions", count_buses, print_bus},
    {NULL, NULL, print_end},
};

bool hwreport_print_part(const struct command_environment *environment, struct console *output, unsigned part)
{
    for (size_t i = 0; i < COUNT_OF(sections); i++) {
        unsigned count = sections[i].count ? sections[i].count(environment) : 1;
        unsigned parts = count > 0 ? count : 1; /* an empty list says so */
        if (part >= parts) {
            part -= parts;
            continue;
        }
        if (part == 0 && sections[i].title)
            print_line(output, "%s", sections[i].title);
        if (count == 0)
            print_line(output, "  none");
        else
            sections[i].print(environment, output, part);
        return true;
    }
    return false;
}

/* A console that lets through the lines of one page. */
struct page_console {
    struct console console;
    struct console *output;
    unsigned first_line, end_line; /* exclusive */
    unsigned line;                 /* of the next byte */
};

static void write_page(struct console *self, const char *bytes, size_t length)
{
    struct page_console *page = CONTAINER_OF(self, struct page_console, console);
    for (size_t i = 0; i < length; i++) {
        if (page->line >= page->first_line && page->line < page->end_line)
            console_write_to(page->output, &bytes[i], 1);
        page->line += bytes[i] == '\n';
    }
}

void hwreport_print_page(const struct command_environment *environment, struct console *output, unsigned page)
{
    struct page_console filter = {
        .console = {.name = "page", .write = write_page},
        .output = output,
        .first_line = (page - 1) * HWREPORT_PAGE_LINES,
        .end_line = page * HWREPORT_PAGE_LINES,
    };
    for (unsigned part = 0; hwreport_print_part(environment, &filter.console, part); part++)
        continue;
    print_line(output, "(page %u of %u)", page, (filter.line + HWREPORT_PAGE_LINES - 1) / HWREPORT_PAGE_LINES);
}
