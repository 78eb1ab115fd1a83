/* SPDX-License-Identifier: MIT */
/* What the library leaves to the machine, each as cheap as in the kernel. */
#include <tenorite/arch/cpu.h>
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/paging.h>
#include <tenorite/lib/panic.h>

#include <stdarg.h>
#include <stdio.h>

NO_RETURN void abort(void); /* <stdlib.h> has functions on floating-point numbers, which the kernel's flags refuse */

/* Nothing here changes them, which the optimizer must not find out: in a kernel interrupts do. */
__attribute__((used)) unsigned interrupts_handler_depth;
__attribute__((used)) bool interrupts_enabled_here = true;

/* A barrier, as for one page (include/tenorite/arch/impl/paging.h): the instructions need ring 0. */
void tlb_flush_all(void)
{
    __asm__ volatile("" ::: "memory");
}

struct paging_features paging_features(void)
{
    return (struct paging_features){.has_no_execute = true, .has_1g_pages = true, .physical_bits = 48};
}

/* Without work there is nothing that would end the sleep. */
void cpu_idle(void)
{
    panic("a benchmark has nothing left to do");
}

void panic(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    abort();
}

void contract_breach(const char *message)
{
    panic("%s", message);
}

/* Where -mstack-protector-guard=global looks; only code that the compiler adds at the very end names it. */
extern uintptr_t __stack_chk_guard;
__attribute__((used)) uintptr_t __stack_chk_guard = 0x595e9fbd94fda766;
