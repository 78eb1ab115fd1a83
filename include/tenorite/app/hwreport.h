/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/app/commands.h>

/*
 * The hardware report: what the kernel knows about the machine it runs on, as plain text to paste into a report. Printable
 * ASCII and newlines only, whatever loader and firmware said; no line longer than HWREPORT_COLUMNS; the first line and
 * the last are HWREPORT_BEGIN and HWREPORT_END.
 */
enum { HWREPORT_COLUMNS = 100, HWREPORT_PAGE_LINES = 20, HWREPORT_PAGES_LIMIT = 1000 };
#define HWREPORT_BEGIN "==== Tenorite hardware report: begin ===="
#define HWREPORT_END "==== Tenorite hardware report: end ===="

/*
 * Prints part number `part`, from 0 on; false, and nothing printed, behind the last one. A part is a few lines, none at
 * all for an empty PCI bus; between two parts other tasks may run. Devices are only looked at: of PCI, configuration
 * space is read. Task context.
 */
bool hwreport_print_part(const struct command_environment *environment, struct console *output, unsigned part)
    MUST_CHECK;

/*
 * Prints page number `page`, from 1 on: HWREPORT_PAGE_LINES lines of the report, for a screen to photograph, and a line
 * that says how many pages there are. Task context; takes as long as the whole report without its output.
 */
void hwreport_print_page(const struct command_environment *environment, struct console *output, unsigned page);
