/* SPDX-License-Identifier: MIT */
#include "printk_fixture.h"
#include "single_step.h"

static void print_by_module(void)
{
    static const char *const filters[] = {"info", "warning,mm:debug,vga:error", "mm:error", "debug",
                                          "error,heap:debug"};
    begin();
    for (size_t i = 0; i < COUNT_OF(filters); i++) {
        set_filter(filters[i]);
        for (enum log_level level = LOG_ERROR; level <= LOG_DEBUG; level++) {
            printk(level, "mm", "m%u", level);
            printk(level, "vga", "v%u", level);
            printk(level, "mmu", "u%u", level);
            printk(level, NULL, "n%u", level);
        }
        child_print("-\n");
    }
}

/* What is left of the text without stamps, marks and module names. */
static const char *messages(const char *text)
{
    static char left[4096];
    char *end = left;
    for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
        const char *last = strchr(line, '\n');
        while (last > line && last[-1] != ' ')
            last--;
        end += sprintf(end, "%.*s ", (int)strcspn(last, "\n"), last);
    }
    return left;
}

static void each_module_is_filtered_by_its_own_level(void **state)
{
    (void)state;
    struct child_output *output = run_in_child(print_by_module);
    assert_int_equal(output->exit_code, 0);
    assert_string_equal(messages(output->text), "m0 v0 u0 n0 m1 v1 u1 n1 m2 v2 u2 n2 - "
                                                "m0 v0 u0 n0 m1 u1 n1 m2 m3 - "
                                                "m0 v0 u0 n0 v1 u1 n1 v2 u2 n2 - "
                                                "m0 v0 u0 n0 m1 v1 u1 n1 m2 v2 u2 n2 m3 v3 u3 n3 - "
                                                "m0 v0 u0 n0 - ");
}

/* After every single instruction of printk_set_filter() an NMI prints two lines, of which each filter wants one. */
static volatile bool has_met_a_mixture;

static void print_both(unsigned step)
{
    (void)step;
    uint64_t before = log_ring_pushed(&printk_ring);
    log_debug("mm", "wanted by the one filter");
    log_debug("vga", "wanted by the other");
    if (log_ring_pushed(&printk_ring) != before + 1)
        has_met_a_mixture = true;
}

static void set_filters_under_fire(void)
{
    struct log_filter filters[2];
    if (log_filter_parse("error,vga:error,mm:debug", &filters[0]).error != LOG_FILTER_OK ||
        log_filter_parse("debug,mm:error,heap:info,vga:debug", &filters[1]).error != LOG_FILTER_OK)
        _exit(98);
    printk_set_listener(be_silent);
    printk_set_filter(&filters[0]);
    for (unsigned i = 1; i < 6; i++) {
        single_step_begin(print_both);
        printk_set_filter(&filters[i % 2]);
        single_step_end();
        child_print(single_step_count > 10 ? "struck " : "hardly struck ");
    }
    child_print(has_met_a_mixture ? "mixture" : "whole");
}

static void a_filter_that_is_being_set_is_seen_whole_or_not_at_all(void **state)
{
    (void)state;
    check_child(set_filters_under_fire, 0, "struck struck struck struck struck whole");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_module_is_filtered_by_its_own_level),
        cmocka_unit_test(a_filter_that_is_being_set_is_seen_whole_or_not_at_all),
    };
    return cmocka_run_group_tests_name("printk_filter", tests, NULL, NULL);
}
