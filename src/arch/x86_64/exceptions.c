/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/console.h>
#include <tenorite/lib/panic.h>
#include <tenorite/lib/printk.h>

#include "arch/x86_64/backtrace.h"
#include "arch/x86_64/control_registers.h"
#include "arch/x86_64/segments.h"
#include "arch/x86_64/stacks.h"
#include "arch/x86_64/traps.h"

/*
 * The report of an exception nobody handles. It is written directly to the consoles: the exception may have struck
 * inside printk. An exception inside the report prints one line more and stops.
 *
 * References: SDM vol. 3A, 6.15 "Exception and Interrupt Reference", 6.13 "Error Code", 4.7 "Page-Fault Exceptions".
 */
enum { VECTOR_DOUBLE_FAULT = 8, VECTOR_INVALID_TSS = 10, VECTOR_GENERAL_PROTECTION = 13, VECTOR_PAGE_FAULT = 14 };
enum {
    PAGE_FAULT_PRESENT = 1,
    PAGE_FAULT_WRITE = 2,
    PAGE_FAULT_USER = 4,
    PAGE_FAULT_RESERVED = 8,
    PAGE_FAULT_FETCH = 16
};

static const char *const exception_names[32] = {
    [0] = "#DE divide error",
    [1] = "#DB debug",
    [2] = "NMI",
    [3] = "#BP breakpoint",
    [4] = "#OF overflow",
    [5] = "#BR bound range exceeded",
    [6] = "#UD invalid opcode",
    [7] = "#NM device not available",
    [8] = "#DF double fault",
    [10] = "#TS invalid TSS",
    [11] = "#NP segment not present",
    [12] = "#SS stack segment fault",
    [13] = "#GP general protection",
    [14] = "#PF page fault",
    [16] = "#MF x87 floating point",
    [17] = "#AC alignment check",
    [18] = "#MC machine check",
    [19] = "#XM SIMD floating point",
    [20] = "#VE virtualization",
    [21] = "#CP control protection",
    [29] = "#VC VMM communication",
    [30] = "#SX security",
};

static const char *exception_name(uint64_t vector)
{
    if (vector >= COUNT_OF(exception_names))
        return "interrupt without a handler";
    return exception_names[vector] ? exception_names[vector] : "reserved";
}

static void print_page_fault(const struct trap_frame *frame)
{
    uint64_t code = frame->error_code, address = cr2_read();
    const char *access = code & PAGE_FAULT_FETCH ? "execution of" : code & PAGE_FAULT_WRITE ? "write to" : "read of";
    const char *reason = code & PAGE_FAULT_RESERVED  ? "its page table entry is damaged"
                         : code & PAGE_FAULT_PRESENT ? "the page does not permit it"
                                                     : "no page is mapped there";
    console_print_line("  %s %#llx in %s mode: %s", access, (unsigned long long)address,
                       code & PAGE_FAULT_USER ? "user" : "kernel", reason);
}

/* A stack overflow meets the guard page. Pushing the page fault's own frame meets it again, so the CPU reports a
 * double fault: CR2 still tells where. */
static void print_stack_overflow(void)
{
    const struct stack *stack = stack_guarded_at(cr2_read());
    if (stack)
        console_print_line("  stack overflow: %#llx is in the guard page of the %s", (unsigned long long)cr2_read(),
                           stack->name);
}

static void print_selector_error(uint64_t code)
{
    static const char *const tables[4] = {"GDT", "IDT", "LDT", "IDT"};
    console_print_line("  selector index %llu of the %s%s", (unsigned long long)(code >> 3), tables[code >> 1 & 3],
                       code & 1 ? ", by an external event" : "");
}

static void print_error_code(const struct trap_frame *frame)
{
    if (frame->vector == VECTOR_PAGE_FAULT)
        print_page_fault(frame);
    else if (frame->vector >= VECTOR_INVALID_TSS && frame->vector <= VECTOR_GENERAL_PROTECTION && frame->error_code)
        print_selector_error(frame->error_code);
    if (frame->vector == VECTOR_PAGE_FAULT || frame->vector == VECTOR_DOUBLE_FAULT)
        print_stack_overflow();
}

static void print_registers(const struct trap_frame *frame)
{
    const struct {
        const char *name;
        uint64_t value;
    } registers[] = {
        {"rax", frame->rax}, {"rbx", frame->rbx}, {"rcx", frame->rcx},    {"rdx", frame->rdx}, {"rsi", frame->rsi},
        {"rdi", frame->rdi}, {"rbp", frame->rbp}, {"rsp", frame->rsp},    {"r8 ", frame->r8},  {"r9 ", frame->r9},
        {"r10", frame->r10}, {"r11", frame->r11}, {"r12", frame->r12},    {"r13", frame->r13}, {"r14", frame->r14},
        {"r15", frame->r15}, {"rip", frame->rip}, {"rfl", frame->rflags}, {"cs ", frame->cs},  {"ss ", frame->ss},
        {"cr0", cr0_read()}, {"cr2", cr2_read()}, {"cr3", cr3_read()},    {"cr4", cr4_read()},
    };
    for (size_t i = 0; i + 2 < COUNT_OF(registers); i += 3)
        console_print_line("  %s %016llx  %s %016llx  %s %016llx", registers[i].name,
                           (unsigned long long)registers[i].value, registers[i + 1].name,
                           (unsigned long long)registers[i + 1].value, registers[i + 2].name,
                           (unsigned long long)registers[i + 2].value);
}

static void print_backtrace(const struct trap_frame *frame)
{
    struct backtrace backtrace;
    backtrace_of_frame(&backtrace, frame);
    console_print_line("  backtrace: %#llx", (unsigned long long)backtrace.addresses[0]);
    for (unsigned i = 1; i < backtrace.count; i++)
        console_print_line("             %#llx", (unsigned long long)backtrace.addresses[i]);
}

void exception_report(const struct trap_frame *frame)
{
    static bool is_reporting;
    if (is_reporting)
        panic("exception %llu at %#llx inside the report of an exception", (unsigned long long)frame->vector,
              (unsigned long long)frame->rip);
    is_reporting = true;
    printk_go_direct();
    console_start_line();
    console_set_style(CONSOLE_ERROR);
    console_print_line("exception %llu (%s), error code %#llx", (unsigned long long)frame->vector,
                       exception_name(frame->vector), (unsigned long long)frame->error_code);
    print_error_code(frame);
    print_registers(frame);
    print_backtrace(frame);
    panic("unhandled exception %llu (%s) at %#llx", (unsigned long long)frame->vector, exception_name(frame->vector),
          (unsigned long long)frame->rip);
}
