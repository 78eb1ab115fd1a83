/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <tenorite/lib/unsafe.h>

static unsigned calls;

static unsigned poke(unsigned value, struct unsafe_token unsafe)
{
    (void)unsafe;
    calls++;
    return value + 1;
}

static void the_block_runs_once_and_has_a_token(void **state)
{
    (void)state;
    unsigned value = 0;
    calls = 0;
    UNSAFE("a test") {
        value = poke(1, unsafe);
    }
    UNSAFE("a test")
        value = poke(value, unsafe);
    assert_int_equal(calls, 2);
    assert_int_equal(value, 3);
}

static unsigned return_from_the_block(void)
{
    UNSAFE("a test")
        return poke(6, unsafe);
    return 0;
}

static void the_block_can_be_left_early(void **state)
{
    (void)state;
    unsigned reached = 0;
    assert_int_equal(return_from_the_block(), 7);
    UNSAFE("a test") {
        if (poke(1, unsafe) == 2)
            break;
        reached++;
    }
    UNSAFE("a test") {
        if (poke(1, unsafe) == 2)
            continue;
        reached++;
    }
    assert_int_equal(reached, 0);
}

static void the_token_has_no_size(void **state)
{
    (void)state;
    static_assert(sizeof(struct unsafe_token) == 0, "the token costs nothing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_block_runs_once_and_has_a_token),
        cmocka_unit_test(the_block_can_be_left_early),
        cmocka_unit_test(the_token_has_no_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
