/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <tenorite/task/duration.h>

static void units_are_nanoseconds(void **state)
{
    (void)state;
    assert_int_equal(NANOSECONDS(7).ns, 7);
    assert_int_equal(MICROSECONDS(7).ns, 7000);
    assert_int_equal(MILLISECONDS(7).ns, 7000000);
    assert_int_equal(SECONDS(7).ns, 7000000000);
}

static void what_does_not_fit_is_for_ever(void **state)
{
    (void)state;
    assert_int_equal(SECONDS(UINT64_MAX).ns, UINT64_MAX);
    assert_int_equal(SECONDS(18446744073).ns, 18446744073000000000u);
    assert_int_equal(SECONDS(18446744074).ns, FOR_EVER.ns);
}

static void deadlines_saturate_at_never(void **state)
{
    (void)state;
    assert_int_equal(deadline_after(5, NANOSECONDS(7)), 12);
    assert_int_equal(deadline_after(5, FOR_EVER), UINT64_MAX);
    assert_int_equal(deadline_after(0, FOR_EVER), UINT64_MAX);
    assert_int_equal(deadline_after(UINT64_MAX - 5, NANOSECONDS(7)), UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_are_nanoseconds),
        cmocka_unit_test(what_does_not_fit_is_for_ever),
        cmocka_unit_test(deadlines_saturate_at_never),
    };

    return cmocka_run_group_tests_name("duration", tests, NULL, NULL);
}
