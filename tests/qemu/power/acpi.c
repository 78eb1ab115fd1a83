/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/acpi.h>
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/power.h>
#include <tenorite/lib/text.h>
#include <tenorite/mm/kernel_memory.h>

#include "arch/x86_64/device_pages.h"
#include "kernel_test.h"

/* The tables of a real machine, as the boot code summed them up. On the command line: `foreign`, there is a table TEST
 * with LICENSE's text in it; `none`, there are no tables; `registers`, they name registers in memory. */
static struct kernel_memory memory;
static const struct boot_info *info;

static const struct acpi_table *find(const char *signature)
{
    const struct acpi_tables *tables = acpi_tables();
    for (size_t i = 0; i < tables->count; i++)
        if (strcmp(tables->tables[i].signature, signature) == 0)
            return &tables->tables[i];
    return NULL;
}

static bool expects(const char *word)
{
    return strcmp(info->command_line, word) == 0;
}

static void tables_are_there_and_valid(void)
{
    const struct acpi_tables *tables = acpi_tables();
    if (expects("none")) {
        CHECK(tables->error == ACPI_NO_ROOT_POINTER && tables->count == 0, "%s", acpi_error_text(tables->error));
        return;
    }
    CHECK(tables->error == ACPI_OK && tables->rsdp_address != 0, "%s", acpi_error_text(tables->error));
    CHECK(find("FACP") && find("APIC") && find("DSDT"), "of %zu tables", tables->count);
    CHECK(strcmp(tables->oem_id, "BOCHS ") == 0, "%s", tables->oem_id);
    for (size_t i = 0; i < tables->count; i++)
        CHECK(tables->tables[i].state == ACPI_TABLE_OK, "%s: %s", tables->tables[i].signature,
              acpi_table_state_text(tables->tables[i].state));
}

static void foreign_table_is_listed(void)
{
    const struct acpi_table *table = find("TEST");
    CHECK((table != NULL) == expects("foreign"), "a table TEST");
    if (!table)
        return;
    CHECK(table->state == ACPI_TABLE_OK, "%s", acpi_table_state_text(table->state));
    CHECK(table->revision == 7, "revision %u", table->revision);
    CHECK(strcmp(table->oem_id, "FOREIG") == 0, "%s", table->oem_id);
    CHECK(table->length_bytes > 500, "%u bytes", table->length_bytes);
}

static void ways_to_end_are_named_from_memory_of_the_kernel(void)
{
    char off[100], reboot[100];
    power_describe_off(off, sizeof off);
    power_describe_reboot(reboot, sizeof reboot);
    const char *wanted = expects("none") ? "none: there is no ACPI root pointer" : "ACPI ";
    CHECK(strncmp(off, wanted, strlen(wanted)) == 0, "%s", off);
    CHECK(strlen(reboot) > 8, "%s", reboot);
    memset(off, 'x', sizeof off);
    power_describe_off(off, 5);
    CHECK(strlen(off) == 4 && off[5] == 'x', "cut");
}

static void registers_in_memory_are_mapped_as_devices(void)
{
    size_t count;
    const uint64_t *pages = device_pages(&count);
    CHECK((count != 0) == expects("registers"), "%zu pages", count);
    for (size_t i = 0; i < count; i++) {
        struct translation found =
            translate(&memory.space.mapper, virt_addr_from_pointer(device_pages_pointer(pages[i])));
        CHECK(found.error == MAP_OK && translation_address(found).value == pages[i], "%s",
              map_error_name((enum map_error)found.error));
        CHECK(page_flags_contains(translation_flags(found), PAGE_FLAGS(WRITABLE, NO_EXECUTE, NO_CACHE)), "page %#llx",
              (unsigned long long)pages[i]);
    }
}

void kernel_main(const struct boot_info *boot_info)
{
    static const struct kernel_test tests[] = {
        KERNEL_TEST(tables_are_there_and_valid),
        KERNEL_TEST(foreign_table_is_listed),
        KERNEL_TEST(ways_to_end_are_named_from_memory_of_the_kernel),
        KERNEL_TEST(registers_in_memory_are_mapped_as_devices),
    };
    info = boot_info;
    enum kernel_memory_error error = kernel_memory_init(&memory, boot_info);
    ASSERT(error == KERNEL_MEMORY_OK, "%s", kernel_memory_error_text(error));
    kernel_test_run(tests, COUNT_OF(tests));
}
