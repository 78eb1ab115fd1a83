/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* Lines for the scripts that check a report (drive/report_support.py): what the kernel knows before it breaks. */

/* `# text START END`: where the kernel's code is. */
void facts_print_text(void);

/* `# target ADDRESS`: the address that is about to be touched. */
void facts_print_target(uint64_t address);
