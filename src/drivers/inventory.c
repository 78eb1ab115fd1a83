/* SPDX-License-Identifier: MIT */
#include <tenorite/drivers/inventory.h>

#include <tenorite/lib/format.h>
#include <tenorite/lib/printk.h>

static struct inventory_entry entries[INVENTORY_ENTRIES];
static size_t count;

static void remember(const struct inventory_entry *entry)
{
    if (count < COUNT_OF(entries))
        entries[count++] = *entry;
}

void inventory_found(const char *name, const char *format, ...)
{
    struct inventory_entry entry = {.name = name, .is_found = true};
    va_list arguments;
    va_start(arguments, format);
    format_string_va(entry.text, sizeof entry.text, format, arguments);
    va_end(arguments);
    log_info(name, "%s", entry.text);
    remember(&entry);
}

void inventory_missing(const char *name, const char *format, ...)
{
    struct inventory_entry entry = {.name = name, .is_found = false};
    va_list arguments;
    va_start(arguments, format);
    format_string_va(entry.text, sizeof entry.text, format, arguments);
    va_end(arguments);
    log_warning(name, "missing: %s", entry.text);
    remember(&entry);
}

size_t inventory_count(void)
{
    return count;
}

const struct inventory_entry *inventory_at(size_t index)
{
    return index < count ? &entries[index] : NULL;
}
