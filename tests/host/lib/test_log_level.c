/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <tenorite/lib/log_level.h>

static const char *const names[] = {"error", "warning", "info", "debug"};

static void every_level_is_read_by_its_name(void **state)
{
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(names); i++) {
        enum log_level level = 7;
        assert_true(log_level_parse(names[i], &level));
        assert_int_equal(level, i);
        assert_string_equal(log_level_name(level), names[i]);
    }
}

static void what_is_no_name_changes_nothing(void **state)
{
    static const char *const wrong[] = {"", "Error", "errors", "err", "warning ", " info", "0"};
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(wrong); i++) {
        enum log_level level = 7;
        assert_false(log_level_parse(wrong[i], &level));
        assert_int_equal(level, 7);
    }
}

static void worse_levels_are_lower(void **state)
{
    (void)state;
    assert_true(LOG_ERROR < LOG_WARNING && LOG_WARNING < LOG_INFO && LOG_INFO < LOG_DEBUG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_level_is_read_by_its_name),
        cmocka_unit_test(what_is_no_name_changes_nothing),
        cmocka_unit_test(worse_levels_are_lower),
    };
    return cmocka_run_group_tests_name("log_level", tests, NULL, NULL);
}
