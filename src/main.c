/* SPDX-License-Identifier: MIT */
#include <tenorite/app/log_task.h>
#include <tenorite/app/shell.h>
#include <tenorite/app/terminal.h>
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/cpu.h>
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/timer.h>
#include <tenorite/arch/uart_16550.h>
#include <tenorite/drivers/early_console.h>
#include <tenorite/drivers/keyboard.h>
#include <tenorite/drivers/vga_text.h>
#include <tenorite/lib/command_line.h>
#include <tenorite/lib/panic.h>
#include <tenorite/lib/printk.h>
#include <tenorite/lib/version.h>
#include <tenorite/mm/kernel_memory.h>
#include <tenorite/task/executor.h>

/*
 * The kernel's composition root and table of contents: it owns every singleton and brings the layers up from left to
 * right. Before it runs the entry code (src/arch/x86_64/boot/); after it, nothing but tasks and interrupt handlers.
 */
static struct kernel_memory memory;
static struct executor executor;
static struct vga_text screen;
static struct keyboard keyboard;
static struct terminal serial_terminal, screen_terminal;
static struct command_environment shell_environment;

static void log_option_apply(const struct boot_info *boot_info)
{
    char value[16];
    enum log_level level;
    if (command_line_value(boot_info->command_line, "log", value, sizeof value) != COMMAND_LINE_FOUND)
        return;
    if (log_level_parse(value, &level))
        printk_set_threshold(level);
    else
        log_warning("main", "log=%s: the levels are error, warning, info, debug", value);
}

static void console_option_apply(const struct boot_info *boot_info)
{
    char names[64];
    if (command_line_value(boot_info->command_line, "console", names, sizeof names) != COMMAND_LINE_FOUND)
        return;
    if (console_select(names) != 0)
        log_warning("main", "console=%s names a console that this machine does not have", names);
}

static void boot_log(const struct boot_info *boot_info)
{
    log_info("main", "Tenorite %s on %s, booted by %s", TENORITE_VERSION, cpu_name(),
             boot_info->loader_name[0] != '\0' ? boot_info->loader_name : "PVH");
    log_debug("main", "command line: %s", boot_info->command_line);
    if (boot_info->command_line_was_cut)
        log_warning("main", "the command line was longer than %d bytes and has been cut",
                    BOOT_COMMAND_LINE_BYTES - 1);
}

static void memory_start(const struct boot_info *boot_info)
{
    enum kernel_memory_error error = kernel_memory_init(&memory, boot_info);
    if (error != KERNEL_MEMORY_OK)
        panic("memory: %s", kernel_memory_error_text(error));
    if (!address_space_is_w_xor_x(&memory.space))
        log_warning("mm", "this CPU has no execute protection: data pages can be executed");
    log_info("mm", "%llu KiB of memory free", (unsigned long long)frames_statistics(&memory.frames).free_count * 4);
}

static void screen_start(const struct boot_info *boot_info)
{
    if (!vga_text_is_present(boot_info->framebuffer.kind)) {
        log_info("vga", "no text screen");
        return;
    }
    struct mmio_mapping cells = mmio_map(&memory.mmio, phys_addr_new(VGA_TEXT_PHYSICAL_ADDRESS),
                                         VGA_TEXT_CELLS * sizeof(uint16_t), MMIO_UNCACHED);
    if (cells.error != MAP_OK) {
        log_error("vga", "cannot map the text screen: %s", map_error_name(cells.error));
        return;
    }
    vga_text_init(&screen, cells.start);
    vga_text_register_console(&screen);
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

static void serial_shell_start(void)
{
    struct serial_port *port = early_console_port();
    if (!port) {
        log_warning("serial", "no serial port at %#x", UART_COM1_BASE);
        return;
    }
    terminal_init(&serial_terminal, "shell on serial", TERMINAL_CHARACTERS, &port->console);
    if (serial_enable_receive(port, UART_COM1_IRQ, terminal_sink(&serial_terminal)) != SERIAL_OK) {
        log_error("serial", "no interrupt line for input");
        return;
    }
    shell_start_on(&serial_terminal);
}

static void screen_shell_start(void)
{
    struct console *output = console_find("vga");
    if (!output) {
        log_info("keyboard", "not used: there is no screen to type to");
        return;
    }
    terminal_init(&screen_terminal, "shell on screen", TERMINAL_SCAN_CODES, output);
    if (keyboard_init(&keyboard, KEYBOARD_IRQ, terminal_sink(&screen_terminal)) != KEYBOARD_OK) {
        log_warning("keyboard", "no keyboard");
        return;
    }
    shell_start_on(&screen_terminal);
}

void kernel_main(const struct boot_info *boot_info)
{
    log_option_apply(boot_info);
    boot_log(boot_info);
    memory_start(boot_info);
    screen_start(boot_info);
    console_option_apply(boot_info);
    executor_init(&executor, &memory.heap);
    shell_environment = (struct command_environment){&executor, &memory.heap, &memory.frames};
    timer_start(NULL);
    printk_set_clock(clock_ns);
    spawn_or_panic("log", SPAWN(&executor, log_task, "log"));
    serial_shell_start();
    screen_shell_start();
    interrupts_enable();
    executor_run(&executor);
}
