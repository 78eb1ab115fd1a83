/* SPDX-License-Identifier: MIT */
/* Linked with --wrap=log_ring_read: an interrupt can strike when the drain has just found the ring empty. */
#include "printk_fixture.h"

static void print_levels(void)
{
    begin();
    now_ns = 12345678;
    log_info("mm", "text");
    now_ns = 3600ull * 1000 * 1000 * 1000;
    log_error("mm", "%d pages", 3);
    log_warning("mm", "newline\n");
    log_debug("mm", "not wanted");
    set_filter("debug");
    now_ns = 123456ull * 1000 * 1000 * 1000 + 999999999;
    log_debug("mm", "%s", "");
    log_info(NULL, "no module");
    set_filter("error");
    log_warning("mm", "not wanted");
    log_error("mm", "errors stay");
}

static void lines_carry_time_level_and_module(void **state)
{
    (void)state;
    check_child(print_levels, 0,
                "[    0.012345] mm: text\n"
                "[ 3600.000000] error: mm: 3 pages\n"
                "[ 3600.000000] warning: mm: newline\n"
                "[123456.999999] mm: \n"
                "[123456.999999] no module\n"
                "[123456.999999] error: mm: errors stay\n");
}

static void print_without_clock(void)
{
    console_register(&child_console);
    console_print("> prompt");
    log_info("mm", "text");
}

static void a_line_starts_at_the_left_edge_and_at_time_0_without_a_clock(void **state)
{
    (void)state;
    check_child(print_without_clock, 0, "> prompt\n[    0.000000] mm: text\n");
}

static void print_before_console(void)
{
    printk_set_clock(read_clock);
    log_info("boot", "first");
    now_ns = 1000;
    log_info("boot", "second");
    console_register(&child_console);
    child_print("registered\n");
    now_ns = 2000;
    log_info("boot", "third");
}

static void lines_before_the_first_console_come_out_at_the_first_drain(void **state)
{
    (void)state;
    check_child(print_before_console, 0,
                "registered\n[    0.000000] boot: first\n[    0.000001] boot: second\n[    0.000002] boot: third\n");
}

static void print_long_lines(void)
{
    begin();
    log_error("fourteen-bytes", "%0212d", 1);
    log_error("fourteen-bytes", "%0215d", 2); /* just fits, its NUL included */
    log_error("fourteen-bytes", "%0216d", 3); /* just does not */
    log_info("fifteen-bytes-x", "whole");
}

static void long_lines_are_cut_and_say_so(void **state)
{
    (void)state;
    char expected[1200];
    snprintf(expected, sizeof expected,
             "[    0.000000] error: fourteen-bytes: %0212d\n[    0.000000] error: fourteen-bytes: %0215d\n"
             "[    0.000000] error: fourteen-bytes: %0212d...\n[    0.000000] fifteen-bytes-: whole\n",
             1, 2, 0);
    check_child(print_long_lines, 0, expected);
}

static void note_line(void)
{
    child_print("!");
}

static void print_to_listener(void)
{
    begin();
    log_info("mm", "direct");
    printk_set_listener(note_line);
    for (int i = 0; i < 5; i++)
        log_info("mm", "%d", i);
    dprintf(child_pipe, " %u\n", printk_drain(2));
    dprintf(child_pipe, "%u\n", printk_drain(100));
    dprintf(child_pipe, "%u\n", printk_drain(100));
    printk_set_listener(NULL);
    log_info("mm", "direct");
}

static void with_a_listener_lines_wait_for_the_drain(void **state)
{
    (void)state;
    check_child(print_to_listener, 0,
                "[    0.000000] mm: direct\n"
                "!!!!![    0.000000] mm: 0\n[    0.000000] mm: 1\n 2\n"
                "[    0.000000] mm: 2\n[    0.000000] mm: 3\n[    0.000000] mm: 4\n3\n0\n"
                "[    0.000000] mm: direct\n");
}

static void overrun_the_ring(void)
{
    begin();
    printk_set_listener(be_silent);
    for (int i = 0; i < LOG_RING_RECORDS + 2; i++)
        log_info("mm", "%d", i);
    printk_drain(1);
    dprintf(child_pipe, "%llu\n", (unsigned long long)printk_lost_lines());
    printk_drain(1);
}

static void overwritten_lines_are_counted_and_reported_once(void **state)
{
    (void)state;
    check_child(overrun_the_ring, 0,
                "[    0.000000] warning: log: 2 lines lost\n[    0.000000] mm: 2\n2\n[    0.000000] mm: 3\n");
}

static void go_direct(void)
{
    begin();
    printk_set_listener(note_line);
    log_info("mm", "pending");
    printk_go_direct();
    child_print("-\n");
    log_info("mm", "direct");
    printk_set_listener(note_line);
    log_info("mm", "still direct");
}

static void go_direct_writes_what_is_pending_and_lasts(void **state)
{
    (void)state;
    check_child(go_direct, 0,
                "![    0.000000] mm: pending\n-\n[    0.000000] mm: direct\n[    0.000000] mm: still direct\n");
}

/* A console during whose first write an interrupt prints two lines. */
static void write_interrupted(struct console *self, const char *bytes, size_t length)
{
    static bool was_interrupted;
    if (!was_interrupted) {
        was_interrupted = true;
        log_info("irq", "one");
        log_info("irq", "two");
        dprintf(child_pipe, "(%u)", printk_drain(5));
    }
    child_write(self, bytes, length);
}

static void interrupt_the_drain(void)
{
    child_console.write = write_interrupted;
    begin();
    log_info("mm", "interrupted");
    child_print("-\n");
}

static void a_line_printed_inside_a_drain_is_left_to_that_drain(void **state)
{
    (void)state;
    check_child(interrupt_the_drain, 0,
                "(0)[    0.000000] mm: interrupted\n[    0.000000] irq: one\n[    0.000000] irq: two\n-\n");
}

static void (*when_found_empty)(void);

enum log_ring_result __real_log_ring_read(struct log_ring *ring, struct log_record *record);
enum log_ring_result __wrap_log_ring_read(struct log_ring *ring, struct log_record *record);

enum log_ring_result __wrap_log_ring_read(struct log_ring *ring, struct log_record *record)
{
    enum log_ring_result result = __real_log_ring_read(ring, record);
    void (*interrupt)(void) = when_found_empty;
    if (result != LOG_RING_EMPTY || !interrupt)
        return result;
    when_found_empty = NULL;
    interrupt();
    return result;
}

static void log_late(void)
{
    log_info("irq", "late");
}

static void interrupt_the_end_of_the_drain(void)
{
    begin();
    when_found_empty = log_late;
    log_info("mm", "last");
    child_print("-\n");
}

static void a_line_printed_after_the_drains_last_look_still_comes_out(void **state)
{
    (void)state;
    check_child(interrupt_the_end_of_the_drain, 0, "[    0.000000] mm: last\n[    0.000000] irq: late\n-\n");
}

/* The clock is read in the middle of printk: here an interrupt strikes. */
static uint64_t clock_interrupted(void)
{
    static bool was_interrupted;
    if (!was_interrupted) {
        was_interrupted = true;
        log_info("nmi", "in the middle of printk");
    }
    return 0;
}

static void interrupt_printk(void)
{
    begin();
    printk_set_clock(clock_interrupted);
    log_info("mm", "outer");
}

static void a_line_printed_inside_printk_comes_first_and_both_come_out(void **state)
{
    (void)state;
    check_child(interrupt_printk, 0, "[    0.000000] nmi: in the middle of printk\n[    0.000000] mm: outer\n");
}

static void write_and_log(struct console *self, const char *bytes, size_t length)
{
    (void)self, (void)length;
    if (bytes[0] == '\n')
        child_print("x");
    log_info("console", "written");
}

static void log_in_every_write(void)
{
    child_console.write = write_and_log;
    begin();
    log_info("mm", "this line breeds");
    child_print("\n");
}

static void a_console_that_logs_every_write_does_not_keep_the_caller_for_ever(void **state)
{
    (void)state;
    struct child_output *output = run_in_child(log_in_every_write);
    assert_int_equal(output->exit_code, 0);
    assert_in_range(strspn(output->text, "x"), 1, 2 * PRINTK_DIRECT_LINES);
}

static void get_stuck_in_printk(void)
{
    begin();
    log_info("mm", "before");
    struct log_reservation stuck = log_ring_reserve(&printk_ring);
    log_info("irq", "while the other is stuck");
    child_print("waits\n");
    struct log_record record = {.level = LOG_INFO, .module = "mm", .text = "stuck"};
    log_ring_commit(stuck, &record);
    printk_drain(10);
    stuck = log_ring_reserve(&printk_ring);
    log_info("irq", "again");
    child_print("direct\n");
    printk_go_direct();
    dprintf(child_pipe, "%llu\n", (unsigned long long)printk_lost_lines());
}

static void a_line_half_stored_is_waited_for_except_by_go_direct(void **state)
{
    (void)state;
    check_child(get_stuck_in_printk, 0,
                "[    0.000000] mm: before\nwaits\n[    0.000000] mm: stuck\n"
                "[    0.000000] irq: while the other is stuck\ndirect\n"
                "[    0.000000] warning: log: 1 lines lost\n[    0.000000] irq: again\n1\n");
}

/* A drain that is interrupted for good, in the middle of its second line. */
static jmp_buf interrupted;
static unsigned writes_left;

static void write_until_interrupted(struct console *self, const char *bytes, size_t length)
{
    if (--writes_left == 0)
        longjmp(interrupted, 1);
    child_write(self, bytes, length);
}

static void take_over_a_drain(void)
{
    child_console.write = write_until_interrupted;
    begin();
    printk_set_listener(be_silent);
    for (int i = 0; i < 4; i++)
        log_info("mm", "%d", i);
    writes_left = 5;
    if (setjmp(interrupted) == 0)
        printk_drain(10);
    dprintf(child_pipe, "(%u)", printk_drain(10));
    printk_go_direct();
    log_info("mm", "afterwards");
}

static void go_direct_takes_over_an_interrupted_drain_and_loses_no_line(void **state)
{
    (void)state;
    check_child(take_over_a_drain, 0,
                "[    0.000000] mm: 0\n[    0.000000] (0)\n[    0.000000] mm: 1\n[    0.000000] mm: 2\n"
                "[    0.000000] mm: 3\n[    0.000000] mm: afterwards\n");
}

static void print_in_style(void)
{
    static struct console colourless = {.name = "colourless", .write = child_write};
    child_console.set_style = tell_style;
    begin();
    set_filter("debug");
    log_error("mm", "worst");
    log_warning(NULL, "bad");
    log_info("mm", "good");
    log_debug("mm", "%s", "");
    console_print("> prompt");
    log_info("mm", "below it");
    console_register(&colourless);
    log_error("mm", "twice");
}

static void the_time_is_dim_a_warning_or_an_error_in_its_style_and_the_rest_plain(void **state)
{
    (void)state;
    check_child(print_in_style, 0,
                "<d>[    0.000000] <e>error: mm: worst<p>\n"
                "<d>[    0.000000] <w>warning: bad<p>\n"
                "<d>[    0.000000] <p>mm: good<p>\n"
                "<d>[    0.000000] <p>mm: <p>\n"
                "> prompt\n<d>[    0.000000] <p>mm: below it<p>\n"
                "<d>[    0.000000] <e>error: mm: twice<p>\n"
                "[    0.000000] error: mm: twice\n");
}

static void take_over_a_drain_in_style(void)
{
    child_console.write = write_until_interrupted;
    child_console.set_style = tell_style;
    begin();
    printk_set_listener(be_silent);
    log_error("mm", "interrupted");
    writes_left = 2;
    if (setjmp(interrupted) == 0)
        printk_drain(10);
    printk_go_direct();
    console_print("plain\n");
}

static void go_direct_leaves_an_interrupted_lines_style(void **state)
{
    (void)state;
    check_child(take_over_a_drain_in_style, 0,
                "<d>[    0.000000] <e>\n<d>[    0.000000] <e>error: mm: interrupted<p>\nplain\n");
}

static void keep_level_and_module(void)
{
    struct log_record record;
    printk_set_listener(be_silent);
    begin();
    now_ns = 5;
    log_warning("module-of-16-byte", "text");
    log_error(NULL, "newline\n");
    while (log_ring_read(&printk_ring, &record) == LOG_RING_RECORD) {
        dprintf(child_pipe, "%d %d [%s] [%s]\n", (int)record.time_ns, record.level, record.module, record.text);
        log_ring_advance(&printk_ring);
    }
}

static void a_record_keeps_time_level_module_and_text(void **state)
{
    (void)state;
    check_child(keep_level_and_module, 0, "5 1 [module-of-16-b] [text]\n5 0 [] [newline]\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_carry_time_level_and_module),
        cmocka_unit_test(a_line_starts_at_the_left_edge_and_at_time_0_without_a_clock),
        cmocka_unit_test(lines_before_the_first_console_come_out_at_the_first_drain),
        cmocka_unit_test(long_lines_are_cut_and_say_so),
        cmocka_unit_test(with_a_listener_lines_wait_for_the_drain),
        cmocka_unit_test(overwritten_lines_are_counted_and_reported_once),
        cmocka_unit_test(go_direct_writes_what_is_pending_and_lasts),
        cmocka_unit_test(a_line_printed_inside_a_drain_is_left_to_that_drain),
        cmocka_unit_test(a_line_printed_after_the_drains_last_look_still_comes_out),
        cmocka_unit_test(a_line_printed_inside_printk_comes_first_and_both_come_out),
        cmocka_unit_test(a_console_that_logs_every_write_does_not_keep_the_caller_for_ever),
        cmocka_unit_test(a_line_half_stored_is_waited_for_except_by_go_direct),
        cmocka_unit_test(go_direct_takes_over_an_interrupted_drain_and_loses_no_line),
        cmocka_unit_test(the_time_is_dim_a_warning_or_an_error_in_its_style_and_the_rest_plain),
        cmocka_unit_test(go_direct_leaves_an_interrupted_lines_style),
        cmocka_unit_test(a_record_keeps_time_level_module_and_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
