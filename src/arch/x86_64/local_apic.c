/* SPDX-License-Identifier: MIT */
#include "arch/x86_64/local_apic.h"

#include "arch/x86_64/control_registers.h"
#include "arch/x86_64/cpuid.h"

#include <tenorite/lib/register.h>

/*
 * Registers have one number in both modes: times 16 it is the offset in the page at IA32_APIC_BASE, from MSR_X2APIC_BASE
 * on it is a model-specific register. LINT0 as ExtINT: the vector comes from the 8259A pair, and so does the end of
 * interrupt. References: local_apic.h.
 */
enum {
    CPUID_1_EDX_MSR = 1 << 5,
    CPUID_1_EDX_APIC = 1 << 9,
    MSR_APIC_BASE = 0x1b,
    MSR_X2APIC_BASE = 0x800,
    APIC_BASE_X2APIC = 1 << 10,
    APIC_BASE_ENABLED = 1 << 11,
    REGISTERS_BYTES = 4096,
    REGISTER_SPURIOUS_VECTOR = 0x0f,
    REGISTER_LINT0 = 0x35,
    REGISTER_LINT1 = 0x36,
    SPURIOUS_VECTOR_MASK = 0xff,
    SPURIOUS_SOFTWARE_ENABLE = 1 << 8,
    DELIVERY_NMI = 4 << 8,
    DELIVERY_EXTINT = 7 << 8,
    DELIVERY_MASK = 7 << 8,
    VECTOR_MASKED = 1 << 16,
};
#define APIC_BASE_ADDRESS 0x000ffffffffff000

/* The page of registers, by number; NULL in x2APIC mode. */
static struct {
    read_write_u32 value;
    uint32_t reserved[3];
} * registers;

static uint32_t apic_read(uint32_t number)
{
    return registers ? register_read(&registers[number].value) : (uint32_t)msr_read(MSR_X2APIC_BASE + number);
}

static void apic_write(uint32_t number, uint32_t value)
{
    if (registers)
        register_write(&registers[number].value, value);
    else
        msr_write(MSR_X2APIC_BASE + number, value);
}

static bool is_wired(uint32_t lint0)
{
    return (lint0 & DELIVERY_MASK) == DELIVERY_EXTINT && (lint0 & VECTOR_MASKED) == 0;
}

/* In this order: while the APIC is disabled by software, vectors cannot be unmasked. */
static void enter_virtual_wire(void)
{
    uint32_t spurious = apic_read(REGISTER_SPURIOUS_VECTOR) & ~(uint32_t)SPURIOUS_VECTOR_MASK;
    apic_write(REGISTER_SPURIOUS_VECTOR, spurious | SPURIOUS_SOFTWARE_ENABLE | LOCAL_APIC_SPURIOUS_VECTOR);
    if (is_wired(apic_read(REGISTER_LINT0)))
        return;
    apic_write(REGISTER_LINT0, DELIVERY_EXTINT);
    apic_write(REGISTER_LINT1, DELIVERY_NMI);
}

enum local_apic_state local_apic_init(volatile uint8_t *window, uint64_t window_bytes)
{
    const uint32_t needed = CPUID_1_EDX_MSR | CPUID_1_EDX_APIC;
    if ((cpuid(1).edx & needed) != needed)
        return LOCAL_APIC_ABSENT;
    uint64_t base = msr_read(MSR_APIC_BASE), address = base & APIC_BASE_ADDRESS;
    if ((base & APIC_BASE_ENABLED) == 0)
        return LOCAL_APIC_ABSENT;
    bool is_x2apic = (base & APIC_BASE_X2APIC) != 0;
    if (!is_x2apic && (window_bytes < REGISTERS_BYTES || address > window_bytes - REGISTERS_BYTES))
        return LOCAL_APIC_OUT_OF_REACH;
    registers = is_x2apic ? NULL : (void *)(uintptr_t)(window + address);
    enter_virtual_wire();
    return LOCAL_APIC_VIRTUAL_WIRE;
}
