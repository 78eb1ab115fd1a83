/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/backtrace.h>

#include "arch/x86_64/interrupt_entry.h"

/* Of the code whose registers were saved in *frame. Never faults. */
void backtrace_of_frame(struct backtrace *backtrace, const struct trap_frame *frame);
