/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <tenorite/drivers/keyboard.h>

#include "cpu_double.h"
#include "i8042_model.h"
#include "io.h"
#include "irq.h"

enum { MOUSE = 0x20, PARITY_ERROR = 0x80 };

static struct i8042_model model;
static struct keyboard keyboard;
static uint8_t sunk[1024];
static size_t sunk_count;
static bool is_sink_outside_handler;

static void sink(void *context, uint8_t byte)
{
    assert_ptr_equal(context, &keyboard);
    is_sink_outside_handler = is_sink_outside_handler || interrupts_are_enabled();
    sunk[sunk_count++ % COUNT_OF(sunk)] = byte;
}

static int set_up(void **state)
{
    (void)state;
    io_double_reset();
    irq_double_reset();
    cpu_double_reset();
    model = (struct i8042_model){.self_test_result = 0x55, .config = 0x77, .irq_line = 1, .is_mouse_port_on = true};
    sunk_count = 0;
    is_sink_outside_handler = false;
    return 0;
}

static enum keyboard_error init(void)
{
    i8042_model_attach(&model);
    return keyboard_init(&keyboard, KEYBOARD_IRQ, (struct byte_sink){sink, &keyboard});
}

static void type(const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        i8042_model_put(&model, (uint8_t)bytes[i], 0);
    irq_double_deliver(1000);
}

static void sunk_is(const char *expected, size_t count)
{
    assert_int_equal(sunk_count, count);
    assert_memory_equal(sunk, expected, count);
    assert_false(is_sink_outside_handler);
}

static void init_sets_the_controller_up_and_scan_codes_arrive(void **state)
{
    (void)state;
    static const uint8_t configs[] = {0x00, 0x77, 0xff, 0x30};
    for (size_t i = 0; i < sizeof configs; i++) {
        set_up(state);
        model.config = configs[i];
        assert_int_equal(init(), KEYBOARD_OK);
        assert_int_equal(model.config & 0x73, 0x61); /* IRQ 1, translated, port on; no IRQ 12, mouse port off */
        assert_int_equal(model.config & 0x8c, configs[i] & 0x8c);
        assert_true(model.is_keyboard_port_on);
        assert_false(model.is_mouse_port_on);
        assert_true(model.is_scanning);
        assert_true(irq_double_is_attached(1));
        assert_int_equal(sunk_count, 0);
        type("\x1e\x9e", 2);
        sunk_is("\x1e\x9e", 2);
        assert_int_equal(keyboard.counters.received_bytes, 2);
    }
}

static void init_works_with_bytes_that_firmware_left(void **state)
{
    (void)state;
    for (unsigned left = 0; left <= 16; left++) {
        set_up(state);
        model.polls_to_answer = left;
        for (unsigned i = 0; i < left; i++)
            i8042_model_put(&model, i % 2 ? 0xfa : 0x1e, i % 3 ? 0 : MOUSE);
        model.polls_left = 0;
        assert_int_equal(init(), KEYBOARD_OK);
        assert_int_equal(sunk_count, 0);
        model.polls_to_answer = model.polls_left = 0;
        type("\x1c", 1);
        sunk_is("\x1c", 1);
    }
}

static void a_key_pressed_just_before_interrupts_come_on_does_not_block_the_line(void **state)
{
    (void)state;
    model.key_before_interrupts = 0x1e;
    assert_int_equal(init(), KEYBOARD_OK);
    type("\x30", 1);
    sunk_is("\x1e\x30", 2);
}

static void a_byte_under_way_does_not_fail_the_self_test(void **state)
{
    (void)state;
    model.byte_under_way = 0x9e;
    assert_int_equal(init(), KEYBOARD_OK);
    type("\x1e", 1);
    sunk_is("\x1e", 1);
}

static void init_finds_an_empty_bus(void **state)
{
    (void)state;
    assert_int_equal(keyboard_init(&keyboard, KEYBOARD_IRQ, (struct byte_sink){sink, &keyboard}),
                     KEYBOARD_NOT_PRESENT);
    assert_int_equal(io_double_access_count(), 1);
    assert_false(irq_double_is_attached(1));
}

static void is_given_up_in_bounded_time(enum keyboard_error expected)
{
    assert_int_equal(init(), expected);
    assert_true(io_double_access_count() < 3 * 1000 * 1000);
    assert_false(irq_double_is_attached(1));
    assert_int_equal(sunk_count, 0);
}

static void init_gives_up_on_a_controller_that_is_deaf_mute_or_mad(void **state)
{
    model.never_takes_input = true;
    is_given_up_in_bounded_time(KEYBOARD_NOT_PRESENT);
    set_up(state);
    model.never_answers = true;
    is_given_up_in_bounded_time(KEYBOARD_NOT_PRESENT);
    set_up(state);
    model.babbles = true;
    is_given_up_in_bounded_time(KEYBOARD_SELF_TEST_FAILED);
    set_up(state);
    model.self_test_result = 0xfc;
    is_given_up_in_bounded_time(KEYBOARD_SELF_TEST_FAILED);
}

static void init_is_patient_with_a_slow_controller(void **state)
{
    (void)state;
    model.polls_to_answer = 50 * 1000;
    assert_int_equal(init(), KEYBOARD_OK);
    assert_true(model.is_scanning);
}

static void a_controller_without_a_keyboard_is_ready_for_one(void **state)
{
    (void)state;
    model.has_no_keyboard = true;
    assert_int_equal(init(), KEYBOARD_OK);
    assert_int_equal(model.config & 1, 1);
    type("\x1e", 1);
    sunk_is("\x1e", 1);
}

static void a_keyboard_that_asks_for_a_resend_gets_it(void **state)
{
    (void)state;
    model.resends = 2;
    assert_int_equal(init(), KEYBOARD_OK);
    assert_true(model.is_scanning);
    set_up(state);
    model.resends = 1000;
    assert_int_equal(init(), KEYBOARD_OK);
    assert_false(model.is_scanning);
}

static void a_taken_interrupt_line_leaves_interrupts_off(void **state)
{
    (void)state;
    irq_double_take(1);
    assert_int_equal(init(), KEYBOARD_IRQ_UNAVAILABLE);
    assert_int_equal(model.config & 3, 0);
}

static void mouse_bytes_replies_and_damaged_bytes_are_dropped_and_counted(void **state)
{
    (void)state;
    assert_int_equal(init(), KEYBOARD_OK);
    model.config |= 2; /* somebody switched the mouse on */
    i8042_model_put(&model, 0x1e, MOUSE);
    i8042_model_put(&model, 0x1f, 0);
    i8042_model_put(&model, 0x20, PARITY_ERROR);
    i8042_model_put(&model, 0xfa, 0);
    i8042_model_put(&model, 0xfe, 0);
    i8042_model_put(&model, 0x21, 0);
    irq_double_deliver(100);
    sunk_is("\x1f\x21", 2);
    assert_int_equal(keyboard.counters.mouse_bytes, 1);
    assert_int_equal(keyboard.counters.parity_errors, 1);
    assert_int_equal(keyboard.counters.replies, 2);
    assert_int_equal(keyboard.counters.received_bytes, 2);
}

static void a_controller_that_babbles_or_vanishes_does_not_hold_the_handler(void **state)
{
    (void)state;
    assert_int_equal(init(), KEYBOARD_OK);
    i8042_model_put(&model, 0x1e, 0);
    model.babbles = true;
    uint64_t before = io_double_access_count();
    irq_double_deliver(1);
    assert_true(io_double_access_count() - before <= 64);

    model.babbles = false;
    sunk_count = 0;
    irq_double_set_level(1, false);
    i8042_model_put(&model, 0x1e, 0);
    io_double_reset();
    assert_int_equal(irq_double_deliver(1), 1);
    assert_int_equal(io_double_access_count(), 1);
    assert_int_equal(sunk_count, 0);
}

static void ten_thousand_bytes_arrive_in_order(void **state)
{
    (void)state;
    assert_int_equal(init(), KEYBOARD_OK);
    uint8_t expected = 0;
    for (unsigned i = 0; i < 10000; i++) {
        i8042_model_put(&model, (uint8_t)(i % 0x59), 0);
        if (i % 23 != 0)
            continue;
        sunk_count = 0;
        irq_double_deliver(1000);
        for (size_t j = 0; j < sunk_count; j++, expected = (uint8_t)((expected + 1) % 0x59))
            assert_int_equal(sunk[j], expected);
    }
    irq_double_deliver(1000);
    assert_int_equal(keyboard.counters.received_bytes, 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(init_sets_the_controller_up_and_scan_codes_arrive, set_up),
        cmocka_unit_test_setup(init_works_with_bytes_that_firmware_left, set_up),
        cmocka_unit_test_setup(a_key_pressed_just_before_interrupts_come_on_does_not_block_the_line, set_up),
        cmocka_unit_test_setup(a_byte_under_way_does_not_fail_the_self_test, set_up),
        cmocka_unit_test_setup(init_finds_an_empty_bus, set_up),
        cmocka_unit_test_setup(init_gives_up_on_a_controller_that_is_deaf_mute_or_mad, set_up),
        cmocka_unit_test_setup(init_is_patient_with_a_slow_controller, set_up),
        cmocka_unit_test_setup(a_controller_without_a_keyboard_is_ready_for_one, set_up),
        cmocka_unit_test_setup(a_keyboard_that_asks_for_a_resend_gets_it, set_up),
        cmocka_unit_test_setup(a_taken_interrupt_line_leaves_interrupts_off, set_up),
        cmocka_unit_test_setup(mouse_bytes_replies_and_damaged_bytes_are_dropped_and_counted, set_up),
        cmocka_unit_test_setup(a_controller_that_babbles_or_vanishes_does_not_hold_the_handler, set_up),
        cmocka_unit_test_setup(ten_thousand_bytes_arrive_in_order, set_up),
    };
    return cmocka_run_group_tests_name("keyboard", tests, NULL, NULL);
}
