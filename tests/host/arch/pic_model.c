/* SPDX-License-Identifier: MIT */
#include "pic_model.h"

#include "io.h"

enum { CASCADE = 2, SPURIOUS = 7, LINES = 8, NONE = 8 };

/* The line to serve next, lower numbers first: requested, not masked, and above those in service. */
static unsigned next_line(const struct pic_chip *chip)
{
    for (unsigned line = 0; line < LINES; line++) {
        if (chip->in_service & 1 << line)
            return NONE;
        if (chip->requested & ~chip->mask & 1 << line)
            return line;
    }
    return NONE;
}

static struct pic_chip *chip_of(struct pic_pair *pair, unsigned line)
{
    return line < LINES ? &pair->master : &pair->slave;
}

static void update_cascade(struct pic_pair *pair)
{
    pair->master.requested &= (uint8_t) ~(1 << CASCADE);
    if (next_line(&pair->slave) != NONE)
        pair->master.requested |= 1 << CASCADE;
    if (next_line(&pair->master) != NONE)
        pair->has_requested = true;
}

void pic_model_raise(struct pic_pair *pair, unsigned line)
{
    chip_of(pair, line)->requested |= (uint8_t)(1 << line % LINES);
    update_cascade(pair);
}

/* Not the cascade: the master has seen the slave's request by the time this happens. */
void pic_model_withdraw(struct pic_pair *pair, unsigned line)
{
    chip_of(pair, line)->requested &= (uint8_t) ~(1 << line % LINES);
}

bool pic_model_interrupts(const struct pic_pair *pair)
{
    return next_line(&pair->master) != NONE;
}

static unsigned take(struct pic_chip *chip)
{
    unsigned line = next_line(chip);
    if (line == NONE)
        return SPURIOUS;
    chip->requested &= (uint8_t) ~(1 << line);
    chip->in_service |= (uint8_t)(1 << line);
    return line;
}

uint8_t pic_model_acknowledge(struct pic_pair *pair)
{
    struct pic_chip *chip = &pair->master;
    unsigned line = take(chip);
    if (line == CASCADE) {
        chip = &pair->slave;
        line = take(chip);
        update_cascade(pair);
    }
    return (uint8_t)(chip->initialisation[1] | line);
}

static void end_of_interrupt(struct pic_chip *chip)
{
    chip->ends_of_interrupt++;
    if (chip->in_service == 0)
        chip->needless_ends++;
    chip->in_service &= (uint8_t)(chip->in_service - 1); /* the highest priority is the lowest bit */
}

static void write_command(struct pic_pair *pair, struct pic_chip *chip, uint8_t value)
{
    if (value & 0x10) {
        pair->hurried_words += pair->is_settling;
        pair->is_settling = true;
        *chip = (struct pic_chip){
            .initialisation = {value}, .initialisations = chip->initialisations, .expected_word = 2};
    } else if (value & 0x08) {
        if (value & 0x02)
            chip->reads_in_service = value & 0x01;
    } else if (value == 0x20) {
        end_of_interrupt(chip);
    }
}

static void write_data(struct pic_pair *pair, struct pic_chip *chip, uint8_t value)
{
    pair->hurried_words += pair->is_settling;
    pair->is_settling = chip->expected_word != 0;
    if (chip->expected_word == 0) {
        chip->mask = value;
        return;
    }
    chip->initialisation[chip->expected_word - 1] = value;
    if (chip->expected_word == 4)
        chip->initialisations++;
    chip->expected_word = chip->expected_word == 4 ? 0 : chip->expected_word + 1;
}

static void write_chip(struct pic_pair *pair, struct pic_chip *chip, uint16_t offset, uint32_t value)
{
    if (chip->is_absent)
        return;
    if (offset == 0)
        write_command(pair, chip, (uint8_t)value);
    else
        write_data(pair, chip, (uint8_t)value);
    update_cascade(pair);
}

static uint32_t read_chip(const struct pic_chip *chip, uint16_t offset)
{
    if (chip->is_absent)
        return UINT32_MAX;
    if (offset == 1)
        return chip->mask;
    return chip->reads_in_service ? chip->in_service : chip->requested;
}

static uint32_t read_master(void *context, uint16_t offset, unsigned width_bytes)
{
    (void)width_bytes;
    return read_chip(&((struct pic_pair *)context)->master, offset);
}

static uint32_t read_slave(void *context, uint16_t offset, unsigned width_bytes)
{
    (void)width_bytes;
    return read_chip(&((struct pic_pair *)context)->slave, offset);
}

static void write_master(void *context, uint16_t offset, unsigned width_bytes, uint32_t value)
{
    (void)width_bytes;
    struct pic_pair *pair = context;
    write_chip(pair, &pair->master, offset, value);
}

static void write_slave(void *context, uint16_t offset, unsigned width_bytes, uint32_t value)
{
    (void)width_bytes;
    struct pic_pair *pair = context;
    write_chip(pair, &pair->slave, offset, value);
}

static uint32_t read_delay(void *context, uint16_t offset, unsigned width_bytes)
{
    (void)context;
    (void)offset;
    (void)width_bytes;
    return 0;
}

static void write_delay(void *context, uint16_t offset, unsigned width_bytes, uint32_t value)
{
    (void)offset;
    (void)width_bytes;
    (void)value;
    ((struct pic_pair *)context)->is_settling = false;
}

void pic_model_attach(struct pic_pair *pair)
{
    *pair = (struct pic_pair){0};
    io_double_add(&(struct io_device){0x20, 2, read_master, write_master, pair});
    io_double_add(&(struct io_device){0xa0, 2, read_slave, write_slave, pair});
    io_double_add(&(struct io_device){0x80, 1, read_delay, write_delay, pair});
}
