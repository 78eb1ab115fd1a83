/* SPDX-License-Identifier: MIT */
/* gcc: enumeration value 'IRQ_LINE_TAKEN' not handled in switch */
/* clang: enumeration value 'IRQ_LINE_TAKEN' not (explicitly )?handled in switch */
#include <tenorite/arch/interrupts.h>

const char *irq_error_name(enum irq_error error)
{
    switch (error) {
    case IRQ_OK:
        return "attached";
    case IRQ_NO_SUCH_LINE:
        return "no such line";
#ifndef MISUSE
    case IRQ_LINE_TAKEN:
        return "line taken";
#endif
    }
    return "no error";
}
