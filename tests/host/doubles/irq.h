/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * Simulated interrupt lines behind irq_attach(): 16 edge-triggered lines, as the 8259 of a PC has them. A device
 * model sets the level of its line; a rising edge is latched; the test decides when latched interrupts are delivered.
 */
void irq_double_reset(void);
void irq_double_set_level(unsigned line, bool is_high);

/* Forgets a latched edge: nobody was listening when it came, and the line is high now. */
void irq_double_lose_edge(unsigned line);

/* Runs the handlers of the lines whose edge is latched, until none is left (at most `max_deliveries`). Returns how
 * many handlers ran. Lines without a handler stay latched. */
unsigned irq_double_deliver(unsigned max_deliveries);

/* From now on irq_attach() refuses `line`. */
void irq_double_take(unsigned line);
bool irq_double_is_attached(unsigned line);
