/* SPDX-License-Identifier: MIT */
#include "pci_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "io.h"

enum { MAX_FUNCTIONS = 1024, WORDS = 16, ADDRESS_OFFSET = 0, DATA_OFFSET = 4 };

static struct {
    uint32_t key; /* as in the address port, without the register */
    uint32_t words[WORDS];
} functions[MAX_FUNCTIONS];
static size_t function_count;
static uint32_t address_port;
static bool ignores_function[256][32];
static unsigned data_reads;

static uint32_t read_data(void)
{
    data_reads++;
    uint32_t key = address_port & 0x80ffff00;
    if (ignores_function[key >> 16 & 0xff][key >> 11 & 31])
        key &= ~0x700u;
    for (size_t i = 0; i < function_count; i++)
        if (functions[i].key == key)
            return (address_port & 0xff) < WORDS * 4 ? functions[i].words[(address_port & 0xff) / 4] : 0;
    return UINT32_MAX;
}

static uint32_t read_ports(void *context, uint16_t offset, unsigned width_bytes)
{
    (void)context;
    assert_int_equal(width_bytes, 4);
    if (offset == ADDRESS_OFFSET)
        return address_port;
    assert_int_equal(offset, DATA_OFFSET);
    return address_port & 0x80000000 ? read_data() : UINT32_MAX;
}

static void write_ports(void *context, uint16_t offset, unsigned width_bytes, uint32_t value)
{
    (void)context;
    assert_int_equal(width_bytes, 4);
    assert_int_equal(offset, ADDRESS_OFFSET);
    address_port = value & 0x80fffffc;
}

void pci_model_reset(void)
{
    function_count = 0;
    address_port = 0;
    data_reads = 0;
    memset(ignores_function, 0, sizeof ignores_function);
    io_double_reset();
    io_double_add(&(struct io_device){0xcf8, 8, read_ports, write_ports, NULL});
}

void pci_model_add(struct pci_address address, const uint32_t words[16])
{
    assert_true(function_count < MAX_FUNCTIONS);
    functions[function_count].key =
        0x80000000u | (uint32_t)address.bus << 16 | (uint32_t)address.device << 11 | (uint32_t)address.function << 8;
    memcpy(functions[function_count++].words, words, sizeof functions[0].words);
}

void pci_model_ignore_function_number(uint8_t bus, uint8_t device)
{
    ignores_function[bus][device] = true;
}

uint32_t pci_model_address_port(void)
{
    return address_port;
}

void pci_model_set_address_port(uint32_t value)
{
    address_port = value;
}

unsigned pci_model_data_reads(void)
{
    return data_reads;
}
