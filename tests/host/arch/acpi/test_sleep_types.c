/* SPDX-License-Identifier: MIT */
#include "../guarded_bytes.h"
#include "arch/x86_64/acpi/sleep_types.h"
#include "firmware.h"

/* AML is written out from ACPI 6.5, 20.2 "AML Grammar Definition". */
static struct guarded_bytes guarded;

static int make_guarded(void **state)
{
    (void)state;
    guarded = guarded_bytes_new(4096);
    return 0;
}

/* A table's header and these bytes; nothing behind them can be read. */
static struct sleep_types find(const void *aml, size_t length)
{
    uint8_t table[1024] = {0};
    assert_true(36 + length <= sizeof table);
    memcpy(table + 36, aml, length);
    return sleep_types_find((struct byte_span){guarded_bytes_place(&guarded, table, 36 + length), 36 + length});
}

#define FIND(...) find((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))
#define NAME_S5 0x08, '_', 'S', '5', '_'

static void expect(struct sleep_types types, uint8_t a, uint8_t b)
{
    assert_true(types.are_known);
    assert_int_equal(types.a, a);
    assert_int_equal(types.b, b);
}

/* Bytes of the DSDTs that QEMU 7.2 makes for pc and q35, and for microvm. */
static void declarations_of_real_machines_are_understood(void **state)
{
    (void)state;
    expect(FIND(0x00, 0x00, 0x08, 0x5f, 0x53, 0x35, 0x5f, 0x12, 0x06, 0x04, 0x00, 0x00, 0x00, 0x00, 0x10, 0x3b, 0x5c),
           0, 0);
    expect(FIND(0x08, 0x5c, 0x5f, 0x53, 0x35, 0x5f, 0x12, 0x07, 0x04, 0x0a, 0x05, 0x00, 0x00, 0x00), 5, 0);
}

static void every_whole_number_is_understood(void **state)
{
    (void)state;
    expect(FIND(NAME_S5, 0x12, 4, 2, 0x00, 0x01), 0, 1);
    expect(FIND(NAME_S5, 0x12, 6, 2, 0x0a, 7, 0x0a, 6), 7, 6);
    expect(FIND(NAME_S5, 0x12, 8, 2, 0x0b, 5, 0, 0x0b, 4, 0), 5, 4);
    expect(FIND(NAME_S5, 0x12, 12, 2, 0x0c, 3, 0, 0, 0, 0x0c, 2, 0, 0, 0), 3, 2);
    expect(FIND(NAME_S5, 0x12, 20, 2, 0x0e, 1, 0, 0, 0, 0, 0, 0, 0, 0x0e, 7, 0, 0, 0, 0, 0, 0, 0), 1, 7);
}

static void every_form_of_the_package_length_is_understood(void **state)
{
    uint8_t aml[600] = {NAME_S5, 0x12};
    (void)state;
    /* two bytes: 0x40 | low 4 bits, next 8 bits; three: 0x80; four: 0xc0. The package is 300 bytes long. */
    memcpy(aml + 6, (const uint8_t[]){0x40 | 300 % 16, 300 / 16, 2, 0x0a, 5, 0x0a, 4}, 7);
    expect(find(aml, 6 + 300), 5, 4);
    assert_false(find(aml, 6 + 299).are_known);
    memcpy(aml + 6, (const uint8_t[]){0x80 | 300 % 16, 300 / 16, 0, 2, 0x0a, 3, 0x01}, 7);
    expect(find(aml, 6 + 300), 3, 1);
    memcpy(aml + 6, (const uint8_t[]){0xc0 | 300 % 16, 300 / 16, 0, 0, 2, 0x01, 0x0a, 6}, 8);
    expect(find(aml, 6 + 300), 1, 6);
    memcpy(aml + 6, (const uint8_t[]){0xcf, 0xff, 0xff, 0xff, 2, 0x01, 0x0a, 6}, 8);
    assert_false(find(aml, 6 + 300).are_known);
}

static void what_is_not_understood_is_not_guessed(void **state)
{
    (void)state;
    assert_false(FIND(NAME_S5, 0x13, 4, 2, 0x00, 0x01).are_known);                         /* VarPackage */
    assert_false(FIND(0x14, 10, '_', 'S', '5', '_', 0, 0xa4, 0x12, 4, 2, 0, 0).are_known); /* a method */
    assert_false(FIND(NAME_S5, 0x0a, 5).are_known);                                        /* a number */
    assert_false(FIND(NAME_S5, 0x12, 10, 2, 'S', 'L', 'P', '0', 'S', 'L', 'P', '1').are_known);
    assert_false(FIND(NAME_S5, 0x12, 4, 1, 0x0a, 5).are_known);       /* one element */
    assert_false(FIND(NAME_S5, 0x12, 4, 1, 0x00, 0x00).are_known);    /* one, and something behind it */
    assert_false(FIND(NAME_S5, 0x12, 2, 0).are_known);                /* none */
    assert_false(FIND(NAME_S5, 0x12, 4, 2, 0xff, 0xff).are_known);    /* Ones */
    assert_false(FIND(NAME_S5, 0x12, 5, 2, 0x0a, 8, 0x00).are_known); /* no sleep type has 4 bits */
    assert_false(FIND(NAME_S5, 0x12, 6, 2, 0x0b, 5, 1, 0x00).are_known);
    assert_false(FIND(NAME_S5, 0x12, 5, 2, 0x00, 0x0a, 200).are_known);
}

static void package_must_hold_its_elements(void **state)
{
    (void)state;
    assert_false(FIND(NAME_S5, 0x12, 3, 2, 0x00, 0x00).are_known);    /* the second lies outside */
    assert_false(FIND(NAME_S5, 0x12, 4, 2, 0x00, 0x0a, 5).are_known); /* half of it */
    assert_false(FIND(NAME_S5, 0x12, 7, 2, 0x00, 0x0b, 5).are_known); /* ends before its length */
    assert_false(FIND(NAME_S5, 0x12, 0, 2, 0x00, 0x00).are_known);
    assert_false(FIND(NAME_S5, 0x12, 1, 2, 0x00, 0x00).are_known);
    assert_false(FIND(NAME_S5, 0x12, 0x40, 0, 2, 0x00, 0x00).are_known);
}

static void search_goes_on_behind_what_is_no_declaration(void **state)
{
    (void)state;
    expect(
        FIND('_', 'S', '5', '_', 0x12, 4, 2, 0x01, 0x01, NAME_S5, 0x12, 3, 2, 0, NAME_S5, 0x12, 6, 4, 0x0a, 5, 0, 0),
        5, 0);
    assert_false(FIND('_', 'S', '5', '_', 0x12, 4, 2, 0x01, 0x01).are_known);
    assert_false(FIND('_', '_', 'S', '5', '_', 0x12, 4, 2, 0x01, 0x01).are_known);
    assert_false(FIND('\\', '_', 'S', '5', '_', 0x12, 4, 2, 0x01, 0x01).are_known);
}

static void table_may_end_anywhere(void **state)
{
    static const uint8_t aml[] = {0x10, 0x08, '\\', '_', 'S', '5',  '_', 0x12, 12, 2,
                                  0x0c, 3,    0,    0,   0,   0x0c, 2,   0,    0,  0};
    (void)state;
    for (size_t length = 0; length < sizeof aml; length++)
        assert_false(find(aml, length).are_known);
    expect(find(aml, sizeof aml), 3, 2);
    for (size_t length = 0; length < 36; length++)
        assert_false(sleep_types_find((struct byte_span){guarded_bytes_place(&guarded, aml, length % 8), length % 8})
                         .are_known);
    assert_false(sleep_types_find((struct byte_span){NULL, 0}).are_known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(declarations_of_real_machines_are_understood),
        cmocka_unit_test(every_whole_number_is_understood),
        cmocka_unit_test(every_form_of_the_package_length_is_understood),
        cmocka_unit_test(what_is_not_understood_is_not_guessed),
        cmocka_unit_test(package_must_hold_its_elements),
        cmocka_unit_test(search_goes_on_behind_what_is_no_declaration),
        cmocka_unit_test(table_may_end_anywhere),
    };
    return cmocka_run_group_tests_name("sleep_types", tests, make_guarded, NULL);
}
