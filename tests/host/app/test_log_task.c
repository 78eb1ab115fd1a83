/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <tenorite/app/log_task.h>
#include <tenorite/lib/console.h>
#include <tenorite/lib/printk.h>

static unsigned lines_written, lines_at_last_poll, most_between_polls;

static void count_lines(struct console *self, const char *bytes, size_t length)
{
    (void)self;
    lines_written += bytes[length - 1] == '\n';
}

static void note_lines(struct probe_record *record, struct context *context)
{
    (void)record, (void)context;
    if (lines_written - lines_at_last_poll > most_between_polls)
        most_between_polls = lines_written - lines_at_last_poll;
    lines_at_last_poll = lines_written;
}

static void a_long_log_lets_other_tasks_run_and_comes_out_whole(void **state)
{
    enum { LINES = 100, FEW = 8 };
    static struct console console = {.name = "counting", .write = count_lines};
    struct probe_record other = {.self_wakes = 1, .ready_at_poll = 30, .in_poll = note_lines};
    (void)state;
    for (int i = 0; i < LINES; i++)
        log_info("test", "%d", i);
    console_register(&console);
    assert_int_equal(SPAWN(&executor, log_task, "log").error, SPAWN_OK);
    spawn_probe(&other);
    run();
    assert_int_equal(lines_written, LINES);
    assert_in_range(most_between_polls, 1, FEW);
    log_info("test", "one more");
    assert_int_equal(lines_written, LINES);
    run();
    assert_int_equal(lines_written, LINES + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TASK_TEST(a_long_log_lets_other_tasks_run_and_comes_out_whole),
    };
    return cmocka_run_group_tests_name("log_task", tests, NULL, NULL);
}
