/* SPDX-License-Identifier: MIT */
/* gcc: case value '9' not in enumerated type 'enum irq_error' .*Werror=switch */
/* clang: case value not in enumerated type 'enum irq_error' .*Werror,-Wswitch */
#include <tenorite/arch/interrupts.h>

enum colour { RED = 9 };

const char *irq_error_name(enum irq_error error)
{
    switch (error) {
    case IRQ_OK:
        return "attached";
    case IRQ_NO_SUCH_LINE:
        return "no such line";
    case IRQ_LINE_TAKEN:
        return "line taken";
#ifdef MISUSE
    case (int)RED:
        return "red";
#endif
    }
    return "no error";
}
