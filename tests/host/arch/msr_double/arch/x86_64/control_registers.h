/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* Stands in for src/arch/x86_64/control_registers.h, by include path: model-specific registers that a test supplies. */
uint64_t msr_read(uint32_t number);
void msr_write(uint32_t number, uint64_t value);
