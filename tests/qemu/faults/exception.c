/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/power.h>
#include <tenorite/lib/text.h>

/* Raises the exception that the command line names; surviving it is a failure. */
static void divide(void)
{
    volatile int zero = 0;
    __asm__ volatile("divl %1" ::"a"(1), "r"(zero), "d"(0));
}

static void invalid_opcode(void)
{
    __asm__ volatile("ud2");
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
    __asm__ volatile("int $0xff");
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
        {"overrun_array", overrun_array},
        {"overrun_trailing_array", overrun_trailing_array},
        {"unexpected_vector", unexpected_vector},
        {"vector_13_by_software", vector_13_by_software},
        {"machine_check", machine_check},
    };
    for (size_t i = 0; i < COUNT_OF(exceptions); i++)
        if (strcmp(boot_info->command_line, exceptions[i].name) == 0)
            exceptions[i].raise();
    power_exit(0x11);
}
