/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/cpu.h>
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/power.h>
#include <tenorite/arch/timer.h>
#include <tenorite/lib/console.h>
#include <tenorite/lib/panic.h>
#include <tenorite/lib/printk.h>
#include <tenorite/lib/text.h>

#include "facts.h"

/* A panic prints wherever it strikes: the command line says where. */
static void panic_at_once(void)
{
    panic("at once");
}

static void panic_in_alarm(void *argument)
{
    (void)argument;
    panic("in an interrupt handler: %s", interrupts_in_handler() ? "yes" : "no");
}

static void panic_in_interrupt_handler(void)
{
    ASSERT(timer_start(panic_in_alarm, NULL) == TIMER_OK, "no timer");
    for (;;) {
        interrupts_disable();
        cpu_idle();
    }
}

static void write_and_panic(struct console *self, const char *bytes, size_t length)
{
    static bool was_here;
    (void)self;
    (void)bytes;
    (void)length;
    if (was_here)
        return;
    was_here = true;
    panic("inside printk");
}

static void panic_inside_printk(void)
{
    static struct console console = {.name = "panicking", .write = write_and_panic};
    console_register(&console);
    log_info("test", "this line meets a console that panics");
}

static void panic_after_fault_inside_printk(void)
{
    volatile const char *bad = (const char *)0xdead0000;
    log_info("test", "%s", (const char *)bad);
}

static NO_INLINE void write_beyond(volatile char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        bytes[i] = 'A';
}

static NO_INLINE void panic_after_smashing_the_stack(void)
{
    volatile char bytes[16];
    write_beyond(bytes, 64);
}

void kernel_main(const struct boot_info *boot_info)
{
    static const struct {
        const char *name;
        void (*strike)(void);
    } places[] = {
        {"at_once", panic_at_once},
        {"interrupt", panic_in_interrupt_handler},
        {"printk", panic_inside_printk},
        {"fault_in_printk", panic_after_fault_inside_printk},
        {"stack_smashed", panic_after_smashing_the_stack},
    };
    facts_print_text();
    for (size_t i = 0; i < COUNT_OF(places); i++)
        if (strcmp(boot_info->command_line, places[i].name) == 0)
            places[i].strike();
    power_exit(0x11);
}
