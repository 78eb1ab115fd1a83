/* SPDX-License-Identifier: MIT */
/* The real panic(), with doubles for the machine's two functions. */
#include "child_output.h"

#include <signal.h>
#include <tenorite/lib/panic.h>
#include <tenorite/lib/printk.h>

#include "lib/printk_ring.h"

enum { NOT_FROZEN = 98 };

static bool is_frozen;

void panic_freeze(void)
{
    is_frozen = true;
}

void panic_stop(void)
{
    _exit(is_frozen ? PANIC_EXIT_CODE : NOT_FROZEN);
}

NO_RETURN void __stack_chk_fail(void);

static void write_before_freeze_is_an_error(struct console *self, const char *bytes, size_t length)
{
    if (!is_frozen)
        _exit(NOT_FROZEN);
    child_write(self, bytes, length);
}

static void panic_at_once(void)
{
    child_console.write = write_before_freeze_is_an_error;
    console_register(&child_console);
    panic("%s %d", "value", 7);
}

static void panic_freezes_prints_and_stops(void **state)
{
    (void)state;
    check_child(panic_at_once, PANIC_EXIT_CODE, "panic: value 7\n");
}

static void panic_without_console(void)
{
    panic("nobody hears this");
}

static void panic_before_any_console_stops(void **state)
{
    (void)state;
    check_child(panic_without_console, PANIC_EXIT_CODE, "");
}

static void be_silent(void)
{
}

static void panic_behind_prompt(void)
{
    console_register(&child_console);
    printk_set_listener(be_silent);
    log_info("mm", "pending");
    console_printf(&child_console, "> ");
    panic("on its own line");
}

static void panic_writes_the_pending_log_first_and_starts_its_own_line(void **state)
{
    (void)state;
    check_child(panic_behind_prompt, PANIC_EXIT_CODE, "> \n[    0.000000] mm: pending\npanic: on its own line\n");
}

static void panic_with_long_message(void)
{
    console_register(&child_console);
    panic("%0600d", 0);
}

static void long_messages_are_cut(void **state)
{
    (void)state;
    char expected[600];
    snprintf(expected, sizeof expected, "panic: %0*d\n", PANIC_MESSAGE_BYTES - 1, 0);
    check_child(panic_with_long_message, PANIC_EXIT_CODE, expected);
}

static void panic_beside_stuck_producer(void)
{
    console_register(&child_console);
    struct log_reservation stuck = log_ring_reserve(&printk_ring);
    log_info("nmi", "on top of it");
    panic("printk of %s is half done", stuck.slot ? "mm" : "nobody");
}

static void panic_does_not_wait_for_a_line_that_is_half_stored(void **state)
{
    (void)state;
    check_child(panic_beside_stuck_producer, PANIC_EXIT_CODE,
                "[    0.000000] warning: log: 1 lines lost\n[    0.000000] nmi: on top of it\n"
                "panic: printk of mm is half done\n");
}

static void write_and_panic_once(struct console *self, const char *bytes, size_t length)
{
    static bool has_panicked;
    if (!has_panicked) {
        has_panicked = true;
        panic("inside a console");
    }
    child_write(self, bytes, length);
}

static void panic_inside_printk(void)
{
    child_console.write = write_and_panic_once;
    console_register(&child_console);
    log_info("mm", "the line that met it");
}

static void panic_inside_printk_prints_the_line_and_the_panic(void **state)
{
    (void)state;
    check_child(panic_inside_printk, PANIC_EXIT_CODE,
                "\n[    0.000000] mm: the line that met it\npanic: inside a console\n");
}

static void write_and_panic(struct console *self, const char *bytes, size_t length)
{
    (void)bytes, (void)length;
    panic("console %s is broken", self->name);
}

static void panic_with_broken_console(void)
{
    static struct console broken = {.name = "broken", .write = write_and_panic};
    console_register(&broken);
    console_register(&child_console);
    panic("the first reason");
}

static void a_console_that_panics_in_a_panic_is_left_out(void **state)
{
    (void)state;
    check_child(panic_with_broken_console, PANIC_EXIT_CODE,
                "panic: the first reason\npanic inside a panic: console broken is broken\n");
}

static void panic_with_broken_consoles_only(void)
{
    static struct console consoles[] = {{.name = "one", .write = write_and_panic},
                                        {.name = "two", .write = write_and_panic},
                                        {.name = "three", .write = write_and_panic}};
    for (size_t i = 0; i < COUNT_OF(consoles); i++)
        console_register(&consoles[i]);
    panic("nobody hears this");
}

static void a_panic_two_levels_deep_stops(void **state)
{
    (void)state;
    check_child(panic_with_broken_consoles_only, PANIC_EXIT_CODE, "");
}

static void tell_style(struct console *self, enum console_style style)
{
    (void)self;
    dprintf(child_pipe, "<%c>", "pdwe"[style]);
}

static void panic_in_style(void)
{
    child_console.write = write_and_panic_once;
    child_console.set_style = tell_style;
    console_register(&child_console);
    log_warning("mm", "the line that met it");
}

static void a_panic_looks_like_an_error_and_what_it_interrupted_leaves_no_style(void **state)
{
    (void)state;
    check_child(panic_in_style, PANIC_EXIT_CODE,
                "<d>\n<d>[    0.000000] <w>warning: mm: the line that met it<p>\n<e>panic: inside a console<p>\n");
}

static void style_and_panic(struct console *self, enum console_style style)
{
    (void)style;
    panic("console %s cannot do this style", self->name);
}

static void panic_with_broken_style(void)
{
    static struct console broken = {.name = "broken", .write = child_write, .set_style = style_and_panic};
    console_register(&broken);
    console_register(&child_console);
    panic("the first reason");
}

static void a_console_whose_style_panics_in_a_panic_is_left_out(void **state)
{
    (void)state;
    check_child(panic_with_broken_style, PANIC_EXIT_CODE,
                "panic: the first reason\npanic inside a panic: console broken cannot do this style\n");
}

static void fault(int signal_number)
{
    panic("signal %d", signal_number);
}

static void panic_with_bad_argument(void)
{
    console_register(&child_console);
    signal(SIGSEGV, fault);
    panic("before %d %s", 1, (const char *)8);
}

static void panic_whose_argument_faults_prints_what_it_can(void **state)
{
    (void)state;
    check_child(panic_with_bad_argument, PANIC_EXIT_CODE, "panic: before 1 \npanic inside a panic: signal 11\n");
}

static void write_and_panic_badly(struct console *self, const char *bytes, size_t length)
{
    static bool has_panicked;
    child_write(self, bytes, length);
    if (!has_panicked) {
        has_panicked = true;
        panic("formatting this faults %s", (const char *)8);
    }
}

static void panic_with_bad_argument_inside_console(void)
{
    child_console.write = write_and_panic_badly;
    console_register(&child_console);
    signal(SIGSEGV, fault);
    console_print("text\n");
}

static void an_interrupted_console_still_gets_a_panic_that_goes_wrong_elsewhere(void **state)
{
    (void)state;
    check_child(panic_with_bad_argument_inside_console, PANIC_EXIT_CODE,
                "text\n\npanic: formatting this faults \npanic inside a panic: signal 11\n");
}

static void fail_assertion(void)
{
    console_register(&child_console);
    size_t index = 7;
    ASSERT(index != 3, "never printed");
    ASSERT(index < 3, "index %zu, limit %d", index, 3);
}

static void assert_prints_place_condition_and_values(void **state)
{
    (void)state;
    struct child_output *output = run_in_child(fail_assertion);
    assert_int_equal(output->exit_code, PANIC_EXIT_CODE);
    assert_memory_equal(output->text, "panic: ", 7);
    assert_non_null(strstr(output->text, "test_panic.c:"));
    assert_non_null(strstr(output->text, ": assertion `index < 3` failed: index 7, limit 3\n"));
}

static void breach_contract(void)
{
    console_register(&child_console);
    contract_breach("100% not flushed");
}

static void smash_stack(void)
{
    console_register(&child_console);
    __stack_chk_fail();
}

static void contract_breaches_and_smashed_stacks_panic(void **state)
{
    (void)state;
    check_child(breach_contract, PANIC_EXIT_CODE, "panic: 100% not flushed\n");
    struct child_output *output = run_in_child(smash_stack);
    assert_int_equal(output->exit_code, PANIC_EXIT_CODE);
    assert_memory_equal(output->text, "panic: stack smashed: ", 22);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(panic_freezes_prints_and_stops),
        cmocka_unit_test(panic_before_any_console_stops),
        cmocka_unit_test(panic_writes_the_pending_log_first_and_starts_its_own_line),
        cmocka_unit_test(long_messages_are_cut),
        cmocka_unit_test(panic_does_not_wait_for_a_line_that_is_half_stored),
        cmocka_unit_test(panic_inside_printk_prints_the_line_and_the_panic),
        cmocka_unit_test(a_console_that_panics_in_a_panic_is_left_out),
        cmocka_unit_test(a_panic_two_levels_deep_stops),
        cmocka_unit_test(a_panic_looks_like_an_error_and_what_it_interrupted_leaves_no_style),
        cmocka_unit_test(a_console_whose_style_panics_in_a_panic_is_left_out),
        cmocka_unit_test(panic_whose_argument_faults_prints_what_it_can),
        cmocka_unit_test(an_interrupted_console_still_gets_a_panic_that_goes_wrong_elsewhere),
        cmocka_unit_test(assert_prints_place_condition_and_values),
        cmocka_unit_test(contract_breaches_and_smashed_stacks_panic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
