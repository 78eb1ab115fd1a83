/* SPDX-License-Identifier: MIT */
#include "pit_model.h"

#include <stdlib.h>

#include "cpu_double.h"
#include "io.h"
#include "irq.h"

enum { COMMAND = 3, CHANNELS = 3, MODE_TERMINAL_COUNT = 0, MODE_RATE_GENERATOR = 2, LOW_THEN_HIGH = 3 };

struct pit_model pit_model;

static struct {
    uint64_t loaded_at;
    unsigned count;
    uint8_t low_byte;
    bool has_count, has_low_byte, has_fired;
    bool is_latched, is_high_next;
    uint16_t latched;
} channels[CHANNELS];

static uint16_t current_count(unsigned channel)
{
    uint64_t passed = pit_model.clocks - channels[channel].loaded_at;
    unsigned count = channels[channel].count ? channels[channel].count : 65536;

    if (pit_model.kind == PIT_STANDS || !channels[channel].has_count)
        return pit_model.standing_count;
    if (pit_model.kind == PIT_IS_NOISE)
        return (uint16_t)rand();
    if (pit_model.mode[channel] == MODE_RATE_GENERATOR)
        return (uint16_t)(count - passed % count);
    return (uint16_t)(count - passed);
}

static void deliver(void)
{
    irq_double_set_level(PIT_MODEL_LINE, true);
    if (cpu_double_interrupts_enabled)
        pit_model.interrupts += irq_double_deliver(1);
}

/* A terminal count is reached one clock after the count has run out. */
void pit_model_pass(uint64_t clocks)
{
    uint64_t end = pit_model.clocks + clocks;

    while (pit_model.kind == PIT_COUNTS && channels[0].has_count && !channels[0].has_fired) {
        uint64_t terminal = channels[0].loaded_at + (channels[0].count ? channels[0].count : 65536) + 1;

        if (terminal > end)
            break;
        pit_model.clocks = terminal;
        channels[0].has_fired = true;
        deliver();
    }
    if (pit_model.clocks < end)
        pit_model.clocks = end;
}

static void latch(unsigned channel)
{
    if (!channels[channel].is_latched) {
        channels[channel].is_latched = true;
        channels[channel].latched = current_count(channel);
    }
    if (pit_model.on_latch)
        pit_model.on_latch();
}

static void command(uint8_t value)
{
    unsigned channel = value >> 6, access = value >> 4 & 3;

    if (access == 0) {
        latch(channel);
        return;
    }
    if (channel >= CHANNELS || access != LOW_THEN_HIGH || value & 1)
        abort();
    pit_model.mode[channel] = value >> 1 & 7;
    channels[channel] = (typeof(channels[0])){0};
    irq_double_set_level(PIT_MODEL_LINE, channels[0].has_fired);
}

static void write_count(unsigned channel, uint8_t value)
{
    channels[channel].has_low_byte = !channels[channel].has_low_byte;
    if (channels[channel].has_low_byte) {
        channels[channel].low_byte = value;
        channels[channel].has_count = channel != 0 && channels[channel].has_count;
        return;
    }
    channels[channel].count = channels[channel].low_byte | (unsigned)value << 8;
    channels[channel].loaded_at = pit_model.clocks;
    channels[channel].has_count = true;
    channels[channel].has_fired = false;
    if (channel != 0)
        return;
    irq_double_set_level(PIT_MODEL_LINE, false);
    pit_model_pass(pit_model.clocks_per_load);
}

static void write_chip(void *context, uint16_t offset, unsigned width_bytes, uint32_t value)
{
    (void)context;
    if (width_bytes != 1)
        abort();
    pit_model_pass(pit_model.clocks_per_access);
    if (offset == COMMAND)
        command((uint8_t)value);
    else
        write_count(offset, (uint8_t)value);
}

static uint32_t read_chip(void *context, uint16_t offset, unsigned width_bytes)
{
    bool is_high = channels[offset].is_high_next;
    uint16_t count;

    (void)context;
    if (width_bytes != 1 || offset >= CHANNELS)
        abort();
    pit_model_pass(pit_model.clocks_per_access);
    count = channels[offset].is_latched ? channels[offset].latched : current_count(offset);
    channels[offset].is_high_next = !is_high;
    channels[offset].is_latched = channels[offset].is_latched && !is_high;
    return is_high ? count >> 8 : count & 0xff;
}

static void write_control_port(void *context, uint16_t offset, unsigned width_bytes, uint32_t value)
{
    (void)context;
    (void)offset;
    (void)width_bytes;
    pit_model.control_port = (uint8_t)value;
}

static uint32_t read_control_port(void *context, uint16_t offset, unsigned width_bytes)
{
    (void)context;
    (void)offset;
    (void)width_bytes;
    return pit_model.control_port;
}

static void write_delay_port(void *context, uint16_t offset, unsigned width_bytes, uint32_t value)
{
    (void)context;
    (void)offset;
    (void)width_bytes;
    (void)value;
    pit_model_pass(pit_model.clocks_per_delay);
}

void pit_model_reset(void)
{
    io_double_reset();
    pit_model = (struct pit_model){.clocks_per_delay = 1};
    for (unsigned i = 0; i < CHANNELS; i++)
        channels[i] = (typeof(channels[0])){0};
    io_double_add(&(struct io_device){0x40, 4, read_chip, write_chip, NULL});
    io_double_add(&(struct io_device){0x61, 1, read_control_port, write_control_port, NULL});
    io_double_add(&(struct io_device){0x80, 1, read_control_port, write_delay_port, NULL});
}

unsigned pit_model_count(unsigned channel)
{
    return channels[channel].count;
}
