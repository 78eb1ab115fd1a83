/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/drivers/byte_sink.h>
#include <tenorite/lib/console.h>

/* A 16550 serial port: a console, and a source of bytes. Every wait is bounded, whatever the hardware does. */
enum NODISCARD serial_error {
    SERIAL_OK,
    SERIAL_NOT_PRESENT,      /* nothing answers at that base */
    SERIAL_SELF_TEST_FAILED, /* a byte sent in loopback mode did not come back */
    SERIAL_BAUD_UNSUPPORTED, /* the clock divided by the rate is not a whole number */
    SERIAL_BASE_INVALID,     /* the eight ports would reach beyond 0xffff */
    SERIAL_IRQ_UNAVAILABLE,  /* no such interrupt line, or another driver has it */
};

/* What is wrong, as one line. */
const char *serial_error_text(enum serial_error error);

struct serial_counters {
    uint64_t sent_bytes;     /* accepted by the transmitter */
    uint64_t dropped_bytes;  /* not sent: the transmitter did not become ready in time */
    uint64_t received_bytes; /* put into the sink */
    uint64_t overruns;       /* times the receiver lost bytes because nobody fetched them */
    uint64_t parity_errors;  /* bytes discarded */
    uint64_t framing_errors; /* bytes discarded */
    uint64_t breaks;         /* breaks seen; the NUL that comes with each is discarded */
};

/* The fields belong to the driver; `counters` may be read at any time. */
struct serial_port {
    struct console console;
    uint16_t base;
    uint8_t fifo_bytes; /* 1 without a FIFO; 0: not initialised */
    bool is_transmitter_stuck;
    uint32_t poll_limit; /* of a wait while initialising */
    struct byte_sink sink;
    struct serial_counters counters;
};

struct NODISCARD serial_divisor {
    enum serial_error error; /* SERIAL_OK or SERIAL_BAUD_UNSUPPORTED */
    uint16_t divisor;
};

struct NODISCARD serial_baud {
    enum serial_error error; /* SERIAL_OK or SERIAL_BAUD_UNSUPPORTED */
    uint32_t baud;
};

/* The divisor for a rate in bits per second, and the rate of a divisor: exact or SERIAL_BAUD_UNSUPPORTED. Pure. */
struct serial_divisor serial_divisor_for_baud(uint32_t baud);
struct serial_baud serial_baud_for_divisor(uint16_t divisor);

/*
 * Finds the UART at I/O ports base..base+7 (base at most 0xfff8), tests it and sets it to `baud`, 8 data bits, no
 * parity, one stop bit, FIFO on, interrupts off. What was in its FIFOs is lost.
 *
 * Cost: at most 38 waits, each bounded by the time that 64 characters take; normally microseconds. Any
 * context, before the heap and before interrupts. Returns SERIAL_BASE_INVALID and SERIAL_BAUD_UNSUPPORTED before
 * it touched a port; SERIAL_NOT_PRESENT after two writes to the scratch register; SERIAL_SELF_TEST_FAILED with the
 * modem control register as it was, the divisor latch closed and interrupts off. After an error the port must not
 * be used.
 */
enum serial_error serial_init(struct serial_port *port, uint16_t base, uint32_t baud);

/*
 * Sends bytes as they are. A byte for which the transmitter has no room within 4 million polls (about a second) is
 * dropped and counted; after the first such byte the waits are cut to 32 polls until the transmitter answers again, so
 * that a dead port costs a panic message microseconds per byte. No flow control: CTS is ignored, because many
 * null-modem cables do not connect it. Any context, no lock; a write from a handler that interrupts another may lose
 * bytes of either.
 */
void serial_write(struct serial_port *port, const char *bytes, size_t length);

/* Registers the port as the console "serial", on which a newline is sent as CR LF. The port must live for ever. */
void serial_register_console(struct serial_port *port);

/*
 * From now on puts every received byte into `sink`, from the handler of interrupt line `irq_line`. Task context,
 * once per port. On SERIAL_IRQ_UNAVAILABLE nothing changed.
 */
enum serial_error serial_enable_receive(struct serial_port *port, unsigned irq_line, struct byte_sink sink);
