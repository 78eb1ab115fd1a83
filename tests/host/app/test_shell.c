/* SPDX-License-Identifier: MIT */
/* The shell and a terminal beside another task. Of the commands there are three here: dmesg, sleep, and what repeats
 * its line. */
#include "task_test.h"

#include <stdio.h>
#include <string.h>
#include <tenorite/app/shell.h>
#include <tenorite/lib/log_ring.h>
#include <tenorite/lib/printk.h>

#include "app/log_commands.h"

void command_execute(const struct command_environment *environment, struct console *console, const char *line,
                     struct command_rest *rest)
{
    rest->pause = SECONDS(0);
    rest->print = NULL;
    if (strcmp(line, "sleep") == 0)
        rest->pause = SECONDS(100);
    else if (strcmp(line, "dmesg") == 0)
        begin_dmesg(environment, console, "", rest);
    else
        console_printf(console, "%s!\n", line);
}

static char output[1 << 15];
static size_t output_length;

static void append(struct console *self, const char *bytes, size_t length)
{
    (void)self;
    assert_true(output_length + length < sizeof output);
    memcpy(output + output_length, bytes, length);
    output_length += length;
}

static struct console console = {.name = "memory", .write = append};
static struct terminal terminal;
static const struct command_environment environment;

static int set_up(void **state)
{
    memset(output, 0, sizeof output);
    output_length = 0;
    task_test_setup(state);
    terminal_init(&terminal, "terminal", TERMINAL_CHARACTERS, &console);
    assert_int_equal(SPAWN(&executor, shell, "shell", &terminal, &environment).error, SPAWN_OK);
    run();
    return 0;
}

static void type(const char *keys)
{
    struct byte_sink sink = terminal_sink(&terminal);
    for (; *keys != '\0'; keys++)
        sink.put(sink.context, (uint8_t)*keys);
}

static unsigned count_lines(void)
{
    unsigned lines = 0;
    for (size_t i = 0; i < output_length; i++)
        lines += output[i] == '\n';
    return lines;
}

static unsigned lines_at_last_poll, most_between_polls;

/* An interrupt strikes while the answer is being printed: somebody types on. */
static void look_and_type(struct probe_record *record, struct context *context)
{
    unsigned lines = count_lines();
    (void)context;
    if (lines - lines_at_last_poll > most_between_polls)
        most_between_polls = lines - lines_at_last_poll;
    lines_at_last_poll = lines;
    if (record->polls == 5)
        type("typed\r");
}

static void dmesg_lets_other_tasks_run_and_what_is_typed_meanwhile_is_obeyed_afterwards(void **state)
{
    enum { PORTION = 8 };
    struct probe_record other = {.self_wakes = 1, .ready_at_poll = 30, .in_poll = look_and_type};
    char lost[] = "3 older lines lost\n", last[40];
    (void)state;
    for (int i = 0; i < LOG_RING_RECORDS + 3; i++)
        log_info("test", "line %d", i);
    snprintf(last, sizeof last, "test: line %d\ntenorite> ", LOG_RING_RECORDS + 2);
    type("dmesg\r");
    lines_at_last_poll = count_lines();
    spawn_probe(&other);
    run();
    assert_in_range(most_between_polls, 1, PORTION + 1);
    assert_int_equal(count_lines(), 1 + 1 + 1 + LOG_RING_RECORDS + 2);
    const char *first_line = strstr(output, lost), *last_line = strstr(output, last);
    assert_non_null(first_line);
    assert_non_null(last_line);
    assert_non_null(strstr(first_line, "] test: line 3\n"));
    assert_string_equal(last_line + strlen(last), "typed\ntyped!\ntenorite> ");
}

static void ctrl_c_ends_a_command_that_sleeps(void **state)
{
    (void)state;
    type("sleep\r");
    run();
    assert_int_equal(executor.timers.count, 1);
    type("lost\x03kept\r");
    run();
    assert_int_equal(executor.timers.count, 0);
    assert_non_null(strstr(output, "sleep\n^C\ntenorite> kept\nkept!\ntenorite> "));
    assert_null(strstr(output, "lost"));
}

static void what_is_typed_while_a_command_sleeps_is_obeyed_afterwards(void **state)
{
    (void)state;
    type("sleep\r");
    run();
    type("later\r");
    run();
    assert_null(strstr(output, "later"));
    clock_double_advance_ns(100 * 1000000000ull);
    run();
    assert_non_null(strstr(output, "sleep\ntenorite> later\nlater!\ntenorite> "));
}

static void ctrl_c_ends_a_long_answer(void **state)
{
    (void)state;
    for (int i = 0; i < LOG_RING_RECORDS; i++)
        log_info("test", "line %d", i);
    type("dmesg\r\x03");
    run();
    assert_true(count_lines() < LOG_RING_RECORDS);
    assert_non_null(strstr(output, "^C\ntenorite> "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(dmesg_lets_other_tasks_run_and_what_is_typed_meanwhile_is_obeyed_afterwards,
                                        set_up, task_test_teardown),
        cmocka_unit_test_setup_teardown(ctrl_c_ends_a_command_that_sleeps, set_up, task_test_teardown),
        cmocka_unit_test_setup_teardown(what_is_typed_while_a_command_sleeps_is_obeyed_afterwards, set_up,
                                        task_test_teardown),
        cmocka_unit_test_setup_teardown(ctrl_c_ends_a_long_answer, set_up, task_test_teardown),
    };
    return cmocka_run_group_tests_name("shell", tests, NULL, NULL);
}
