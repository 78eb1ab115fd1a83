/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of type 'enum irq_error', declared with attribute 'nodiscard' */
/* clang: ignoring return value of function declared with 'nodiscard' attribute */
#include <tenorite/arch/interrupts.h>

bool connect(irq_handler *handler)
{
#ifdef MISUSE
    irq_attach(4, handler, NULL);
    return true;
#else
    return irq_attach(4, handler, NULL) == IRQ_OK;
#endif
}
