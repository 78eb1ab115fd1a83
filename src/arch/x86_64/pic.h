/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* The pair of 8259A interrupt controllers: lines 0..7 on the master, 8..15 on the slave, which hangs on line 2. */
enum { PIC_LINES = 16, PIC_CASCADE_LINE = 2 };

/* Moves the lines to vectors IRQ_VECTOR_BASE + line, all masked. */
void pic_init(void);

/* Whether both chips are there: their mask registers keep what is written to them. Leaves them as they were. After
 * pic_init(); at most 17 port accesses. */
bool pic_is_present(void);

void pic_unmask(unsigned line);

/* Whether `line` is really in service. A line whose request vanished before it was acknowledged is delivered as line
 * 7 or 15 without being in service: spurious. Acknowledges what has to be acknowledged of a spurious one. */
bool pic_is_in_service(unsigned line);

/* End of interrupt for `line`. */
void pic_acknowledge(unsigned line);
