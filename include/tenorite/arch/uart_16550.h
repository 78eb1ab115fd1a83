/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Registers of the 16550 UART, as offsets from its base port, and their bits. Plain numbers: assembly includes this
 * header too.
 *
 * Source: Texas Instruments PC16550D data sheet (SNLS378), 8.0 "Registers", table "Summary of Registers".
 */
#define UART_COM1_BASE 0x3f8
#define UART_COM1_IRQ 4
#define UART_PORT_COUNT 8

#define UART_DATA 0             /* receiver buffer (read), transmitter holding (write) */
#define UART_INTERRUPT_ENABLE 1 /* IER */
#define UART_INTERRUPT_ID 2     /* IIR (read) */
#define UART_FIFO_CONTROL 2     /* FCR (write) */
#define UART_LINE_CONTROL 3     /* LCR */
#define UART_MODEM_CONTROL 4    /* MCR */
#define UART_LINE_STATUS 5      /* LSR */
#define UART_MODEM_STATUS 6     /* MSR */
#define UART_SCRATCH 7          /* SPR */
#define UART_DIVISOR_LOW 0      /* DLL, while UART_LCR_DIVISOR_ACCESS is set */
#define UART_DIVISOR_HIGH 1     /* DLM, likewise */

#define UART_IER_RECEIVED_DATA 0x01
#define UART_IER_LINE_STATUS 0x04

#define UART_IIR_FIFOS_ENABLED 0xc0

#define UART_FCR_ENABLE 0x01
#define UART_FCR_CLEAR_RECEIVER 0x02
#define UART_FCR_CLEAR_TRANSMITTER 0x04
#define UART_FCR_TRIGGER_14 0xc0

#define UART_LCR_8N1 0x03 /* 8 data bits, no parity, one stop bit */
#define UART_LCR_DIVISOR_ACCESS 0x80

#define UART_MCR_DATA_TERMINAL_READY 0x01
#define UART_MCR_REQUEST_TO_SEND 0x02
#define UART_MCR_OUT2 0x08 /* on a PC: connects the UART to its interrupt line */
#define UART_MCR_LOOPBACK 0x10

#define UART_LSR_DATA_READY 0x01
#define UART_LSR_OVERRUN 0x02
#define UART_LSR_PARITY 0x04
#define UART_LSR_FRAMING 0x08
#define UART_LSR_BREAK 0x10
#define UART_LSR_HOLDING_EMPTY 0x20     /* THRE: room for a byte, or for a whole FIFO */
#define UART_LSR_TRANSMITTER_EMPTY 0x40 /* TEMT: the last bit has left */
#define UART_LSR_NO_DEVICE 0xff         /* what an empty bus reads as */

#define UART_CLOCK_HZ 1843200
#define UART_CLOCKS_PER_BIT 16
#define UART_FIFO_BYTES 16
