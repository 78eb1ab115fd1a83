/* SPDX-License-Identifier: MIT */
#include "arch/x86_64/stacks.h"

#define DESCRIBE_STACK(label, symbol)                                                                                \
    {                                                                                                                \
        label, symbol##_guard, symbol##_bottom, symbol##_top                                                         \
    }

const struct stack stacks[STACK_COUNT] = {
    DESCRIBE_STACK("main stack", main_stack),   DESCRIBE_STACK("double fault stack", double_fault_stack),
    DESCRIBE_STACK("NMI stack", nmi_stack),     DESCRIBE_STACK("machine check stack", machine_check_stack),
    DESCRIBE_STACK("debug stack", debug_stack), DESCRIBE_STACK("device interrupt stack", device_stack),
};

static bool is_between(uint64_t address, const char *start, const char *end)
{
    return address >= (uint64_t)(uintptr_t)start && address < (uint64_t)(uintptr_t)end;
}

const struct stack *stack_containing(uint64_t address)
{
    for (size_t i = 0; i < COUNT_OF(stacks); i++)
        if (is_between(address, stacks[i].bottom, stacks[i].top))
            return &stacks[i];
    return NULL;
}

const struct stack *stack_guarded_at(uint64_t address)
{
    for (size_t i = 0; i < COUNT_OF(stacks); i++)
        if (is_between(address, stacks[i].guard, stacks[i].bottom))
            return &stacks[i];
    return NULL;
}
