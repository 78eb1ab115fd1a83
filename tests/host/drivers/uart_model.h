/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

enum { UART_MODEL_CAPACITY = 65536 };

/*
 * A 16550 UART with faults to order. Register numbers and bits are written out from the data sheet, not taken from
 * the driver's header. Time is counted in reads of the line status: so many polls empty the transmitter.
 */
struct uart_model {
    /* set by the test, any time */
    bool has_no_scratch, has_no_fifo, has_no_loopback, is_transmitter_stuck, never_gets_idle;
    unsigned polls_to_drain; /* line status reads until the transmitter is empty */
    unsigned irq_line;

    /* what a test may look at */
    uint8_t interrupt_enable, line_control, modem_control, fifo_control, scratch;
    uint16_t divisor;
    char sent[UART_MODEL_CAPACITY];
    size_t sent_count;
    unsigned transmit_overflows; /* bytes written while there was no room */
    unsigned transmit_cleared;   /* bytes thrown away by a FIFO reset */
    unsigned divisor_writes;

    /* inside */
    unsigned transmit_fill, polls_left;
    struct {
        uint8_t byte, errors;
    } received[UART_MODEL_CAPACITY];
    size_t receive_first, receive_end;
    bool is_overrun_pending;
};

/* Puts the UART at ports base..base+7. */
void uart_model_attach(struct uart_model *uart, uint16_t base);

/* A byte arrives from outside, with the line status error bits that belong to it; beyond 16 waiting bytes it is lost
 * and an overrun is flagged. False if it was lost. */
bool uart_model_receive(struct uart_model *uart, uint8_t byte, uint8_t errors);

/* Arrives even though the FIFO is full: a sender so fast that it never gets empty. */
void uart_model_receive_unbounded(struct uart_model *uart, uint8_t byte);
