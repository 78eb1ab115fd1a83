/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* The stacks that boot/stacks.S reserves. NAME_guard is the address of the guard page, NAME_bottom the lowest byte of
 * the stack, NAME_top one past its highest. */
#define DECLARE_STACK(name) extern const char name##_guard[], name##_bottom[], name##_top[]

DECLARE_STACK(main_stack);
DECLARE_STACK(double_fault_stack);
DECLARE_STACK(nmi_stack);
DECLARE_STACK(machine_check_stack);
DECLARE_STACK(debug_stack);
DECLARE_STACK(device_stack);

struct stack {
    const char *name;
    const char *guard, *bottom, *top;
};

enum { STACK_COUNT = 6 };
extern const struct stack stacks[STACK_COUNT];

/* The stack that contains `address`, or NULL. Its guard page does not count. */
const struct stack *stack_containing(uint64_t address);

/* The stack whose guard page contains `address`, or NULL. */
const struct stack *stack_guarded_at(uint64_t address);
