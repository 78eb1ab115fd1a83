/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/cpu.h>
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/timer.h>
#include <tenorite/lib/panic.h>
#include <tenorite/lib/text.h>
#include <tenorite/mm/kernel_memory.h>

#include "arch/x86_64/control_registers.h"
#include "arch/x86_64/stacks.h"
#include "arch/x86_64/traps.h"
#include "kernel_test.h"
#include "one_shot.h"

/*
 * What the entry code promises to C, seen from C: the linker puts __wrap_trap_dispatch() in place of trap_dispatch()
 * (--wrap), which looks at the state it was called in and keeps exceptions that would end the kernel to itself.
 */
enum { FLAG_DIRECTION = 1 << 10, FLAG_ALIGNMENT_CHECK = 1 << 18 };
enum { VECTOR_DEBUG = 1, VECTOR_GENERAL_PROTECTION = 13, VECTOR_MACHINE_CHECK = 18, VECTOR_UNUSED = 0x80 };

static struct kernel_memory memory;
static struct {
    uint64_t vector, flags, stack_pointer;
    const char *stack;
} seen;
static volatile unsigned ticks, ticks_astray, breaks_before_halt, breaks_after_look;
static void *volatile left_by_handler;

void __real_trap_dispatch(struct trap_frame *frame);
void __wrap_trap_dispatch(struct trap_frame *frame);

static const char *stack_name(const void *address)
{
    const struct stack *stack = stack_containing((uint64_t)(uintptr_t)address);
    return stack ? stack->name : "no stack";
}

/* `sti` has been executed, `hlt` comes next: here an interrupt that is not held off may strike. */
static const char *halt_in_idle(void)
{
    return (const char *)(uintptr_t)cpu_idle + 1;
}

/* The last look, a comparison of four bytes, has found nothing, and `sti` has not been executed. */
static const char *after_look_in_idle(void)
{
    return (const char *)(uintptr_t)cpu_idle_while_null + 4;
}

/* A breakpoint of the CPU at the instruction at `address`; NULL for none (SDM vol. 3B, 17.2 "Debug Registers"). */
static void set_breakpoint(const char *address)
{
    enum { GLOBAL_ENABLE_0 = 1 << 1 };
    uint64_t control = address ? GLOBAL_ENABLE_0 : 0;
    __asm__ volatile("movq %0, %%dr0\n\tmovq %1, %%dr7" ::"r"(address), "r"(control) : "memory");
}

static NO_RETURN void end_with_software_vector_13(void)
{
    CHECK(seen.stack_pointer % 16 == 0, "the stack pointer was %#llx", (unsigned long long)seen.stack_pointer);
    kernel_test_end();
    kernel_test_finish();
}

void __wrap_trap_dispatch(struct trap_frame *frame)
{
    uint64_t flags;
    __asm__ volatile("pushfq\n\tpopq %0\n\tcld" : "=r"(flags)::"memory");
    seen.flags = flags;
    seen.vector = frame->vector;
    seen.stack = stack_name(frame);
    seen.stack_pointer = (uint64_t)(uintptr_t)__builtin_frame_address(0) + 16; /* before the call */
    if (frame->vector == VECTOR_GENERAL_PROTECTION)
        end_with_software_vector_13();
    if (frame->vector == VECTOR_DEBUG && frame->rip == (uint64_t)(uintptr_t)halt_in_idle()) {
        breaks_before_halt++;
        set_breakpoint(NULL);
    }
    if (frame->vector == VECTOR_DEBUG && frame->rip == (uint64_t)(uintptr_t)after_look_in_idle()) {
        breaks_after_look++;
        left_by_handler = &memory;
        set_breakpoint(NULL);
    }
    if (frame->vector != VECTOR_DEBUG && frame->vector != VECTOR_MACHINE_CHECK && frame->vector != VECTOR_UNUSED)
        __real_trap_dispatch(frame);
}

static void direction_flag_is_clear_in_a_handler_and_restored(void)
{
    uint64_t flags;
    __asm__ volatile("std\n\tint3\n\tpushfq\n\tpopq %0\n\tcld" : "=r"(flags)::"memory");
    CHECK(seen.vector == 3 && !(seen.flags & FLAG_DIRECTION), "flags %#llx", (unsigned long long)seen.flags);
    CHECK(flags & FLAG_DIRECTION, "flags %#llx", (unsigned long long)flags);
}

/* Where there is SMAP, a handler must not inherit the permission to touch user pages. */
static void alignment_check_flag_is_clear_in_a_handler_and_restored(void)
{
    uint64_t flags;
    __asm__ volatile("pushfq\n\torq %1, (%%rsp)\n\tpopfq\n\tint3\n\tpushfq\n\tpopq %0\n\t"
                     "pushq %0\n\tandq %2, (%%rsp)\n\tpopfq"
                     : "=r"(flags)
                     : "i"(FLAG_ALIGNMENT_CHECK), "i"(~FLAG_ALIGNMENT_CHECK)
                     : "memory", "cc");
    if (cr4_read() & CR4_SMAP)
        CHECK(!(seen.flags & FLAG_ALIGNMENT_CHECK), "flags %#llx", (unsigned long long)seen.flags);
    CHECK(flags & FLAG_ALIGNMENT_CHECK, "flags %#llx", (unsigned long long)flags);
}

static void handler_gets_an_aligned_stack_wherever_it_strikes(void)
{
    __asm__ volatile("int3" ::: "memory");
    CHECK(seen.stack_pointer % 16 == 0, "%#llx", (unsigned long long)seen.stack_pointer);
    __asm__ volatile("subq $8, %%rsp\n\tint3\n\taddq $8, %%rsp" ::: "memory", "cc");
    CHECK(seen.stack_pointer % 16 == 0, "%#llx", (unsigned long long)seen.stack_pointer);
}

#define CHECK_STACK(number, name)                                                                                    \
    do {                                                                                                             \
        __asm__ volatile("int %0" ::"i"(number) : "memory");                                                         \
        CHECK(seen.vector == (number) && strcmp(seen.stack, name) == 0, "vector %llu on the %s",                     \
              (unsigned long long)seen.vector, seen.stack);                                                          \
    } while (0)

static void each_kind_of_vector_has_its_stack(void)
{
    uint64_t nmis = trap_nmi_count();
    CHECK_STACK(3, "main stack");
    CHECK_STACK(VECTOR_DEBUG, "debug stack");
    CHECK_STACK(2, "NMI stack");
    CHECK_STACK(VECTOR_MACHINE_CHECK, "machine check stack");
    CHECK_STACK(IRQ_VECTOR_BASE + 7, "device interrupt stack");
    CHECK_STACK(VECTOR_UNUSED, "device interrupt stack");
    CHECK(trap_nmi_count() == nmis + 1, "%llu NMIs", (unsigned long long)trap_nmi_count());
    CHECK(!interrupts_in_handler(), "handler depth is not 0");
}

static void on_tick(void *argument)
{
    (void)argument;
    const char *name = stack_name(__builtin_frame_address(0));
    ticks++;
    if (strcmp(name, "device interrupt stack") != 0 || !interrupts_in_handler() || interrupts_are_enabled())
        ticks_astray++;
    __asm__ volatile("int $2" ::: "memory");
    if (strcmp(seen.stack, "NMI stack") != 0 || !interrupts_in_handler())
        ticks_astray++;
}

static void nmi_in_a_device_interrupt_has_its_own_stack_and_returns_there(void)
{
    ASSERT(timer_start(on_tick, NULL) == TIMER_OK, "no timer");
    for (unsigned i = 0; i < 3; i++) {
        interrupts_disable();
        cpu_idle();
    }
    interrupts_disable();
    CHECK(ticks >= 3 && ticks_astray == 0, "%u ticks, %u not as they should be", ticks, ticks_astray);
}

/* A debug exception after `sti` ends the shadow in which interrupts are held off, as an NMI does. Without a step over
 * the `hlt` the interrupt comes before it, and only the next one, which is one too many, ends the sleep. */
static void exception_between_sti_and_hlt_loses_no_wake(void)
{
    one_shot_request();
    unsigned before = ticks;
    set_breakpoint(halt_in_idle());
    cpu_idle();
    while (ticks == before)
        cpu_pause();
    interrupts_disable();
    CHECK(breaks_before_halt == 1, "stopped %u times before hlt", breaks_before_halt);
    CHECK(ticks == before + 1, "%u interrupts of one", ticks - before);
}

/* Nothing but the exception ends this wait: an NMI handler that wakes a task is in its place. */
static void what_an_exception_leaves_after_the_last_look_is_not_slept_through(void)
{
    interrupts_disable();
    unsigned before = ticks;
    set_breakpoint(after_look_in_idle());
    cpu_idle_while_null((const void *)&left_by_handler);
    CHECK(interrupts_are_enabled(), "interrupts are off");
    interrupts_disable();
    CHECK(breaks_after_look == 1, "stopped %u times after the look", breaks_after_look);
    CHECK(ticks == before, "an interrupt ended the wait");
    cpu_idle_while_null((const void *)&left_by_handler);
    CHECK(interrupts_are_enabled(), "interrupts are off");
    interrupts_disable();
    CHECK(ticks == before, "waited, though there was something");
}

/* No error code where the entry stub of vector 13 relies on one: the frame starts at an odd multiple of 8. There is
 * no way back from it: the handler ends the tests. */
static void software_interrupt_13_gets_an_aligned_stack_too(void)
{
    __asm__ volatile("int $13" ::: "memory");
}

void kernel_main(const struct boot_info *boot_info)
{
    static const struct kernel_test tests[] = {
        KERNEL_TEST(direction_flag_is_clear_in_a_handler_and_restored),
        KERNEL_TEST(alignment_check_flag_is_clear_in_a_handler_and_restored),
        KERNEL_TEST(handler_gets_an_aligned_stack_wherever_it_strikes),
        KERNEL_TEST(each_kind_of_vector_has_its_stack),
        KERNEL_TEST(nmi_in_a_device_interrupt_has_its_own_stack_and_returns_there),
        KERNEL_TEST(exception_between_sti_and_hlt_loses_no_wake),
        KERNEL_TEST(what_an_exception_leaves_after_the_last_look_is_not_slept_through),
        KERNEL_TEST(software_interrupt_13_gets_an_aligned_stack_too),
    };
    enum kernel_memory_error error = kernel_memory_init(&memory, boot_info);
    ASSERT(error == KERNEL_MEMORY_OK, "%s", kernel_memory_error_text(error));
    kernel_test_run(tests, COUNT_OF(tests));
}
