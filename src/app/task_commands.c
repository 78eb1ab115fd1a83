/* SPDX-License-Identifier: MIT */
#include "app/task_commands.h"

#include <tenorite/app/sleeper.h>
#include <tenorite/lib/text.h>
#include <tenorite/task/task_accounts.h>

enum { SPAWN_LIMIT = 10000, SECONDS_LIMIT = 86400, TOP_LINES = 10, LINES_AT_A_TIME = 8 };

static bool print_tasks(struct command_rest *rest, struct console *output)
{
    struct task_info info;
    for (int i = 0; i < LINES_AT_A_TIME; i++) {
        if (!executor_next_task(rest->executor, &rest->cursor, &info))
            return false;
        console_printf(output, "%5u %6u  %-20s %-8s %4u  %u\n", info.id, info.parent_id, info.name,
                       task_state_name(info.state), info.priority, info.awaited_line);
    }
    return true;
}

void begin_tasks(const struct command_environment *environment, struct console *output, const char *arguments,
                 struct command_rest *rest)
{
    (void)arguments;
    console_printf(output, "%5s %6s  %-20s %-8s %4s  %s\n", "id", "parent", "name", "state", "prio",
                   "awaits in line");
    rest->executor = environment->executor;
    rest->cursor = (struct task_cursor){};
    rest->print = print_tasks;
}

void begin_sleep(const struct command_environment *environment, struct console *output, const char *arguments,
                 struct command_rest *rest)
{
    uint64_t seconds;
    (void)environment;
    if (!text_to_u64(arguments, SECONDS_LIMIT, &seconds))
        console_printf(output, "usage: sleep SECONDS (0 to %d; Ctrl-C ends it)\n", SECONDS_LIMIT);
    else
        rest->pause = SECONDS(seconds);
}

/* The task that the argument names by its number; says what is wrong if there is none. */
static bool find_task(struct executor *executor, struct console *output, const char *command, const char *arguments,
                      struct task_info *info)
{
    struct task_cursor cursor = {};
    uint64_t id;
    if (!text_to_u64(arguments, UINT32_MAX, &id)) {
        console_printf(output, "usage: %s ID (as `tasks` shows it)\n", command);
        return false;
    }
    while (executor_next_task(executor, &cursor, info))
        if (info->id == id)
            return true;
    console_printf(output, "%s: no task %llu\n", command, (unsigned long long)id);
    return false;
}

/* One line for each future of an await chain. */
struct chain_printer {
    struct tracer tracer;
    struct console *output;
};

static void print_link(struct tracer *tracer, const struct future_type *type, const void *future)
{
    struct console *output = CONTAINER_OF(tracer, struct chain_printer, tracer)->output;
    unsigned line = type->awaited_line ? type->awaited_line(future) : 0;
    console_printf(output, "  %*s%s", (int)(2 * tracer->depth), "", type->name);
    if (line != 0)
        console_printf(output, ", in line %u", line);
    console_printf(output, "\n");
}

static void print_account(struct console *output, struct task_handle task)
{
    struct task_account account;
    if (executor_account_of(task, &account))
        console_printf(output, "  polls %llu, wakes %llu, longest poll %llu us, all polls %llu us\n",
                       (unsigned long long)account.polls, (unsigned long long)account.wakes,
                       (unsigned long long)account.longest_poll_ns / 1000,
                       (unsigned long long)account.total_poll_ns / 1000);
    else
        console_printf(output, "  polls and wakes are not counted (stats on)\n");
}

void run_task(const struct command_environment *environment, struct console *output, const char *arguments)
{
    struct chain_printer printer = {.output = output};
    struct task_info info;
    if (!find_task(environment->executor, output, "task", arguments, &info))
        return;
    console_printf(output, "task %u, %s: %s, priority %u, spawned by ", info.id, info.name,
                   task_state_name(info.state), info.priority);
    if (info.parent_id != 0)
        console_printf(output, "task %u\n", info.parent_id);
    else
        console_printf(output, "no task\n");
    print_account(output, info.handle);
    tracer_init(&printer.tracer, print_link);
    if (!executor_trace(info.handle, &printer.tracer))
        console_printf(output, "  it has ended\n");
}

struct top_line {
    struct task_info info;
    struct task_account account;
};

/* Puts a line where its time belongs among the `count` that there are, longest first; returns how many there are then. */
static unsigned insert(struct top_line lines[TOP_LINES], unsigned count, const struct top_line *line)
{
    unsigned place = count;
    while (place > 0 && lines[place - 1].account.total_poll_ns < line->account.total_poll_ns)
        place--;
    if (place == TOP_LINES)
        return count;
    if (count < TOP_LINES)
        count++;
    for (unsigned i = count - 1; i > place; i--)
        lines[i] = lines[i - 1];
    lines[place] = *line;
    return count;
}

void run_top(const struct command_environment *environment, struct console *output, const char *arguments)
{
    struct top_line lines[TOP_LINES], line;
    struct task_cursor cursor = {};
    unsigned count = 0, tasks = 0;
    (void)arguments;
    while (executor_next_task(environment->executor, &cursor, &line.info)) {
        tasks++;
        if (executor_account_of(line.info.handle, &line.account))
            count = insert(lines, count, &line);
    }
    console_printf(output, "%u tasks, %llu polls, the CPU slept %llu times\n", tasks,
                   (unsigned long long)environment->executor->statistics.polls,
                   (unsigned long long)environment->executor->statistics.idles);
    if (count == 0) {
        console_printf(output, "times of tasks are not counted (stats on)\n");
        return;
    }
    console_printf(output, "%5s  %-20s %10s %10s %12s %12s\n", "id", "name", "polls", "wakes", "longest us",
                   "all us");
    for (unsigned i = 0; i < count; i++)
        console_printf(output, "%5u  %-20s %10llu %10llu %12llu %12llu\n", lines[i].info.id, lines[i].info.name,
                       (unsigned long long)lines[i].account.polls, (unsigned long long)lines[i].account.wakes,
                       (unsigned long long)lines[i].account.longest_poll_ns / 1000,
                       (unsigned long long)lines[i].account.total_poll_ns / 1000);
}

void run_stats(const struct command_environment *environment, struct console *output, const char *arguments)
{
    if (strcmp(arguments, "off") == 0)
        executor_accounts_stop(environment->executor);
    else if (strcmp(arguments, "on") != 0)
        console_printf(output, "usage: stats on|off\n");
    else if (executor_accounts_start(environment->executor) != ACCOUNTS_OK)
        console_printf(output, "stats: out of memory\n");
}

void run_cancel(const struct command_environment *environment, struct console *output, const char *arguments)
{
    struct task_info info;
    if (!find_task(environment->executor, output, "cancel", arguments, &info))
        return;
    if (executor_cancel(info.handle) != CANCEL_REQUESTED)
        console_printf(output, "cancel: task %u has ended\n", info.id);
}

/* "COUNT" or "COUNT SECONDS". */
static bool parse_spawn(const char *arguments, uint64_t *count, uint64_t *seconds)
{
    char first[16];
    size_t length = 0;
    while (length < sizeof first - 1 && arguments[length] != '\0' && arguments[length] != ' ') {
        first[length] = arguments[length];
        length++;
    }
    first[length] = '\0';
    if (arguments[length] != '\0' && arguments[length] != ' ')
        return false;
    if (!text_to_u64(first, SPAWN_LIMIT, count))
        return false;
    while (arguments[length] == ' ')
        length++;
    *seconds = 0;
    return arguments[length] == '\0' || text_to_u64(&arguments[length], SECONDS_LIMIT, seconds);
}

void run_spawn(const struct command_environment *environment, struct console *output, const char *arguments)
{
    uint64_t count, seconds;
    if (!parse_spawn(arguments, &count, &seconds)) {
        console_printf(output, "usage: spawn COUNT [SECONDS] (0 to %d tasks)\n", SPAWN_LIMIT);
        return;
    }
    duration pause = seconds != 0 ? SECONDS(seconds) : MILLISECONDS(100);
    for (unsigned number = 1; number <= count; number++) {
        struct spawn_result result = SPAWN(environment->executor, sleeper, "sleeper", output, number, pause);
        if (result.error != SPAWN_OK) {
            console_printf(output, "spawn: out of memory after %u tasks\n", number - 1);
            return;
        }
    }
}
