/* SPDX-License-Identifier: MIT */
#include "irq.h"

#include "cpu_double.h"

enum { LINES = 16 };

static struct {
    irq_handler *handler;
    void *argument;
    bool is_taken, is_high, is_latched;
} lines[LINES];

void irq_double_reset(void)
{
    for (unsigned i = 0; i < LINES; i++)
        lines[i] = (typeof(lines[i])){0};
}

void irq_double_set_level(unsigned line, bool is_high)
{
    if (is_high && !lines[line].is_high)
        lines[line].is_latched = true;
    lines[line].is_high = is_high;
}

void irq_double_lose_edge(unsigned line)
{
    lines[line].is_latched = false;
}

unsigned irq_double_deliver(unsigned max_deliveries)
{
    unsigned delivered = 0;
    for (bool again = true; again;) {
        again = false;
        for (unsigned i = 0; i < LINES && delivered < max_deliveries; i++) {
            if (!lines[i].is_latched || !lines[i].handler)
                continue;
            lines[i].is_latched = false;
            IN_HANDLER
            lines[i].handler(lines[i].argument);
            delivered++;
            again = true;
        }
    }
    return delivered;
}

void irq_double_take(unsigned line)
{
    lines[line].is_taken = true;
}

bool irq_double_is_attached(unsigned line)
{
    return lines[line].handler != NULL;
}

unsigned irq_line_count(void)
{
    return LINES;
}

enum irq_error irq_attach(unsigned line, irq_handler *handler, void *argument)
{
    if (line >= LINES)
        return IRQ_NO_SUCH_LINE;
    if (lines[line].is_taken || lines[line].handler)
        return IRQ_LINE_TAKEN;
    lines[line].handler = handler;
    lines[line].argument = argument;
    return IRQ_OK;
}

uint64_t irq_spurious_count(void)
{
    return 0;
}
