/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <tenorite/drivers/serial.h>

#include "io.h"
#include "irq.h"
#include "panic_double.h"
#include "uart_model.h"

enum { BASE = 0x3f8, IRQ = 4, NO_CABLE_MCR = 0x0b, FIRMWARE_MCR = 0x03 };

static struct uart_model uart;
static struct serial_port port;
static uint8_t sunk[UART_MODEL_CAPACITY];
static size_t sunk_count;

static void sink(void *context, uint8_t byte)
{
    assert_ptr_equal(context, &port);
    sunk[sunk_count++ % COUNT_OF(sunk)] = byte;
}

static int set_up(void **state)
{
    (void)state;
    io_double_reset();
    irq_double_reset();
    uart = (struct uart_model){.irq_line = IRQ, .modem_control = FIRMWARE_MCR};
    port = (struct serial_port){0};
    sunk_count = 0;
    return 0;
}

static void start(void)
{
    uart_model_attach(&uart, BASE);
    assert_int_equal(serial_init(&port, BASE, 115200), SERIAL_OK);
}

static void start_receiving(void)
{
    start();
    assert_int_equal(serial_enable_receive(&port, IRQ, (struct byte_sink){sink, &port}), SERIAL_OK);
}

static void sent_is(const char *expected)
{
    assert_int_equal(uart.sent_count, strlen(expected));
    assert_memory_equal(uart.sent, expected, strlen(expected));
}

static void divisors_of_the_table(void **state)
{
    (void)state;
    static const struct {
        uint32_t baud;
        uint16_t divisor;
    } rows[] = {{115200, 1}, {57600, 2}, {38400, 3}, {19200, 6}, {12800, 9},
                {9600, 12},  {7680, 15}, {7200, 16}, {2, 57600}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct serial_divisor divisor = serial_divisor_for_baud(rows[i].baud);
        assert_int_equal(divisor.error, SERIAL_OK);
        assert_int_equal(divisor.divisor, rows[i].divisor);
        struct serial_baud baud = serial_baud_for_divisor(rows[i].divisor);
        assert_int_equal(baud.error, SERIAL_OK);
        assert_int_equal(baud.baud, rows[i].baud);
    }
}

static void rates_that_do_not_divide_the_clock_are_refused(void **state)
{
    (void)state;
    static const uint32_t bauds[] = {7211, 0, 1, 115201, 230400, 100000, UINT32_MAX};
    for (size_t i = 0; i < COUNT_OF(bauds); i++)
        assert_int_equal(serial_divisor_for_baud(bauds[i]).error, SERIAL_BAUD_UNSUPPORTED);
    assert_int_equal(serial_baud_for_divisor(73).error, SERIAL_BAUD_UNSUPPORTED);
    assert_int_equal(serial_baud_for_divisor(0).error, SERIAL_BAUD_UNSUPPORTED);
}

static void init_sets_line_fifo_and_modem_control(void **state)
{
    (void)state;
    uart_model_attach(&uart, BASE);
    assert_int_equal(serial_init(&port, BASE, 38400), SERIAL_OK);
    assert_int_equal(uart.divisor, 3);
    assert_int_equal(uart.line_control, 0x03);
    assert_int_equal(uart.fifo_control, 0xc7);
    assert_int_equal(uart.modem_control, NO_CABLE_MCR);
    assert_int_equal(uart.interrupt_enable, 0);
    assert_int_equal(uart.sent_count, 0);
    assert_int_equal(uart.transmit_overflows, 0);
}

static void init_works_when_firmware_left_the_divisor_latch_open(void **state)
{
    (void)state;
    uart.line_control = 0x80;
    uart.divisor = 0x1234;
    uart.interrupt_enable = 0x0f;
    start();
    assert_int_equal(uart.divisor, 1);
    assert_int_equal(uart.interrupt_enable, 0);
}

static void init_works_with_bytes_waiting_and_the_transmitter_busy(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 16; i++)
        uart_model_receive(&uart, 'x', 0);
    uart.transmit_fill = 9;
    uart.polls_to_drain = uart.polls_left = 100;
    start();
    assert_int_equal(uart.transmit_overflows, 0);
    assert_int_equal(uart.transmit_cleared, 0);

    set_up(state);
    uart.has_no_fifo = true;
    uart_model_receive(&uart, 'x', 0);
    start();
}

static void init_refuses_a_base_beyond_the_port_space(void **state)
{
    (void)state;
    for (unsigned base = 0xfff9; base <= 0xffff; base++)
        assert_int_equal(serial_init(&port, (uint16_t)base, 115200), SERIAL_BASE_INVALID);
    assert_int_equal(io_double_access_count(), 0);
    uart_model_attach(&uart, 0xfff8);
    assert_int_equal(serial_init(&port, 0xfff8, 115200), SERIAL_OK);
}

static void init_refuses_a_rate_without_touching_the_port(void **state)
{
    (void)state;
    uart_model_attach(&uart, BASE);
    assert_int_equal(serial_init(&port, BASE, 7211), SERIAL_BAUD_UNSUPPORTED);
    assert_int_equal(io_double_access_count(), 0);
    assert_int_equal(uart.line_control & 0x80, 0);
}

static void init_finds_an_empty_bus(void **state)
{
    (void)state;
    assert_int_equal(serial_init(&port, BASE, 115200), SERIAL_NOT_PRESENT);
    assert_in_range(io_double_access_count(), 1, 4);
}

static void init_finds_a_uart_without_scratch_register_absent(void **state)
{
    (void)state;
    uart.has_no_scratch = true;
    uart_model_attach(&uart, BASE);
    assert_int_equal(serial_init(&port, BASE, 115200), SERIAL_NOT_PRESENT);
    assert_int_equal(uart.divisor_writes, 0);
}

static void init_restores_modem_control(const char *what)
{
    print_message("  %s\n", what);
    uart_model_attach(&uart, BASE);
    assert_int_equal(serial_init(&port, BASE, 115200), SERIAL_SELF_TEST_FAILED);
    assert_int_equal(uart.modem_control, FIRMWARE_MCR);
    assert_int_equal(uart.line_control & 0x80, 0);
    assert_int_equal(uart.interrupt_enable, 0);
    assert_true(io_double_access_count() < 1000 * 1000);
}

static void failed_self_tests_leave_the_modem_control_as_it_was(void **state)
{
    uart.is_transmitter_stuck = true;
    init_restores_modem_control("stuck transmitter");
    set_up(state);
    uart.has_no_loopback = true;
    init_restores_modem_control("no loopback");
    set_up(state);
    uart.never_gets_idle = true;
    init_restores_modem_control("never idle");
}

static void writes_go_out_in_order_and_never_overflow_the_fifo(void **state)
{
    (void)state;
    static const bool no_fifo[] = {false, true};
    for (size_t i = 0; i < COUNT_OF(no_fifo); i++) {
        set_up(state);
        uart.has_no_fifo = no_fifo[i];
        uart.polls_to_drain = 50;
        start();
        char text[1000];
        for (size_t j = 0; j < sizeof text; j++)
            text[j] = (char)(j * 7);
        serial_write(&port, text, sizeof text);
        assert_int_equal(uart.sent_count, sizeof text);
        assert_memory_equal(uart.sent, text, sizeof text);
        assert_int_equal(uart.transmit_overflows, 0);
        assert_int_equal(port.counters.sent_bytes, sizeof text);
        assert_int_equal(port.counters.dropped_bytes, 0);
    }
}

static void a_fifo_is_filled_with_one_status_read(void **state)
{
    (void)state;
    start();
    uint64_t before = io_double_access_count();
    serial_write(&port, "0123456789abcdef", 16);
    assert_int_equal(io_double_access_count() - before, 17);
}

static void console_sends_newline_as_cr_lf(void **state)
{
    (void)state;
    start();
    port.console.write(&port.console, "a\nb\r\n\n", 6);
    sent_is("a\r\nb\r\r\n\r\n");
}

static void raw_write_sends_newline_as_it_is(void **state)
{
    (void)state;
    start();
    serial_write(&port, "a\nb", 3);
    sent_is("a\nb");
}

static void console_is_registered_as_serial(void **state)
{
    (void)state;
    start();
    serial_register_console(&port);
    assert_ptr_equal(console_find("serial"), &port.console);
}

static void a_stuck_transmitter_drops_and_counts_in_bounded_time(void **state)
{
    (void)state;
    start();
    uart.is_transmitter_stuck = true;
    uint64_t before = io_double_access_count();
    serial_write(&port, "x", 1);
    uint64_t first = io_double_access_count() - before;
    assert_in_range(first, 10 * 1000, 10 * 1000 * 1000);

    before = io_double_access_count();
    for (unsigned i = 0; i < 1000; i++)
        serial_write(&port, "y", 1);
    assert_true(io_double_access_count() - before < first);
    assert_int_equal(port.counters.dropped_bytes, 1001);
    assert_int_equal(port.counters.sent_bytes, 0);
    assert_int_equal(uart.sent_count, 0);
}

static void a_transmitter_that_recovers_is_used_again(void **state)
{
    (void)state;
    start();
    uart.is_transmitter_stuck = true;
    serial_write(&port, "lost", 4);
    uart.is_transmitter_stuck = false;
    serial_write(&port, "seen", 4);
    sent_is("seen");
    assert_int_equal(port.counters.dropped_bytes, 4);
    uart.polls_to_drain = 1000; /* the full patience is back */
    serial_write(&port, "0123456789abcdef0123456789abcdef", 32);
    assert_int_equal(port.counters.dropped_bytes, 4);
    assert_int_equal(port.counters.sent_bytes, 36);
}

static void a_uart_that_vanishes_does_not_stop_a_write(void **state)
{
    (void)state;
    start();
    io_double_reset();
    serial_write(&port, "hello", 5);
    assert_in_range(io_double_access_count(), 1, 100);
}

static void received_bytes_reach_the_sink(void **state)
{
    (void)state;
    start_receiving();
    for (unsigned i = 0; i < 10; i++)
        assert_true(uart_model_receive(&uart, (uint8_t)('0' + i), 0));
    assert_int_equal(irq_double_deliver(100), 1);
    assert_int_equal(sunk_count, 10);
    assert_memory_equal(sunk, "0123456789", 10);
    assert_int_equal(port.counters.received_bytes, 10);
}

static void bytes_that_came_before_receiving_was_enabled_are_not_stuck(void **state)
{
    (void)state;
    start();
    uart_model_receive(&uart, 'a', 0);
    assert_int_equal(serial_enable_receive(&port, IRQ, (struct byte_sink){sink, &port}), SERIAL_OK);
    irq_double_deliver(100);
    uart_model_receive(&uart, 'b', 0);
    irq_double_deliver(100);
    assert_int_equal(sunk_count, 2);
    assert_memory_equal(sunk, "ab", 2);
}

static void a_line_that_stays_busy_keeps_interrupting(void **state)
{
    (void)state;
    start_receiving();
    for (unsigned i = 0; i < 10000; i++)
        uart_model_receive_unbounded(&uart, (uint8_t)i);
    uint64_t before = io_double_access_count();
    assert_int_equal(irq_double_deliver(1), 1);
    assert_in_range(io_double_access_count() - before, 100, 1000); /* one interrupt's work is bounded */
    irq_double_deliver(1000);
    assert_int_equal(sunk_count, 10000);
    for (unsigned i = 0; i < 10000; i++)
        assert_int_equal(sunk[i], (uint8_t)i);
}

static void line_errors_are_counted_and_their_bytes_discarded(void **state)
{
    (void)state;
    start_receiving();
    uart_model_receive(&uart, 'a', 0);
    uart_model_receive(&uart, 0x00, 0x10 | 0x08); /* a break is a framing error too */
    uart_model_receive(&uart, 0x55, 0x08);
    uart_model_receive(&uart, 0x55, 0x04);
    uart_model_receive(&uart, 'b', 0);
    irq_double_deliver(100);
    assert_int_equal(sunk_count, 2);
    assert_memory_equal(sunk, "ab", 2);
    assert_int_equal(port.counters.breaks, 1);
    assert_int_equal(port.counters.framing_errors, 1);
    assert_int_equal(port.counters.parity_errors, 1);
    assert_int_equal(port.counters.overruns, 0);
}

static void an_overrun_is_counted_and_the_bytes_before_it_survive(void **state)
{
    (void)state;
    start_receiving();
    unsigned lost = 0;
    for (unsigned i = 0; i < 20; i++)
        lost += !uart_model_receive(&uart, (uint8_t)i, 0);
    irq_double_deliver(100);
    assert_int_equal(lost, 4);
    assert_int_equal(sunk_count, 16);
    assert_int_equal(port.counters.overruns, 1);
}

static void every_byte_of_a_flood_is_accounted_for(void **state)
{
    (void)state;
    start_receiving();
    uint64_t lost = 0;
    enum { SENT = 1 << 20 };
    for (unsigned i = 0; i < SENT; i++) {
        lost += !uart_model_receive(&uart, (uint8_t)i, i % 1000 == 999 ? 0x08 : 0);
        if (i % 19 == 0)
            irq_double_deliver(100);
    }
    irq_double_deliver(100);
    const struct serial_counters *counters = &port.counters;
    assert_int_equal(counters->received_bytes + counters->framing_errors + lost, SENT);
    assert_int_equal(counters->received_bytes, sunk_count);
    assert_true(counters->overruns > 0 && counters->framing_errors > 0);
}

static void a_uart_that_vanishes_ends_the_interrupt(void **state)
{
    (void)state;
    start_receiving();
    uart_model_receive(&uart, 'a', 0);
    io_double_reset();
    irq_double_deliver(1);
    assert_in_range(io_double_access_count(), 1, 2);
    assert_int_equal(sunk_count, 0);
}

static void receiving_needs_a_free_interrupt_line(void **state)
{
    (void)state;
    start();
    irq_double_take(IRQ);
    struct byte_sink byte_sink = {sink, &port};
    assert_int_equal(serial_enable_receive(&port, IRQ, byte_sink), SERIAL_IRQ_UNAVAILABLE);
    assert_int_equal(serial_enable_receive(&port, 99, byte_sink), SERIAL_IRQ_UNAVAILABLE);
    assert_int_equal(uart.interrupt_enable, 0);
}

static void a_port_that_failed_to_initialise_must_not_be_used(void **state)
{
    (void)state;
    assert_int_equal(serial_init(&port, BASE, 115200), SERIAL_NOT_PRESENT);
    EXPECT_PANIC("not initialised", { serial_write(&port, "x", 1); });
    EXPECT_PANIC("not initialised", { serial_register_console(&port); });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(divisors_of_the_table, set_up),
        cmocka_unit_test_setup(rates_that_do_not_divide_the_clock_are_refused, set_up),
        cmocka_unit_test_setup(init_sets_line_fifo_and_modem_control, set_up),
        cmocka_unit_test_setup(init_works_when_firmware_left_the_divisor_latch_open, set_up),
        cmocka_unit_test_setup(init_works_with_bytes_waiting_and_the_transmitter_busy, set_up),
        cmocka_unit_test_setup(init_refuses_a_base_beyond_the_port_space, set_up),
        cmocka_unit_test_setup(init_refuses_a_rate_without_touching_the_port, set_up),
        cmocka_unit_test_setup(init_finds_an_empty_bus, set_up),
        cmocka_unit_test_setup(init_finds_a_uart_without_scratch_register_absent, set_up),
        cmocka_unit_test_setup(failed_self_tests_leave_the_modem_control_as_it_was, set_up),
        cmocka_unit_test_setup(writes_go_out_in_order_and_never_overflow_the_fifo, set_up),
        cmocka_unit_test_setup(a_fifo_is_filled_with_one_status_read, set_up),
        cmocka_unit_test_setup(console_sends_newline_as_cr_lf, set_up),
        cmocka_unit_test_setup(raw_write_sends_newline_as_it_is, set_up),
        cmocka_unit_test_setup(console_is_registered_as_serial, set_up),
        cmocka_unit_test_setup(a_stuck_transmitter_drops_and_counts_in_bounded_time, set_up),
        cmocka_unit_test_setup(a_transmitter_that_recovers_is_used_again, set_up),
        cmocka_unit_test_setup(a_uart_that_vanishes_does_not_stop_a_write, set_up),
        cmocka_unit_test_setup(received_bytes_reach_the_sink, set_up),
        cmocka_unit_test_setup(bytes_that_came_before_receiving_was_enabled_are_not_stuck, set_up),
        cmocka_unit_test_setup(a_line_that_stays_busy_keeps_interrupting, set_up),
        cmocka_unit_test_setup(line_errors_are_counted_and_their_bytes_discarded, set_up),
        cmocka_unit_test_setup(an_overrun_is_counted_and_the_bytes_before_it_survive, set_up),
        cmocka_unit_test_setup(every_byte_of_a_flood_is_accounted_for, set_up),
        cmocka_unit_test_setup(a_uart_that_vanishes_ends_the_interrupt, set_up),
        cmocka_unit_test_setup(receiving_needs_a_free_interrupt_line, set_up),
        cmocka_unit_test_setup(a_port_that_failed_to_initialise_must_not_be_used, set_up),
    };
    return cmocka_run_group_tests_name("serial", tests, NULL, NULL);
}
