/* SPDX-License-Identifier: MIT */
#include "arch/x86_64/pic.h"

#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/io.h>

#include "arch/x86_64/interrupt_entry.h"
#include "arch/x86_64/io_delay.h"

/* Reference: Intel 8259A data sheet, "Programming the 8259A", "Reading the 8259A Status". */
enum {
    MASTER_COMMAND = 0x20,
    MASTER_DATA = 0x21,
    SLAVE_COMMAND = 0xa0,
    SLAVE_DATA = 0xa1,
    ICW1_INITIALISE_WITH_ICW4 = 0x11,
    ICW4_8086_MODE = 0x01,
    OCW2_END_OF_INTERRUPT = 0x20,
    OCW3_READ_IN_SERVICE = 0x0b,
    LINES_PER_CHIP = 8,
};

static uint8_t masks[2];

/* Old chips need a moment between initialisation words. */
static void write_and_settle(uint16_t port, uint8_t value)
{
    io_write8(port, value);
    io_delay();
}

static void write_masks(void)
{
    io_write8(MASTER_DATA, masks[0]);
    io_write8(SLAVE_DATA, masks[1]);
}

void pic_init(void)
{
    write_and_settle(MASTER_COMMAND, ICW1_INITIALISE_WITH_ICW4);
    write_and_settle(SLAVE_COMMAND, ICW1_INITIALISE_WITH_ICW4);
    write_and_settle(MASTER_DATA, IRQ_VECTOR_BASE);
    write_and_settle(SLAVE_DATA, IRQ_VECTOR_BASE + LINES_PER_CHIP);
    write_and_settle(MASTER_DATA, 1 << PIC_CASCADE_LINE);
    write_and_settle(SLAVE_DATA, PIC_CASCADE_LINE);
    write_and_settle(MASTER_DATA, ICW4_8086_MODE);
    write_and_settle(SLAVE_DATA, ICW4_8086_MODE);
    masks[0] = 0xff & ~(1 << PIC_CASCADE_LINE);
    masks[1] = 0xff;
    write_masks();
}

static bool mask_register_keeps(uint16_t port, uint8_t pattern)
{
    io_write8(port, pattern);
    io_delay();
    return io_read8(port) == pattern;
}

/* The master lets at most its cascade line through, and that only while the slave masks all of its own: no interrupt is
 * requested that was not before. All ones alone would prove nothing, an empty bus reads so. */
bool pic_is_present(void)
{
    bool is_present = false;
    WITHOUT_INTERRUPTS {
        is_present = mask_register_keeps(MASTER_DATA, 0xff) && mask_register_keeps(SLAVE_DATA, 0x55) &&
                     mask_register_keeps(SLAVE_DATA, 0xaa) && mask_register_keeps(SLAVE_DATA, 0xff) &&
                     mask_register_keeps(MASTER_DATA, 0xff & ~(1 << PIC_CASCADE_LINE));
        write_masks();
    }
    return is_present;
}

void pic_unmask(unsigned line)
{
    masks[line / LINES_PER_CHIP] &= (uint8_t) ~(1 << line % LINES_PER_CHIP);
    write_masks();
}

bool pic_is_in_service(unsigned line)
{
    uint16_t command = line < LINES_PER_CHIP ? MASTER_COMMAND : SLAVE_COMMAND;
    io_write8(command, OCW3_READ_IN_SERVICE);
    if (io_read8(command) & 1 << line % LINES_PER_CHIP)
        return true;
    if (line >= LINES_PER_CHIP)
        pic_acknowledge(PIC_CASCADE_LINE); /* the master did see its cascade line */
    return false;
}

void pic_acknowledge(unsigned line)
{
    if (line >= LINES_PER_CHIP)
        io_write8(SLAVE_COMMAND, OCW2_END_OF_INTERRUPT);
    io_write8(MASTER_COMMAND, OCW2_END_OF_INTERRUPT);
}
