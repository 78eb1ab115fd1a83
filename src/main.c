/* SPDX-License-Identifier: MIT */
#include <tenorite/app/boot_options.h>
#include <tenorite/app/log_task.h>
#include <tenorite/app/screen.h>
#include <tenorite/app/shell.h>
#include <tenorite/app/terminal.h>
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/cpu.h>
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/timer.h>
#include <tenorite/arch/uart_16550.h>
#include <tenorite/drivers/early_console.h>
#include <tenorite/drivers/inventory.h>
#include <tenorite/drivers/keyboard.h>
#include <tenorite/drivers/pci.h>
#include <tenorite/lib/panic.h>
#include <tenorite/lib/printk.h>
#include <tenorite/lib/version.h>
#include <tenorite/mm/kernel_memory.h>
#include <tenorite/task/executor.h>
#include <tenorite/task/watchdog.h>

/*
 * The kernel's composition root and table of contents: it owns every singleton and brings the layers up from left to
 * right. Before it runs the entry code (src/arch/x86_64/boot/); after it, nothing but tasks and interrupt handlers.
 */
static struct kernel_memory memory;
static struct executor executor;
static struct watchdog watchdog;
static struct console *screen; /* NULL: none */
static struct keyboard keyboard;
static struct terminal serial_terminal, screen_terminal;
static struct command_environment shell_environment;

static void boot_log(const struct boot_info *boot_info)
{
    log_info("main", "Tenorite %s on %s, booted by %s", TENORITE_VERSION, cpu_name(),
             boot_info->loader_name[0] != '\0' ? boot_info->loader_name : "PVH");
    log_debug("main", "firmware: %s", boot_firmware_text(boot_info->firmware));
    log_debug("main", "command line: %s", boot_info->command_line);
    for (size_t i = 0; i < boot_info->region_count; i++)
        log_debug("mm", "memory %#12llx to %#12llx: %s", (unsigned long long)boot_info->regions[i].base,
                  (unsigned long long)(boot_info->regions[i].base + boot_info->regions[i].length - 1),
                  boot_region_kind_text(boot_info->regions[i].kind));
    if (boot_info->command_line_was_cut)
        log_warning("main", "the command line was longer than %d bytes and has been cut",
                    BOOT_COMMAND_LINE_BYTES - 1);
}

static void memory_build(const struct boot_info *boot_info)
{
    enum kernel_memory_error error = kernel_memory_build(&memory, boot_info);
    if (error != KERNEL_MEMORY_OK)
        panic("memory: %s", kernel_memory_error_text(error));
}

static void memory_activate(void)
{
    kernel_memory_activate(&memory);
    if (!address_space_is_w_xor_x(&memory.space))
        log_warning("mm", "this CPU has no execute protection: data pages can be executed");
    log_info("mm", "%llu KiB of memory free", (unsigned long long)frames_statistics(&memory.frames).free_count * 4);
}

static void on_alarm(void *unused)
{
    (void)unused;
    executor_alarm(&executor);
    watchdog_look(&watchdog);
}

static void clock_start(void)
{
    if (interrupts_controller_is_present())
        inventory_found("irq", "8259A controllers, %u lines", irq_line_count());
    else
        inventory_missing("irq", "no 8259A controllers: no device can interrupt");
    enum timer_error error = timer_start(on_alarm, NULL);
    if (error == TIMER_OK)
        inventory_found("timer", "8254, interrupts on demand");
    else
        inventory_missing("timer", "%s: the clock stands still", timer_error_text(error));
    printk_set_clock(clock_ns);
}

static void spawn_or_panic(const char *name, struct spawn_result result)
{
    if (result.error != SPAWN_OK)
        panic("no memory for the task %s", name);
}

static void shell_start_on(struct terminal *terminal)
{
    spawn_or_panic(terminal->name, SPAWN(&executor, shell, terminal->name, terminal, &shell_environment));
}

static void serial_missing(enum serial_error error)
{
    inventory_missing("serial", "port %#x: %s", UART_COM1_BASE, serial_error_text(error));
}

static void serial_shell_start(void)
{
    struct serial_port *port = early_console_serial();
    if (!port) {
        serial_missing(early_console_serial_error());
        return;
    }
    terminal_init(&serial_terminal, "shell on serial", TERMINAL_CHARACTERS, &port->console);
    enum serial_error error = serial_enable_receive(port, UART_COM1_IRQ, terminal_sink(&serial_terminal));
    if (error != SERIAL_OK) {
        serial_missing(error);
        return;
    }
    inventory_found("serial", "port %#x, interrupt line %d, FIFO of %u bytes", UART_COM1_BASE, UART_COM1_IRQ,
                    port->fifo_bytes);
    shell_start_on(&serial_terminal);
}

static void screen_shell_start(void)
{
    if (!screen) {
        inventory_missing("keyboard", "not looked for, there is no screen to type to");
        return;
    }
    terminal_init(&screen_terminal, "shell on screen", TERMINAL_SCAN_CODES, screen);
    enum keyboard_error error = keyboard_init(&keyboard, KEYBOARD_IRQ, terminal_sink(&screen_terminal));
    if (error != KEYBOARD_OK) {
        inventory_missing("keyboard", "%s", keyboard_error_text(error));
        return;
    }
    inventory_found("keyboard", "i8042 controller, interrupt line %d", KEYBOARD_IRQ);
    shell_start_on(&screen_terminal);
}

/* Nothing here drives a PCI device; the hardware report lists them. */
static void pci_check(void)
{
    if (pci_config_is_present())
        inventory_found("pci", "configuration mechanism #1");
    else
        inventory_missing("pci", "no configuration mechanism #1");
}

void kernel_main(const struct boot_info *boot_info)
{
    screen = early_console_start_screen(boot_info);
    boot_options_apply(boot_info->command_line);
    boot_log(boot_info);
    memory_build(boot_info);
    screen = screen_move(screen, &memory);
    memory_activate();
    screen_report(screen, boot_info);
    executor_init(&executor, &memory.heap);
    shell_environment =
        (struct command_environment){&executor, &memory.heap, &memory.frames, &memory.space, boot_info};
    watchdog_init(&watchdog, &executor, SECONDS(1));
    clock_start();
    spawn_or_panic("log", SPAWN(&executor, log_task, "log"));
    serial_shell_start();
    screen_shell_start();
    pci_check();
    interrupts_enable();
    executor_run(&executor);
}
