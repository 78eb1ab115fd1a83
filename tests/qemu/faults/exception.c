/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/power.h>
#include <tenorite/lib/text.h>

#include "arch/x86_64/descriptor_table.h"
#include "facts.h"

/* Raises the exception that the command line names; surviving it is a failure. */
static void divide(void)
{
    volatile int zero = 0;
    __asm__ volatile("divl %1" ::"a"(1), "r"(zero), "d"(0));
}

/* With a value in each register that the report is to show: drive/exception_report.py knows them. */
static void invalid_opcode(void)
{
    __asm__ volatile("movabsq $0x0101010101010101, %%rax\n\tmovabsq $0x0202020202020202, %%rbx\n\t"
                     "movabsq $0x0303030303030303, %%rcx\n\tmovabsq $0x0404040404040404, %%rdx\n\t"
                     "movabsq $0x0505050505050505, %%rsi\n\tmovabsq $0x0606060606060606, %%rdi\n\t"
                     "movabsq $0x0808080808080808, %%r8\n\tmovabsq $0x0909090909090909, %%r9\n\t"
                     "movabsq $0x1010101010101010, %%r10\n\tmovabsq $0x1111111111111111, %%r11\n\t"
                     "movabsq $0x1212121212121212, %%r12\n\tmovabsq $0x1313131313131313, %%r13\n\t"
                     "movabsq $0x1414141414141414, %%r14\n\tmovabsq $0x1515151515151515, %%r15\n\tud2" ::
                         : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
                           "r15");
}

static void general_protection(void)
{
    *(volatile uint64_t *)0x8000000000000000 = 1;
}

static void read_page_0(void)
{
    volatile uintptr_t address = 8;
    (void)*(volatile uint64_t *)address;
}

static void write_low_half(void)
{
    *(volatile uint64_t *)0x200000 = 1;
}

static void unknown_segment(void)
{
    __asm__ volatile("movw %w0, %%ds" ::"r"(0x28));
}

/* Loads the kernel's descriptors once more, followed by a data segment that is not present: selector 0x28. */
static void describe_absent_segment(void)
{
    static struct descriptor_table_pointer pointer;
    static uint64_t descriptors[6];
    __asm__ volatile("sgdt %0" : "=m"(pointer));
    memcpy(descriptors, (const void *)pointer.base, sizeof descriptors - sizeof descriptors[0]);
    descriptors[5] = 0x00cf13000000ffff;
    pointer = (struct descriptor_table_pointer){sizeof descriptors - 1, (uint64_t)(uintptr_t)descriptors};
    __asm__ volatile("lgdt %0" ::"m"(pointer));
}

static void absent_segment(void)
{
    describe_absent_segment();
    __asm__ volatile("movw %w0, %%ds" ::"r"(0x28));
}

static void absent_stack_segment(void)
{
    describe_absent_segment();
    __asm__ volatile("movw %w0, %%ss" ::"r"(0x28));
}

static void single_step(void)
{
    __asm__ volatile("pushfq\n\torq %0, (%%rsp)\n\tpopfq\n\tnop" ::"i"(1 << 8) : "memory", "cc"); /* RFLAGS.TF */
}

/* Not `array[index]++`: there clang 14 checks as if it were for `&array[index]`, and lets one past the end through. */
static void overrun_array(void)
{
    static volatile int array[4];
    volatile int index = 4;
    (void)array[index];
}

/* gcc's plain -fsanitize=bounds would not look at the last member of a struct. */
static void overrun_trailing_array(void)
{
    static struct {
        int before;
        volatile int array[4];
    } object;
    volatile int index = 4;
    (void)object.array[index];
}

static void unexpected_vector(void)
{
    __asm__ volatile("int $0xfe");
}

/* As a software interrupt it pushes no error code, so the report's registers are off by one; but there is a report. */
static void vector_13_by_software(void)
{
    __asm__ volatile("int $13");
}

static void machine_check(void)
{
    __asm__ volatile("int $0x12"); /* vector 18, machine check, on its own stack */
}

void kernel_main(const struct boot_info *boot_info)
{
    static const struct {
        const char *name;
        void (*raise)(void);
    } exceptions[] = {
        {"divide", divide},
        {"invalid_opcode", invalid_opcode},
        {"general_protection", general_protection},
        {"read_page_0", read_page_0},
        {"write_low_half", write_low_half},
        {"unknown_segment", unknown_segment},
        {"absent_segment", absent_segment},
        {"absent_stack_segment", absent_stack_segment},
        {"single_step", single_step},
        {"overrun_array", overrun_array},
        {"overrun_trailing_array", overrun_trailing_array},
        {"unexpected_vector", unexpected_vector},
        {"vector_13_by_software", vector_13_by_software},
        {"machine_check", machine_check},
    };
    facts_print_text();
    for (size_t i = 0; i < COUNT_OF(exceptions); i++)
        if (strcmp(boot_info->command_line, exceptions[i].name) == 0)
            exceptions[i].raise();
    power_exit(0x11);
}
