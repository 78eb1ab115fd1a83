/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/power.h>
#include <tenorite/lib/panic.h>
#include <tenorite/lib/text.h>
#include <tenorite/mm/kernel_memory.h>

#include "arch/x86_64/control_registers.h"
#include "arch/x86_64/stacks.h"
#include "facts.h"

/* Breaks one rule of the kernel's own address space, named on the command line; getting away with it is a failure.
 * `write_text_unprotected` is the negative control: with CR0.WP off the same write succeeds. */
static struct kernel_memory memory;
static const uint64_t read_only = 1;
static uint8_t data[16] = {0xc3}; /* ret */

static void write_byte(uint64_t address)
{
    facts_print_target(address);
    *(volatile uint8_t *)address = 0xcc;
}

static void run_at(const void *address)
{
    void (*function)(void) = (void (*)(void))(uintptr_t)address;
    facts_print_target((uint64_t)(uintptr_t)address);
    function();
}

static void write_text(void)
{
    write_byte((uint64_t)(uintptr_t)&run_at);
}

static void write_text_unprotected(void)
{
    cr0_write(cr0_read() & ~(uint64_t)CR0_WRITE_PROTECT);
    volatile uint8_t *code = (volatile uint8_t *)(uintptr_t)&run_at;
    *code = *code;
    power_exit(1);
}

static void write_rodata(void)
{
    write_byte((uint64_t)(uintptr_t)&read_only);
}

static void execute_data(void)
{
    run_at(data);
}

static void execute_stack(void)
{
    volatile uint8_t code[16] = {0xc3};
    run_at((const void *)code);
}

static void execute_heap(void)
{
    uint8_t *code = heap_alloc(&memory.heap, 16);
    ASSERT(code, "no memory");
    code[0] = 0xc3;
    run_at(code);
}

static void read_page_0(void)
{
    volatile uintptr_t null = 0;
    facts_print_target(null);
    (void)*(volatile uint8_t *)null;
}

static void write_boot_code(void)
{
    write_byte(0x100000);
}

static void write_guard_page(void)
{
    write_byte((uint64_t)(uintptr_t)device_stack_guard + 8);
}

void kernel_main(const struct boot_info *boot_info)
{
    static const struct {
        const char *name;
        void (*break_it)(void);
    } rules[] = {
        {"write_text", write_text},
        {"write_text_unprotected", write_text_unprotected},
        {"write_rodata", write_rodata},
        {"execute_data", execute_data},
        {"execute_stack", execute_stack},
        {"execute_heap", execute_heap},
        {"read_page_0", read_page_0},
        {"write_boot_code", write_boot_code},
        {"write_guard_page", write_guard_page},
    };
    enum kernel_memory_error error = kernel_memory_init(&memory, boot_info);
    ASSERT(error == KERNEL_MEMORY_OK, "%s", kernel_memory_error_text(error));
    facts_print_text();
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        if (strcmp(boot_info->command_line, rules[i].name) == 0)
            rules[i].break_it();
    power_exit(0x11);
}
