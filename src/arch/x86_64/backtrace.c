/* SPDX-License-Identifier: MIT */
#include "arch/x86_64/backtrace.h"

#include "arch/x86_64/stacks.h"
#include "arch/x86_64/traps.h"

/* Follows frame records as long as they lie, ascending, on one of the kernel's stacks. */
void backtrace_of_frame(struct backtrace *backtrace, const struct trap_frame *frame)
{
    uint64_t record = frame->rbp;
    backtrace->addresses[0] = frame->rip;
    backtrace->count = 1;
    while (backtrace->count < BACKTRACE_LIMIT) {
        const struct stack *stack = stack_containing(record);
        if (record % 8 != 0 || !stack || !stack_containing(record + 15))
            return;
        const uint64_t *words = (const uint64_t *)(uintptr_t)record;
        if (words[1] == 0)
            return;
        backtrace->addresses[backtrace->count++] = words[1];
        if (words[0] <= record && stack_containing(words[0]) == stack)
            return;
        record = words[0];
    }
}

void backtrace_of_interrupted(struct backtrace *backtrace)
{
    const struct trap_frame *frame = trap_interrupted_frame();
    backtrace->count = 0;
    if (frame)
        backtrace_of_frame(backtrace, frame);
}
