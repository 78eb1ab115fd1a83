/* SPDX-License-Identifier: MIT */
#include "printk_fixture.h"

static void write_other(struct console *self, const char *bytes, size_t length)
{
    child_write(self, "|", 1);
    child_write(self, bytes, length);
}

static struct console other_console = {.name = "other", .write = write_other, .set_style = tell_style};

static void print_history(void)
{
    begin();
    now_ns = 1000;
    log_info("mm", "drained");
    printk_set_listener(be_silent);
    log_warning("mm", "waits");
    now_ns = 2000;
    log_error(NULL, "waits too");
    console_write_to(&other_console, "> ", 2);
    child_print("\n");
    struct printk_history all = printk_history(LOG_DEBUG), bad = printk_history(LOG_WARNING);
    log_info("mm", "later");
    child_print(printk_history_print(&all, &other_console, 10) ? "more\n" : "all\n");
    child_print(printk_history_print(&bad, &other_console, 10) ? "more\n" : "all\n");
    dprintf(child_pipe, "%u drained\n", printk_drain(10));
}

static void history_prints_again_on_one_console_and_takes_nothing_from_the_drain(void **state)
{
    (void)state;
    check_child(print_history, 0,
                "[    0.000001] mm: drained\n|> \n"
                "|\n<d>|[    0.000001] <p>|mm: drained<p>|\n"
                "<d>|[    0.000001] <w>|warning: mm: waits<p>|\n"
                "<d>|[    0.000002] <e>|error: waits too<p>|\nall\n"
                "<d>|[    0.000001] <w>|warning: mm: waits<p>|\n"
                "<d>|[    0.000002] <e>|error: waits too<p>|\nall\n"
                "[    0.000001] warning: mm: waits\n[    0.000002] error: waits too\n"
                "[    0.000002] mm: later\n3 drained\n");
}

static void print_numbers(int from, int to)
{
    for (int i = from; i < to; i++)
        printk(i % 2 == 0 ? LOG_INFO : LOG_WARNING, NULL, "%d", i);
}

static void print_history_in_portions(void)
{
    printk_set_listener(be_silent);
    print_numbers(0, LOG_RING_RECORDS + 7);
    struct printk_history all = printk_history(LOG_DEBUG), bad = printk_history(LOG_WARNING);
    child_print(printk_history_print(&all, &child_console, 3) ? "more\n" : "all\n");
    print_numbers(0, 4);
    child_print(printk_history_print(&all, &child_console, 2) ? "more\n" : "all\n");
    child_print(printk_history_print(&bad, &child_console, 2) ? "more\n" : "all\n");
    print_numbers(0, LOG_RING_RECORDS);
    child_print(printk_history_print(&all, &child_console, 2) ? "more\n" : "all\n");
    child_print(printk_history_print(&all, &child_console, 2) ? "more\n" : "all\n");
}

static void history_comes_in_portions_and_says_where_lines_are_lost(void **state)
{
    (void)state;
    check_child(print_history_in_portions, 0,
                "7 older lines lost\n[    0.000000] warning: 7\n[    0.000000] 8\nmore\n"
                "2 older lines lost\n[    0.000000] warning: 11\nmore\n"
                "11 older lines lost\n[    0.000000] warning: 11\nmore\n"
                "123 older lines lost\nall\nall\n");
}

static void print_history_twice(void)
{
    printk_set_listener(be_silent);
    print_numbers(0, 6);
    for (unsigned i = 0; i < 2; i++) {
        struct printk_history history = printk_history(LOG_WARNING);
        while (printk_history_print(&history, &child_console, 1))
            child_print("-");
        child_print("=");
    }
}

static void history_can_be_printed_any_number_of_times(void **state)
{
    (void)state;
    check_child(print_history_twice, 0,
                "[    0.000000] warning: 1\n-[    0.000000] warning: 3\n-[    0.000000] warning: 5\n-="
                "[    0.000000] warning: 1\n-[    0.000000] warning: 3\n-[    0.000000] warning: 5\n-=");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(history_prints_again_on_one_console_and_takes_nothing_from_the_drain),
        cmocka_unit_test(history_comes_in_portions_and_says_where_lines_are_lost),
        cmocka_unit_test(history_can_be_printed_any_number_of_times),
    };
    return cmocka_run_group_tests_name("printk_history", tests, NULL, NULL);
}
