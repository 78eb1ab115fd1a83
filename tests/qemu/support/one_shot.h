/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* Makes the timer (interrupt line 0) request exactly one interrupt, and returns when the interrupt controller has the
 * request. Interrupts must be off; the line must have a handler. What follows is a wait that only this one interrupt
 * can end: who sleeps through it sleeps for ever. */
void one_shot_request(void);
