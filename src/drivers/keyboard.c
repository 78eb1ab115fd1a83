/* SPDX-License-Identifier: MIT */
#include <tenorite/drivers/keyboard.h>

#include <tenorite/arch/cpu.h>
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/io.h>
#include <tenorite/lib/panic.h>

/*
 * The i8042 controller: two ports, status and commands at 0x64, data at 0x60, one byte of buffer each way.
 *
 * Setting up is done by polling, with the controller's interrupts off, so that replies and interrupts cannot be
 * confused. Interrupts come on last; the handler is then called once by hand, for a byte that arrived in between:
 * the line is edge-triggered, and a byte nobody fetches keeps it high for ever.
 *
 * Invariants
 * B1  Every loop is bounded, also when the status reads as 0xff or never changes.
 * B2  Interrupts of the controller are on only while the handler is attached.
 *
 * References: IBM Personal System/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary Device
 * Controller"; Intel 8042 as in the IBM PC AT.
 */
enum {
    DATA_PORT = 0x60,
    STATUS_PORT = 0x64,
    COMMAND_PORT = 0x64,
};
enum {
    STATUS_OUTPUT_FULL = 0x01, /* a byte waits at DATA_PORT */
    STATUS_INPUT_FULL = 0x02,  /* the controller has not yet taken our last byte */
    STATUS_FROM_MOUSE = 0x20,  /* the waiting byte is the second port's */
    STATUS_PARITY_ERROR = 0x80,
    STATUS_NO_DEVICE = 0xff,
};
enum {
    COMMAND_READ_CONFIG = 0x20,
    COMMAND_WRITE_CONFIG = 0x60,
    COMMAND_DISABLE_MOUSE = 0xa7,
    COMMAND_SELF_TEST = 0xaa,
    COMMAND_DISABLE_KEYBOARD = 0xad,
    COMMAND_ENABLE_KEYBOARD = 0xae,
    SELF_TEST_PASSED = 0x55,
};
enum {
    CONFIG_KEYBOARD_INTERRUPT = 0x01,
    CONFIG_MOUSE_INTERRUPT = 0x02,
    CONFIG_KEYBOARD_DISABLED = 0x10,
    CONFIG_MOUSE_DISABLED = 0x20,
    CONFIG_TRANSLATE = 0x40, /* the keyboard's set 2 to set 1 */
};
enum {
    DEVICE_ENABLE_SCANNING = 0xf4,
    DEVICE_ACKNOWLEDGE = 0xfa,
    DEVICE_RESEND = 0xfe,
};
enum {
    POLL_LIMIT = 1000 * 1000,
    DEVICE_POLL_LIMIT = 100 * 1000, /* a keyboard answers within 20 ms */
    FLUSH_LIMIT = 64,               /* more than any controller and keyboard buffer */
    DEVICE_ATTEMPTS = 3,
    REPLY_BYTES_LIMIT = 16, /* bytes that may come before a reply: they were under way */
    INTERRUPT_BYTES_LIMIT = 16,
};

static bool wait_until_writable(void)
{
    for (unsigned i = 0; i < POLL_LIMIT; i++) {
        if (!(io_read8(STATUS_PORT) & STATUS_INPUT_FULL))
            return true;
        cpu_pause();
    }
    return false;
}

static bool wait_until_readable(unsigned poll_limit)
{
    for (unsigned i = 0; i < poll_limit; i++) {
        if (io_read8(STATUS_PORT) & STATUS_OUTPUT_FULL)
            return true;
        cpu_pause();
    }
    return false;
}

static bool send_command(uint8_t command)
{
    if (!wait_until_writable())
        return false;
    io_write8(COMMAND_PORT, command);
    return true;
}

static bool send_data(uint8_t byte)
{
    if (!wait_until_writable())
        return false;
    io_write8(DATA_PORT, byte);
    return true;
}

static bool write_config(uint8_t config)
{
    return send_command(COMMAND_WRITE_CONFIG) && send_data(config) && wait_until_writable();
}

static void flush_output(void)
{
    for (unsigned i = 0; i < FLUSH_LIMIT && io_read8(STATUS_PORT) & STATUS_OUTPUT_FULL; i++)
        (void)io_read8(DATA_PORT);
}

static enum keyboard_error test_controller(void)
{
    if (!send_command(COMMAND_SELF_TEST) || !wait_until_readable(POLL_LIMIT))
        return KEYBOARD_NOT_PRESENT;
    for (unsigned i = 0; i < REPLY_BYTES_LIMIT; i++) {
        if (io_read8(DATA_PORT) == SELF_TEST_PASSED)
            return KEYBOARD_OK;
        if (!wait_until_readable(DEVICE_POLL_LIMIT))
            break;
    }
    return KEYBOARD_SELF_TEST_FAILED;
}

/* Leaves the controller tested and empty, both ports and their interrupts off; *config is what to go on from. */
static enum keyboard_error prepare_controller(uint8_t *config)
{
    if (io_read8(STATUS_PORT) == STATUS_NO_DEVICE)
        return KEYBOARD_NOT_PRESENT;
    if (!send_command(COMMAND_DISABLE_KEYBOARD) || !send_command(COMMAND_DISABLE_MOUSE) || !wait_until_writable())
        return KEYBOARD_NOT_PRESENT;
    flush_output();

    enum keyboard_error error = test_controller();
    if (error != KEYBOARD_OK)
        return error;
    /* The self-test may have switched the keyboard on again; its bytes would be taken for the reply. */
    if (!send_command(COMMAND_DISABLE_KEYBOARD) || !wait_until_writable())
        return KEYBOARD_NOT_PRESENT;
    flush_output();
    if (!send_command(COMMAND_READ_CONFIG) || !wait_until_readable(POLL_LIMIT))
        return KEYBOARD_NOT_PRESENT;
    *config = io_read8(DATA_PORT);
    *config &= (uint8_t) ~(CONFIG_KEYBOARD_INTERRUPT | CONFIG_MOUSE_INTERRUPT | CONFIG_KEYBOARD_DISABLED);
    *config |= CONFIG_TRANSLATE | CONFIG_MOUSE_DISABLED;
    if (!write_config(*config) || !send_command(COMMAND_ENABLE_KEYBOARD) || !wait_until_writable())
        return KEYBOARD_NOT_PRESENT;
    return KEYBOARD_OK;
}

/* True if the reply to a device's command came: *reply. Scan codes that come first are lost. */
static bool read_reply(uint8_t *reply)
{
    for (unsigned i = 0; i < REPLY_BYTES_LIMIT; i++) {
        if (!wait_until_readable(DEVICE_POLL_LIMIT))
            return false;
        *reply = io_read8(DATA_PORT);
        if (*reply == DEVICE_ACKNOWLEDGE || *reply == DEVICE_RESEND)
            return true;
    }
    return false;
}

/* Firmware may have left the keyboard silent. No answer means that none is plugged in. */
static void enable_scanning(void)
{
    for (unsigned i = 0; i < DEVICE_ATTEMPTS; i++) {
        uint8_t reply;
        if (!send_data(DEVICE_ENABLE_SCANNING) || !read_reply(&reply) || reply == DEVICE_ACKNOWLEDGE)
            return;
    }
}

static void receive(struct keyboard *keyboard, uint8_t status, uint8_t byte)
{
    if (status & STATUS_FROM_MOUSE) {
        keyboard->counters.mouse_bytes++;
    } else if (status & STATUS_PARITY_ERROR) {
        keyboard->counters.parity_errors++;
    } else if (byte == DEVICE_ACKNOWLEDGE || byte == DEVICE_RESEND) {
        keyboard->counters.replies++;
    } else {
        keyboard->counters.received_bytes++;
        keyboard->sink.put(keyboard->sink.context, byte);
    }
}

static void handle_interrupt(void *argument)
{
    struct keyboard *keyboard = argument;
    for (unsigned i = 0; i < INTERRUPT_BYTES_LIMIT; i++) {
        uint8_t status = io_read8(STATUS_PORT);
        if (status == STATUS_NO_DEVICE || !(status & STATUS_OUTPUT_FULL))
            return;
        receive(keyboard, status, io_read8(DATA_PORT));
    }
}

enum keyboard_error keyboard_init(struct keyboard *keyboard, unsigned irq_line, struct byte_sink sink)
{
    ASSERT(sink.put, "a sink without a function");
    *keyboard = (struct keyboard){.sink = sink};
    uint8_t config;
    enum keyboard_error error = prepare_controller(&config);
    if (error != KEYBOARD_OK)
        return error;
    enable_scanning();
    if (irq_attach(irq_line, handle_interrupt, keyboard) != IRQ_OK)
        return KEYBOARD_IRQ_UNAVAILABLE;

    WITHOUT_INTERRUPTS {
        if (!write_config(config | CONFIG_KEYBOARD_INTERRUPT))
            return KEYBOARD_NOT_PRESENT;
        handle_interrupt(keyboard);
    }
    return KEYBOARD_OK;
}

const char *keyboard_error_text(enum keyboard_error error)
{
    switch (error) {
    case KEYBOARD_OK:
        return "no error";
    case KEYBOARD_NOT_PRESENT:
        return "no controller answers";
    case KEYBOARD_SELF_TEST_FAILED:
        return "the controller failed its self-test";
    case KEYBOARD_IRQ_UNAVAILABLE:
        return "its interrupt line is taken";
    }
    __builtin_unreachable();
}
