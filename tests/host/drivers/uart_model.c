/* SPDX-License-Identifier: MIT */
#include "uart_model.h"

#include "io.h"
#include "irq.h"

enum { FIFO_BYTES = 16 };

static bool latch_is_open(const struct uart_model *uart)
{
    return uart->line_control & 0x80;
}

static bool is_loopback(const struct uart_model *uart)
{
    return uart->modem_control & 0x10;
}

static bool has_fifo(const struct uart_model *uart)
{
    return !uart->has_no_fifo && (uart->fifo_control & 1);
}

static size_t waiting(const struct uart_model *uart)
{
    return uart->receive_end - uart->receive_first;
}

static uint8_t pending_errors(const struct uart_model *uart)
{
    return waiting(uart) ? uart->received[uart->receive_first % UART_MODEL_CAPACITY].errors : 0;
}

/* Data ready and line status interrupts; OUT2 gates the line. */
static void update_interrupt(struct uart_model *uart)
{
    bool wants = ((uart->interrupt_enable & 1) && waiting(uart)) ||
                 ((uart->interrupt_enable & 4) && (uart->is_overrun_pending || pending_errors(uart)));
    irq_double_set_level(uart->irq_line, wants && (uart->modem_control & 8) && !is_loopback(uart));
}

void uart_model_receive_unbounded(struct uart_model *uart, uint8_t byte)
{
    uart->received[uart->receive_end % UART_MODEL_CAPACITY] = (typeof(uart->received[0])){byte, 0};
    uart->receive_end++;
    update_interrupt(uart);
}

bool uart_model_receive(struct uart_model *uart, uint8_t byte, uint8_t errors)
{
    if (waiting(uart) >= (has_fifo(uart) ? FIFO_BYTES : 1)) {
        uart->is_overrun_pending = true;
        update_interrupt(uart);
        return false;
    }
    uart->received[uart->receive_end % UART_MODEL_CAPACITY] = (typeof(uart->received[0])){byte, errors};
    uart->receive_end++;
    update_interrupt(uart);
    return true;
}

static void transmit(struct uart_model *uart, uint8_t byte)
{
    if (uart->transmit_fill >= (has_fifo(uart) ? FIFO_BYTES : 1))
        uart->transmit_overflows++;
    uart->transmit_fill++;
    uart->polls_left = uart->polls_to_drain;
    if (is_loopback(uart)) {
        if (!uart->has_no_loopback)
            uart_model_receive(uart, byte, 0);
    } else if (uart->sent_count < UART_MODEL_CAPACITY) {
        uart->sent[uart->sent_count++] = (char)byte;
    }
}

static uint8_t read_line_status(struct uart_model *uart)
{
    if (uart->polls_left > 0)
        uart->polls_left--;
    else if (!uart->is_transmitter_stuck)
        uart->transmit_fill = 0;
    uint8_t status = pending_errors(uart);
    status |= waiting(uart) ? 0x01 : 0;
    status |= uart->is_overrun_pending ? 0x02 : 0;
    status |= uart->transmit_fill == 0 && !uart->is_transmitter_stuck ? 0x20 : 0;
    status |= uart->transmit_fill == 0 && !uart->is_transmitter_stuck && !uart->never_gets_idle ? 0x40 : 0;
    uart->is_overrun_pending = false;
    if (waiting(uart))
        uart->received[uart->receive_first % UART_MODEL_CAPACITY].errors = 0;
    update_interrupt(uart);
    return status;
}

static uint8_t read_data(struct uart_model *uart)
{
    if (!waiting(uart))
        return 0;
    uint8_t byte = uart->received[uart->receive_first++ % UART_MODEL_CAPACITY].byte;
    update_interrupt(uart);
    return byte;
}

static uint32_t read_register(void *context, uint16_t offset, unsigned width_bytes)
{
    (void)width_bytes;
    struct uart_model *uart = context;
    switch (offset) {
    case 0:
        return latch_is_open(uart) ? uart->divisor & 0xff : read_data(uart);
    case 1:
        return latch_is_open(uart) ? uart->divisor >> 8 : uart->interrupt_enable;
    case 2:
        return has_fifo(uart) ? 0xc1 : 0x01;
    case 3:
        return uart->line_control;
    case 4:
        return uart->modem_control;
    case 5:
        return read_line_status(uart);
    case 6:
        return 0; /* no cable: CTS, DSR and DCD are off */
    default:
        return uart->has_no_scratch ? 0xff : uart->scratch;
    }
}

static void write_fifo_control(struct uart_model *uart, uint8_t value)
{
    uart->fifo_control = value;
    if (!has_fifo(uart))
        return;
    if (value & 2)
        uart->receive_first = uart->receive_end;
    if (value & 4) {
        uart->transmit_cleared += uart->transmit_fill;
        uart->transmit_fill = 0;
    }
}

static void write_register(void *context, uint16_t offset, unsigned width_bytes, uint32_t value)
{
    (void)width_bytes;
    struct uart_model *uart = context;
    uint8_t byte = (uint8_t)value;
    if (latch_is_open(uart) && offset <= 1) {
        uart->divisor = (uint16_t)(offset ? (uart->divisor & 0xff) | byte << 8 : (uart->divisor & 0xff00) | byte);
        uart->divisor_writes++;
    } else if (offset == 0) {
        transmit(uart, byte);
    } else if (offset == 1) {
        uart->interrupt_enable = byte;
    } else if (offset == 2) {
        write_fifo_control(uart, byte);
    } else if (offset == 3) {
        uart->line_control = byte;
    } else if (offset == 4) {
        uart->modem_control = byte;
    } else if (offset == 7) {
        uart->scratch = byte;
    }
    update_interrupt(uart);
}

void uart_model_attach(struct uart_model *uart, uint16_t base)
{
    io_double_add(&(struct io_device){base, 8, read_register, write_register, uart});
}
