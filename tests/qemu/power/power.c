/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/power.h>
#include <tenorite/lib/panic.h>
#include <tenorite/lib/text.h>
#include <tenorite/mm/kernel_memory.h>

/* Ends the machine as the command line says: `off` or `reboot`, on the tables of the entry code (`boot`) or on the
 * kernel's own (`own`). */
static struct kernel_memory memory;

static bool has_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = text; *at != '\0'; at++)
        if (strncmp(at, word, length) == 0 && (at == text || at[-1] == ' '))
            return true;
    return false;
}

void kernel_main(const struct boot_info *boot_info)
{
    if (has_word(boot_info->command_line, "own")) {
        enum kernel_memory_error error = kernel_memory_init(&memory, boot_info);
        ASSERT(error == KERNEL_MEMORY_OK, "%s", kernel_memory_error_text(error));
    }
    if (has_word(boot_info->command_line, "off"))
        power_off();
    power_reboot();
}
