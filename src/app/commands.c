/* SPDX-License-Identifier: MIT */
#include <tenorite/app/commands.h>

#include <tenorite/app/hwreport.h>
#include <tenorite/arch/power.h>
#include <tenorite/arch/timer.h>
#include <tenorite/lib/panic.h>
#include <tenorite/lib/printk.h>
#include <tenorite/lib/text.h>
#include <tenorite/mm/frames.h>
#include <tenorite/mm/heap.h>

#include "app/log_commands.h"
#include "app/maps_command.h"
#include "app/task_commands.h"

/* The shell's commands: one table, one function each. A command prints its own complaints. One whose answer is long has
 * `begin` instead of `run`: it sets up *rest. */
struct command {
    const char *name;
    const char *usage; /* arguments, for help and complaints */
    const char *effect;
    void (*run)(const struct command_environment *environment, struct console *output, const char *arguments);
    void (*begin)(const struct command_environment *environment, struct console *output, const char *arguments,
                  struct command_rest *rest);
};

enum { EXIT_CODE_LIMIT = 127 };

static void print_usage(struct console *output, const char *name, const char *usage)
{
    console_printf(output, "usage: %s %s\n", name, usage);
}

static void run_echo(const struct command_environment *environment, struct console *output, const char *arguments)
{
    (void)environment;
    console_printf(output, "%s\n", arguments);
}

static void run_mem(const struct command_environment *environment, struct console *output, const char *arguments)
{
    (void)arguments;
    struct frames_statistics frames = frames_statistics(environment->frames);
    struct heap_statistics heap = heap_statistics(environment->heap);
    console_printf(output, "frames: %llu KiB free of %llu KiB\n", (unsigned long long)frames.free_count * 4,
                   (unsigned long long)frames.total_count * 4);
    console_printf(output, "heap:   %llu bytes in %llu blocks, %llu KiB mapped\n",
                   (unsigned long long)heap.used_bytes, (unsigned long long)heap.allocation_count,
                   (unsigned long long)heap.mapped_bytes / 1024);
}

static void run_uptime(const struct command_environment *environment, struct console *output, const char *arguments)
{
    (void)environment;
    (void)arguments;
    uint64_t milliseconds = clock_ns() / 1000000;
    console_printf(output, "up %llu.%03llu s\n", (unsigned long long)(milliseconds / 1000),
                   (unsigned long long)(milliseconds % 1000));
}

static bool print_hwreport_part(struct command_rest *rest, struct console *output)
{
    return hwreport_print_part(rest->environment, output, rest->next_part++);
}

static void begin_hwreport(const struct command_environment *environment, struct console *output,
                           const char *arguments, struct command_rest *rest)
{
    uint64_t page;
    if (arguments[0] == '\0')
        *rest = (struct command_rest){.print = print_hwreport_part, .environment = environment};
    else if (text_to_u64(arguments, HWREPORT_PAGES_LIMIT, &page) && page > 0)
        hwreport_print_page(environment, output, (unsigned)page);
    else
        print_usage(output, "hwreport", "[PAGE] (from 1 on)");
}

/* Volatile, so that no crash is optimised away. */
static volatile uint64_t deepest;

static NO_INLINE void overflow_stack(uint64_t depth)
{
    volatile uint64_t frame[16];
    frame[depth % COUNT_OF(frame)] = depth;
    if (depth != UINT64_MAX)
        overflow_stack(depth + 1);
    deepest = frame[depth % COUNT_OF(frame)];
}

static void divide_by_zero(void)
{
    volatile uint64_t zero = 0;
    deepest = deepest / zero; /* NOLINT(clang-analyzer-core.DivideZero): the crash that was asked for */
}

static void write_to_unmapped_page(void)
{
    *(volatile uint64_t *)0xdead0000 = 1;
}

static void run_crash(const struct command_environment *environment, struct console *output, const char *arguments)
{
    (void)environment;
    if (strcmp(arguments, "page") == 0)
        write_to_unmapped_page();
    else if (strcmp(arguments, "stack") == 0)
        overflow_stack(0);
    else if (strcmp(arguments, "panic") == 0)
        panic("asked for by the shell");
    else if (strcmp(arguments, "div") == 0)
        divide_by_zero();
    else
        print_usage(output, "crash", "page|stack|panic|div");
}

static void run_reboot(const struct command_environment *environment, struct console *output, const char *arguments)
{
    (void)environment;
    (void)output;
    (void)arguments;
    power_reboot();
}

static void run_poweroff(const struct command_environment *environment, struct console *output, const char *arguments)
{
    (void)environment;
    (void)output;
    (void)arguments;
    power_off();
}

static void run_exit(const struct command_environment *environment, struct console *output, const char *arguments)
{
    uint64_t code;
    (void)environment;
    if (!text_to_u64(arguments, EXIT_CODE_LIMIT, &code)) {
        print_usage(output, "exit", "CODE (0 to 127)");
        return;
    }
    printk_go_direct();
    power_exit((uint8_t)code);
}

static void run_help(const struct command_environment *environment, struct console *output, const char *arguments);

static const struct command commands[] = {
    {"help", "", "this list", run_help, NULL},
    {"mem", "", "memory: frames and heap", run_mem, NULL},
    {"maps", "[PAGE]", "what each address shows", NULL, begin_maps},
    {"tasks", "", "what runs and what waits", NULL, begin_tasks},
    {"task", "ID", "one task, and what it waits for", run_task, NULL},
    {"top", "", "the tasks that took most of the CPU's time", run_top, NULL},
    {"stats", "on|off", "count polls, wakes and times of tasks", run_stats, NULL},
    {"hwreport", "[PAGE]", "describes this machine, for a report", NULL, begin_hwreport},
    {"uptime", "", "time since the clock started", run_uptime, NULL},
    {"dmesg", "[LEVEL]", "the log's last lines; down to LEVEL only", NULL, begin_dmesg},
    {"log", "[FILTER]", "what the log keeps: LEVEL or MODULE:LEVEL,...", run_log, NULL},
    {"echo", "TEXT", "prints TEXT", run_echo, NULL},
    {"spawn", "COUNT [SECONDS]", "starts COUNT tasks that sleep and print", run_spawn, NULL},
    {"cancel", "ID", "ends a task", run_cancel, NULL},
    {"sleep", "SECONDS", "does nothing for a while; Ctrl-C ends it", NULL, begin_sleep},
    {"crash", "page|stack|panic|div", "breaks the kernel, to see what it says", run_crash, NULL},
    {"reboot", "", "resets the machine", run_reboot, NULL},
    {"poweroff", "", "turns the machine off", run_poweroff, NULL},
    {"exit", "CODE", "ends the virtual machine with CODE, 0 to 127", run_exit, NULL},
};

static void run_help(const struct command_environment *environment, struct console *output, const char *arguments)
{
    (void)environment;
    (void)arguments;
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        console_printf(output, "  %-8s %-21s %s\n", commands[i].name, commands[i].usage, commands[i].effect);
}

static const char *skip_spaces(const char *text)
{
    while (*text == ' ')
        text++;
    return text;
}

void command_execute(const struct command_environment *environment, struct console *output, const char *line,
                     struct command_rest *rest)
{
    rest->pause = SECONDS(0);
    rest->print = NULL;
    const char *name = skip_spaces(line);
    size_t length = 0;
    while (name[length] != '\0' && name[length] != ' ')
        length++;
    if (length == 0)
        return;
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        if (strlen(commands[i].name) == length && strncmp(commands[i].name, name, length) == 0) {
            const char *arguments = skip_spaces(name + length);
            if (commands[i].run != NULL)
                commands[i].run(environment, output, arguments);
            else
                commands[i].begin(environment, output, arguments, rest);
            return;
        }
    }
    console_printf(output, "unknown command: %.*s (help lists the commands)\n", (int)length, name);
}
