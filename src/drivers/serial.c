/* SPDX-License-Identifier: MIT */
#include <tenorite/drivers/serial.h>

#include <tenorite/arch/cpu.h>
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/io.h>
#include <tenorite/arch/uart_16550.h>
#include <tenorite/lib/panic.h>

/*
 * The 16550 UART.
 *
 * There is no clock to measure a wait with: it runs before the timer, and in panics. A wait is therefore a number of
 * polls. A port read takes 0.1 to 0.3 us in an emulator and about 1 us on a PC's bus: POLLS_TIMES_BAUD divided by the
 * rate lasts at least as long as 64 characters, four times what a full FIFO needs to drain. While printing, the wait
 * is longer: an emulator's transmitter is not ready while the program that reads its output is behind, and a pause of
 * that program (a unix socket holds 280 single bytes) shall not cost text.
 *
 * The transmitter is asked once per FIFO filling: when it reports "holding register empty", the whole FIFO is.
 *
 * Invariants
 * S1  Every loop is bounded, also when every register reads as 0xff or never changes.
 * S2  DLAB is set only inside program_line(), which cannot fail: DATA and IER mean what they say everywhere else.
 * S3  After the receive handler ran, the interrupt line has been low: the 8259 sees edges, and a line that stayed
 *     high would never interrupt again.
 *
 * References: PC16550D data sheet (SNLS378), 8.0 "Registers": "Line Status Register", "FIFO Polled Mode Operation".
 */
enum {
    POLL_LIMIT_MAX = 10 * 1000 * 1000,
    TRANSMIT_POLL_LIMIT = 4 * 1000 * 1000,
    TRANSMIT_POLL_LIMIT_STUCK = 32,
    RECEIVE_LIMIT = 256, /* bytes a single interrupt may fetch */
    LAST_BASE = 0x10000 - UART_PORT_COUNT,
    MAX_BAUD = UART_CLOCK_HZ / UART_CLOCKS_PER_BIT,
};
static const uint64_t POLLS_TIMES_BAUD = 8ull * 1000 * 1000 * 1000;

struct serial_divisor serial_divisor_for_baud(uint32_t baud)
{
    if (baud == 0 || MAX_BAUD % baud != 0 || MAX_BAUD / baud > UINT16_MAX)
        return (struct serial_divisor){SERIAL_BAUD_UNSUPPORTED, 0};
    return (struct serial_divisor){SERIAL_OK, (uint16_t)(MAX_BAUD / baud)};
}

struct serial_baud serial_baud_for_divisor(uint16_t divisor)
{
    if (divisor == 0 || MAX_BAUD % divisor != 0)
        return (struct serial_baud){SERIAL_BAUD_UNSUPPORTED, 0};
    return (struct serial_baud){SERIAL_OK, (uint32_t)MAX_BAUD / divisor};
}

static uint8_t read_register(const struct serial_port *port, unsigned offset)
{
    return io_read8((uint16_t)(port->base + offset));
}

static void write_register(const struct serial_port *port, unsigned offset, unsigned value)
{
    io_write8((uint16_t)(port->base + offset), (uint8_t)value);
}

/* Polls the line status until one of `bits` is set; false when the time is up. */
static bool wait_for_status(const struct serial_port *port, unsigned bits, uint32_t poll_limit)
{
    for (uint32_t i = 0; i < poll_limit; i++) {
        if (read_register(port, UART_LINE_STATUS) & bits)
            return true;
        cpu_pause();
    }
    return false;
}

/* The scratch register has no function: it stores a byte, which an empty bus does not. */
static bool is_present(const struct serial_port *port)
{
    static const uint8_t patterns[] = {0x42, 0x73};
    for (size_t i = 0; i < COUNT_OF(patterns); i++) {
        write_register(port, UART_SCRATCH, patterns[i]);
        if (read_register(port, UART_SCRATCH) != patterns[i])
            return false;
    }
    return true;
}

static void program_line(struct serial_port *port, uint16_t divisor)
{
    write_register(port, UART_LINE_CONTROL, UART_LCR_8N1); /* firmware may have left DLAB set */
    write_register(port, UART_INTERRUPT_ENABLE, 0);
    (void)wait_for_status(port, UART_LSR_TRANSMITTER_EMPTY, port->poll_limit); /* let firmware's last words out */
    write_register(port, UART_LINE_CONTROL, UART_LCR_8N1 | UART_LCR_DIVISOR_ACCESS);
    write_register(port, UART_DIVISOR_LOW, divisor & 0xff);
    write_register(port, UART_DIVISOR_HIGH, divisor >> 8);
    write_register(port, UART_LINE_CONTROL, UART_LCR_8N1);
    write_register(port, UART_FIFO_CONTROL,
                   UART_FCR_ENABLE | UART_FCR_CLEAR_RECEIVER | UART_FCR_CLEAR_TRANSMITTER | UART_FCR_TRIGGER_14);

    bool has_fifo = (read_register(port, UART_INTERRUPT_ID) & UART_IIR_FIFOS_ENABLED) == UART_IIR_FIFOS_ENABLED;
    port->fifo_bytes = has_fifo ? UART_FIFO_BYTES : 1;
}

static void discard_received(const struct serial_port *port)
{
    for (unsigned i = 0; i < UART_FIFO_BYTES; i++) {
        if (!(read_register(port, UART_LINE_STATUS) & UART_LSR_DATA_READY))
            return;
        (void)read_register(port, UART_DATA);
    }
}

static bool byte_comes_back(const struct serial_port *port, uint8_t byte)
{
    if (!wait_for_status(port, UART_LSR_HOLDING_EMPTY, port->poll_limit))
        return false;
    write_register(port, UART_DATA, byte);
    if (!wait_for_status(port, UART_LSR_DATA_READY, port->poll_limit))
        return false;
    return read_register(port, UART_DATA) == byte;
}

/* Loopback connects the transmitter to the receiver inside the chip; nothing is seen outside. */
static bool self_test_passes(const struct serial_port *port)
{
    static const char message[] = "\x42hello world!1337";
    uint8_t modem_control = read_register(port, UART_MODEM_CONTROL);
    write_register(port, UART_MODEM_CONTROL, UART_MCR_LOOPBACK);
    discard_received(port);

    bool passes = true;
    for (size_t i = 0; passes && i < sizeof message - 1; i++)
        passes = byte_comes_back(port, (uint8_t)message[i]);
    passes = passes && wait_for_status(port, UART_LSR_TRANSMITTER_EMPTY, port->poll_limit);

    write_register(port, UART_MODEM_CONTROL, modem_control);
    return passes;
}

static void console_write_serial(struct console *self, const char *bytes, size_t length);

enum serial_error serial_init(struct serial_port *port, uint16_t base, uint32_t baud)
{
    *port = (struct serial_port){.base = base, .console = {.name = "serial", .write = console_write_serial}};
    if (base > LAST_BASE)
        return SERIAL_BASE_INVALID;
    struct serial_divisor divisor = serial_divisor_for_baud(baud);
    if (divisor.error != SERIAL_OK)
        return divisor.error;
    uint64_t polls = POLLS_TIMES_BAUD / baud;
    port->poll_limit = polls < POLL_LIMIT_MAX ? (uint32_t)polls : POLL_LIMIT_MAX;

    if (!is_present(port))
        return SERIAL_NOT_PRESENT;
    program_line(port, divisor.divisor);
    if (!self_test_passes(port)) {
        port->fifo_bytes = 0;
        return SERIAL_SELF_TEST_FAILED;
    }
    write_register(port, UART_MODEM_CONTROL, UART_MCR_DATA_TERMINAL_READY | UART_MCR_REQUEST_TO_SEND | UART_MCR_OUT2);
    return SERIAL_OK;
}

/* Sends one byte; *room is how many more the transmitter takes without being asked. */
static void send(struct serial_port *port, unsigned *room, uint8_t byte)
{
    if (*room == 0) {
        uint32_t poll_limit = port->is_transmitter_stuck ? TRANSMIT_POLL_LIMIT_STUCK : TRANSMIT_POLL_LIMIT;
        port->is_transmitter_stuck = !wait_for_status(port, UART_LSR_HOLDING_EMPTY, poll_limit);
        if (port->is_transmitter_stuck) {
            port->counters.dropped_bytes++;
            return;
        }
        *room = port->fifo_bytes;
    }
    write_register(port, UART_DATA, byte);
    port->counters.sent_bytes++;
    (*room)--;
}

void serial_write(struct serial_port *port, const char *bytes, size_t length)
{
    ASSERT(port->fifo_bytes != 0, "port %#x is not initialised", port->base);
    unsigned room = 0;
    for (size_t i = 0; i < length; i++)
        send(port, &room, (uint8_t)bytes[i]);
}

static void console_write_serial(struct console *self, const char *bytes, size_t length)
{
    struct serial_port *port = CONTAINER_OF(self, struct serial_port, console);
    unsigned room = 0;
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '\n')
            send(port, &room, '\r');
        send(port, &room, (uint8_t)bytes[i]);
    }
}

void serial_register_console(struct serial_port *port)
{
    ASSERT(port->fifo_bytes != 0, "port %#x is not initialised", port->base);
    console_register(&port->console);
}

/* Takes the byte that a line status announced, and accounts for it and for what the status says beside it. */
static void receive(struct serial_port *port, uint8_t status)
{
    if (status & UART_LSR_OVERRUN)
        port->counters.overruns++;
    uint8_t byte = read_register(port, UART_DATA);
    if (status & UART_LSR_BREAK) {
        port->counters.breaks++;
    } else if (status & UART_LSR_FRAMING) {
        port->counters.framing_errors++;
    } else if (status & UART_LSR_PARITY) {
        port->counters.parity_errors++;
    } else {
        port->counters.received_bytes++;
        port->sink.put(port->sink.context, byte);
    }
}

static void set_receive_interrupts(const struct serial_port *port)
{
    write_register(port, UART_INTERRUPT_ENABLE, UART_IER_RECEIVED_DATA | UART_IER_LINE_STATUS);
}

static void handle_interrupt(void *argument)
{
    struct serial_port *port = argument;
    for (unsigned i = 0; i < RECEIVE_LIMIT; i++) {
        uint8_t status = read_register(port, UART_LINE_STATUS);
        if (status == UART_LSR_NO_DEVICE || !(status & UART_LSR_DATA_READY))
            return;
        receive(port, status);
    }
    write_register(port, UART_INTERRUPT_ENABLE, 0); /* S3: more is waiting; lower the line and raise it again */
    set_receive_interrupts(port);
}

enum serial_error serial_enable_receive(struct serial_port *port, unsigned irq_line, struct byte_sink sink)
{
    ASSERT(port->fifo_bytes != 0, "port %#x is not initialised", port->base);
    ASSERT(sink.put, "port %#x: a sink without a function", port->base);
    struct byte_sink sink_before = port->sink;
    port->sink = sink;
    if (irq_attach(irq_line, handle_interrupt, port) != IRQ_OK) {
        port->sink = sink_before;
        return SERIAL_IRQ_UNAVAILABLE;
    }
    set_receive_interrupts(port);
    return SERIAL_OK;
}

const char *serial_error_text(enum serial_error error)
{
    switch (error) {
    case SERIAL_OK:
        return "no error";
    case SERIAL_NOT_PRESENT:
        return "nothing answers there";
    case SERIAL_SELF_TEST_FAILED:
        return "a byte sent in loopback mode did not come back";
    case SERIAL_BAUD_UNSUPPORTED:
        return "the rate does not divide the clock";
    case SERIAL_BASE_INVALID:
        return "the ports reach beyond 0xffff";
    case SERIAL_IRQ_UNAVAILABLE:
        return "its interrupt line is taken";
    }
    __builtin_unreachable();
}
