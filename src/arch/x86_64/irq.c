/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/interrupts.h>
#include <tenorite/lib/panic.h>

#include "arch/x86_64/local_apic.h"
#include "arch/x86_64/pic.h"
#include "arch/x86_64/traps.h"

/* Device interrupt lines: from the 8259A pair to the handlers that drivers attach. */
static struct {
    irq_handler *handler;
    void *argument;
} lines[PIC_LINES];
static uint64_t spurious;

unsigned irq_line_count(void)
{
    return PIC_LINES;
}

bool interrupts_controller_is_present(void)
{
    return pic_is_present();
}

enum irq_error irq_attach(unsigned line, irq_handler *handler, void *argument)
{
    if (line >= PIC_LINES || line == PIC_CASCADE_LINE)
        return IRQ_NO_SUCH_LINE;
    if (lines[line].handler)
        return IRQ_LINE_TAKEN;
    ASSERT(handler, "line %u without a handler", line);
    WITHOUT_INTERRUPTS {
        lines[line].handler = handler;
        lines[line].argument = argument;
        pic_unmask(line);
    }
    return IRQ_OK;
}

uint64_t irq_spurious_count(void)
{
    return spurious;
}

bool irq_dispatch(uint64_t vector)
{
    if (vector == LOCAL_APIC_SPURIOUS_VECTOR) {
        spurious++;
        return true;
    }
    if (vector < IRQ_VECTOR_BASE || vector >= IRQ_VECTOR_BASE + PIC_LINES)
        return false;
    unsigned line = (unsigned)vector - IRQ_VECTOR_BASE;
    if (!pic_is_in_service(line)) {
        spurious++;
        return true;
    }
    if (lines[line].handler)
        lines[line].handler(lines[line].argument);
    else
        spurious++;
    pic_acknowledge(line);
    return true;
}
