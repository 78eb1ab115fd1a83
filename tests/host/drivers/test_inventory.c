/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <tenorite/drivers/inventory.h>
#include <tenorite/lib/console.h>

/* The tests follow one another: what is remembered stays. */
static char written[8192];

static void write_console(struct console *self, const char *bytes, size_t length)
{
    (void)self;
    strncat(written, bytes, length);
}

static struct console console = {.name = "test", .write = write_console};

static void found_is_information_and_missing_a_warning(void **state)
{
    (void)state;
    console_register(&console);
    assert_int_equal(inventory_count(), 0);
    assert_null(inventory_at(0));
    inventory_found("serial", "COM%d at %#x", 1, 0x3f8);
    assert_string_equal(written, "[    0.000000] serial: COM1 at 0x3f8\n");
    written[0] = '\0';
    inventory_missing("keyboard", "%s", "no controller answers");
    assert_string_equal(written, "[    0.000000] warning: keyboard: missing: no controller answers\n");
}

static void entries_are_remembered_in_order(void **state)
{
    (void)state;
    assert_int_equal(inventory_count(), 2);
    assert_string_equal(inventory_at(0)->name, "serial");
    assert_true(inventory_at(0)->is_found);
    assert_string_equal(inventory_at(0)->text, "COM1 at 0x3f8");
    assert_string_equal(inventory_at(1)->name, "keyboard");
    assert_false(inventory_at(1)->is_found);
    assert_string_equal(inventory_at(1)->text, "no controller answers");
    assert_null(inventory_at(2));
    assert_null(inventory_at(SIZE_MAX));
}

static void a_text_that_is_too_long_is_cut(void **state)
{
    (void)state;
    char text[200];
    memset(text, 'x', sizeof text);
    inventory_found("long", "%.*s", (int)sizeof text, text);
    assert_int_equal(strlen(inventory_at(2)->text), INVENTORY_TEXT_BYTES - 1);
}

static void what_does_not_fit_is_logged_but_not_remembered(void **state)
{
    (void)state;
    while (inventory_count() < INVENTORY_ENTRIES)
        inventory_found("filler", "number %zu", inventory_count());
    written[0] = '\0';
    inventory_missing("one too many", "it is not there");
    assert_non_null(strstr(written, "one too many: missing: it is not there"));
    assert_int_equal(inventory_count(), INVENTORY_ENTRIES);
    assert_string_equal(inventory_at(INVENTORY_ENTRIES - 1)->name, "filler");
    assert_null(inventory_at(INVENTORY_ENTRIES));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_is_information_and_missing_a_warning),
        cmocka_unit_test(entries_are_remembered_in_order),
        cmocka_unit_test(a_text_that_is_too_long_is_cut),
        cmocka_unit_test(what_does_not_fit_is_logged_but_not_remembered),
    };
    return cmocka_run_group_tests_name("inventory", tests, NULL, NULL);
}
